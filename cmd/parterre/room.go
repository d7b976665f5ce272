package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/httpapi/client"
)

// roomConfig is what the room verbs can be told.
type roomConfig struct {
	memberConfig // endpoints, timeout, output
	invite       client.InviteRequest
}

// newRoom is `parterre room show|verify|pause|resume|close|rate|admit|keys|invite`.
func newRoom(std streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "room",
		Short: "Show and steer an event's waiting room, and check its draw",
		Long:  "Show and steer an event's waiting room, and check its draw.\nExit code 0: done; 1: refused, or the draw is not as it was promised; 3: no node answered.",
	}
	verbsOnly(root)
	c := &roomConfig{}
	f := root.PersistentFlags()
	f.StringSliceVar(&c.endpoints, "endpoints", []string{"http://127.0.0.1:8081", "http://127.0.0.1:8082", "http://127.0.0.1:8083"},
		"HTTP addresses of nodes; the first that answers is asked")
	f.DurationVar(&c.timeout, "timeout", 10*time.Second, "give up after this long")
	f.StringVarP(&c.output, "output", "o", "table", "table or json")
	verb := func(use, short string, words int, do func(context.Context, *client.Client, []string, io.Writer) error) *cobra.Command {
		cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(words)}
		cmd.RunE = func(cmd *cobra.Command, words []string) error {
			return c.run(cmd.Context(), func(ctx context.Context, api *client.Client) error { return do(ctx, api, words, std.out) })
		}
		root.AddCommand(cmd)
		return cmd
	}
	verb("show EVENT", "Show the room's settings and figures", 1, c.show)
	verb("pause EVENT", "Call nobody until resumed", 1, c.order((*client.Client).PauseRoom))
	verb("resume EVENT", "Call again", 1, c.order((*client.Client).ResumeRoom))
	verb("close EVENT", "Let nobody in any more", 1, c.order((*client.Client).CloseRoom))
	verb("keys EVENT", "Sign tokens and passes with a new key from now on", 1, c.order((*client.Client).RotateRoomKeys))
	verb("rate EVENT N", "Call N a minute; 0 = as many as there are places inside", 2, c.numbered((*client.Client).SetRoomRate))
	verb("admit EVENT N", "Call N now, whatever the rate is", 2, c.numbered((*client.Client).AdmitToRoom))
	invite := verb("invite EVENT LANE", "Sign an invitation to a lane", 2, c.signInvitation)
	invite.Flags().StringVar(&c.invite.Buyer, "buyer", "", "the only buyer that it is good for; none = whoever has it")
	invite.Flags().IntVar(&c.invite.LifeSeconds, "life", 0, "seconds that it is good for; 0 = seven days, or a token's life if that is shorter")
	root.AddCommand(newRoomVerify(std, c))
	return root
}

type roomOrder func(*client.Client, context.Context, string, ...client.Option) (*client.RoomReceipt, error)

func (c *roomConfig) order(do roomOrder) func(context.Context, *client.Client, []string, io.Writer) error {
	return func(ctx context.Context, api *client.Client, words []string, out io.Writer) error {
		r, err := do(api, ctx, words[0])
		return c.tellReceipt(out, r, err)
	}
}

type numberedRoomOrder func(*client.Client, context.Context, string, int, ...client.Option) (*client.RoomReceipt, error)

func (c *roomConfig) numbered(do numberedRoomOrder) func(context.Context, *client.Client, []string, io.Writer) error {
	return func(ctx context.Context, api *client.Client, words []string, out io.Writer) error {
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return &exitError{code: exitUsage, err: fmt.Errorf("%q is not a number", words[1])}
		}
		r, err := do(api, ctx, words[0], n)
		return c.tellReceipt(out, r, err)
	}
}

func (c *roomConfig) tellReceipt(out io.Writer, r *client.RoomReceipt, err error) error {
	switch {
	case err != nil:
		return err
	case c.output == "json":
		return printJSON(out, r)
	}
	_, err = fmt.Fprintf(out, "%s: %s\n", r.Event, r.Phase)
	return err
}

func (c *roomConfig) signInvitation(ctx context.Context, api *client.Client, words []string, out io.Writer) error {
	c.invite.Lane = words[1]
	i, err := api.Invite(ctx, words[0], c.invite)
	switch {
	case err != nil:
		return err
	case c.output == "json":
		return printJSON(out, i)
	}
	_, err = fmt.Fprintln(out, i.Invitation)
	return err
}

func (c *roomConfig) show(ctx context.Context, api *client.Client, words []string, out io.Writer) error {
	r, err := api.Room(ctx, words[0])
	switch {
	case err != nil:
		return err
	case c.output == "json":
		return printJSON(out, r)
	}
	return printRoom(out, r)
}

func printRoom(w io.Writer, r *client.Room) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, values ...any) { fmt.Fprintf(table, name+"\t"+format+"\n", values...) }
	row("event", "%s", r.Event)
	row("mode", "%s", r.Mode)
	row("phase", "%s", r.Phase)
	row("pre-queue opens", "%s", timeOr(r.PreQueueOpensAt, "at once"))
	row("opens", "%s", timeOr(r.OpensAt, "at once"))
	row("inside", "%d of %d, %d called", r.Inside, r.MaxInside, r.Called)
	row("called a minute", "%d (set: %s; pressure %d ‰)", r.RatePerMinute, perMinute(r.AdmitPerMinute), r.PressurePermille)
	row("enter within", "%d s", r.EnterWithinSeconds)
	row("idle, stay", "%d s, %d s", r.IdleSeconds, r.StaySeconds)
	if r.SeedHash != "" {
		row("seed's SHA-256", "%s", r.SeedHash)
		row("seed", "%s", textOr(r.Seed, "shown after the draw"))
	}
	fmt.Fprintln(table, "\nLANE\tSHARE\tNUMBERS\tDRAWN\tCALLED UP TO\tWAITING")
	for _, l := range r.Lanes {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\n", l.Lane, l.Share, l.Given, l.Drawn, l.CalledUpTo, l.Waiting)
	}
	return table.Flush()
}

func perMinute(n int) string {
	if n == 0 {
		return "as many as there are places"
	}
	return strconv.Itoa(n)
}

func timeOr(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return t.Format(time.RFC3339)
}

func textOr(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
