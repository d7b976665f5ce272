package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/httpapi/client"
)

// memberConfig is what the member verbs can be told.
type memberConfig struct {
	endpoints []string
	timeout   time.Duration
	output    string
	in        client.NewMember
	wait      bool
}

// memberPoll is how often a verb looks whether its order is followed.
const memberPoll = 200 * time.Millisecond

func newMember(std streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "member",
		Short: "List, add, promote and remove the members of a running cluster",
		Long: "List, add, promote and remove the members of a running cluster. An order is followed by whoever leads, also when\n" +
			"this command or the node that took it ends; asking again is harmless. A name is used once in a cluster's life.\n" +
			"Exit code 0: done; 1: refused, or not done in time; 3: no node answered.",
	}
	verbsOnly(root)
	c := &memberConfig{}
	f := root.PersistentFlags()
	f.StringSliceVar(&c.endpoints, "endpoints", []string{"http://127.0.0.1:8081", "http://127.0.0.1:8082", "http://127.0.0.1:8083"},
		"HTTP addresses of members; the first that answers is asked")
	f.DurationVar(&c.timeout, "timeout", 2*time.Minute, "give up waiting after this long; the order stands")
	f.StringVarP(&c.output, "output", "o", "table", "table or json")
	verb := func(use, short string, args cobra.PositionalArgs, do func(context.Context, *client.Client, []string, io.Writer) error) *cobra.Command {
		cmd := &cobra.Command{Use: use, Short: short, Args: args}
		cmd.RunE = func(cmd *cobra.Command, words []string) error {
			return c.run(cmd.Context(), func(ctx context.Context, api *client.Client) error { return do(ctx, api, words, std.out) })
		}
		root.AddCommand(cmd)
		return cmd
	}
	verb("list", "Show every member with its role, state and lag in each partition, and the names that are used up", cobra.NoArgs, c.list)
	add := verb("add NODE", "Add a node, which is started with --join, as a learner or gateway", cobra.ExactArgs(1), c.add)
	add.Flags().StringVar(&c.in.Peer, "peer", "", "host:port of its peer port, as its own --peer")
	add.Flags().StringVar(&c.in.HTTP, "http", "", "its HTTP address, shown until it tells it itself")
	add.Flags().StringVar(&c.in.Role, "role", "voter", "voter (learns, then votes once promoted) or gateway (never votes)")
	add.Flags().BoolVar(&c.wait, "wait", false, "wait until it runs and has caught up, too")
	_ = add.MarkFlagRequired("peer") // the flag is there
	verb("promote NODE", "Give a learner that has caught up its vote in every partition", cobra.ExactArgs(1), c.promote)
	verb("remove NODE", "Remove a member for ever; what it leads is handed over first", cobra.ExactArgs(1), c.remove)
	return root
}

// run gives do a client, and tells refusals, lateness and silence apart.
func (c *memberConfig) run(ctx context.Context, do func(context.Context, *client.Client) error) error {
	if c.output != "table" && c.output != "json" {
		return fmt.Errorf("--output: %q is neither table nor json", c.output)
	}
	api, err := client.New(client.Options{Endpoints: c.endpoints, Attempts: 2 * len(c.endpoints), AttemptTimeout: c.timeout})
	if err != nil {
		return fmt.Errorf("--endpoints: %w", err)
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err = do(ctx, api)
	var problem *client.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &problem), ctx.Err() != nil:
		return fail(exitFailure, err)
	}
	return fail(exitUnreachable, fmt.Errorf("no node answered: %w", err))
}

func (c *memberConfig) list(ctx context.Context, api *client.Client, _ []string, out io.Writer) error {
	m, err := api.Members(ctx)
	if err != nil {
		return err
	}
	if c.output == "json" {
		return printJSON(out, m)
	}
	return printMembers(out, m)
}

func (c *memberConfig) add(ctx context.Context, api *client.Client, words []string, out io.Writer) error {
	c.in.Node = words[0]
	order := func(ctx context.Context) (*client.Member, error) { return api.AddMember(ctx, c.in) }
	m, err := follow(ctx, order)
	for err == nil && c.wait && !m.Ready {
		if err = pause(ctx, m); err == nil {
			m, err = order(ctx)
		}
	}
	return c.tell(out, m, err)
}

func (c *memberConfig) promote(ctx context.Context, api *client.Client, words []string, out io.Writer) error {
	m, err := follow(ctx, func(ctx context.Context) (*client.Member, error) { return api.PromoteMember(ctx, words[0]) })
	return c.tell(out, m, err)
}

func (c *memberConfig) remove(ctx context.Context, api *client.Client, words []string, out io.Writer) error {
	m, err := follow(ctx, func(ctx context.Context) (*client.Member, error) { return api.RemoveMember(ctx, words[0]) })
	return c.tell(out, m, err)
}

// follow gives an order until it is done, or ctx ends.
func follow(ctx context.Context, order func(context.Context) (*client.Member, error)) (*client.Member, error) {
	for {
		m, err := order(ctx)
		if err != nil || !m.UnderWay() {
			return m, err
		}
		if err := pause(ctx, m); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, m *client.Member) error {
	select {
	case <-time.After(memberPoll):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s is still %s; the order stands, and `parterre member list` shows how far it is: %w", m.Node, m.State, ctx.Err())
	}
}

func (c *memberConfig) tell(out io.Writer, m *client.Member, err error) error {
	if err != nil {
		return err
	}
	if c.output == "json" {
		return printJSON(out, m)
	}
	_, err = fmt.Fprintf(out, "%s: %s\n", m.Node, m.State)
	return err
}

func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

func printMembers(w io.Writer, m *client.Members) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "NODE\tROLE\tSTATE\tPEER\tHTTP\tREACHABLE\tREADY")
	if len(m.Members) > 0 {
		for _, p := range m.Members[0].Partitions {
			fmt.Fprintf(table, "\tPARTITION %d", p.Partition)
		}
	}
	fmt.Fprintln(table)
	for _, n := range m.Members {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s", n.Node, n.Role, n.State, n.Peer, n.HTTP, yesNo(n.Reachable), yesNo(n.Ready))
		for _, p := range n.Partitions {
			fmt.Fprintf(table, "\t%s, lag %d", p.Suffrage, p.Lag)
		}
		fmt.Fprintln(table)
	}
	for _, r := range m.Removed {
		fmt.Fprintf(table, "%s\t-\tremoved %s\n", r.Node, r.RemovedAt.Format(time.RFC3339))
	}
	return table.Flush()
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "NO"
}
