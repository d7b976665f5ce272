package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/actors/waitroom/draw"
	"github.com/parterre/parterre/httpapi/client"
)

// verifyConfig is what `parterre room verify` can be told.
type verifyConfig struct {
	file, hash, lane string
	number           int64
	all              bool
}

var (
	errNotDrawn  = errors.New("there was no draw yet, or the room has none")
	errOtherSeed = errors.New("the seed is NOT the one that was promised")
)

func newRoomVerify(std streams, c *roomConfig) *cobra.Command {
	v := verifyConfig{}
	cmd := &cobra.Command{
		Use:   "verify [EVENT]",
		Short: "Check that the draw is the one that was promised, and compute places from the published data",
		Long: "Check that the draw is the one that was promised, and compute places from the published data: the seed must have the\n" +
			"SHA-256 that was shown before the pre-queue opened (--hash, as you noted it then), and every place follows from the\n" +
			"seed, the lane, and how many numbers were drawn. With --file nothing is asked of any node: the file is what\n" +
			"GET /v1/events/EVENT/room answered.",
		Args: cobra.MaximumNArgs(1),
	}
	f := cmd.Flags()
	f.StringVar(&v.file, "file", "", "read the room's figures from a file; - = standard input")
	f.StringVar(&v.hash, "hash", "", "the seed's SHA-256 as it was published before; none = as the room shows it now")
	f.StringVar(&v.lane, "lane", "public", "the lane")
	f.Int64Var(&v.number, "number", -1, "show the place of this number")
	f.BoolVar(&v.all, "all", false, "list the place of every number that was drawn, as CSV")
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		if (v.file == "") == (len(words) == 0) {
			return errors.New("name an event, or --file")
		}
		if v.file != "" {
			data, err := readIn(cmd, v.file)
			if err != nil {
				return err
			}
			var room client.Room
			if err := json.Unmarshal(data, &room); err != nil {
				return fail(exitFailure, fmt.Errorf("%s: %w", v.file, err))
			}
			return fail(exitFailure, v.verify(&room, std.out))
		}
		return c.run(cmd.Context(), func(ctx context.Context, api *client.Client) error {
			room, err := api.Room(ctx, words[0])
			if err != nil {
				return err
			}
			return fail(exitFailure, v.verify(room, std.out))
		})
	}
	return cmd
}

// verify computes everything anew.
func (v *verifyConfig) verify(r *client.Room, out io.Writer) error {
	var seed [draw.SeedBytes]byte
	if r.Seed == "" {
		return errNotDrawn
	}
	raw, err := hex.DecodeString(r.Seed)
	if err != nil || copy(seed[:], raw) != len(raw) || len(raw) != len(seed) {
		return fmt.Errorf("the seed %q is not 32 bytes in hexadecimal", r.Seed)
	}
	promised, hash := v.hash, draw.SeedHash(&seed)
	if promised == "" {
		promised = r.SeedHash
	}
	if got := hex.EncodeToString(hash[:]); got != promised || got != r.SeedHash {
		return fmt.Errorf("%w: SHA-256 of it is %s, promised was %s, and the room shows %s", errOtherSeed, got, promised, r.SeedHash)
	}
	lane := slices.IndexFunc(r.Lanes, func(l client.LaneFigure) bool { return l.Lane == v.lane })
	if lane < 0 {
		return fmt.Errorf("the room has no lane %q", v.lane)
	}
	d := draw.New(&seed, uint8(lane), r.Lanes[lane].Drawn)
	if v.all {
		return listPlaces(out, d)
	}
	fmt.Fprintf(out, "The seed is the one that was promised: its SHA-256 is %s.\n%d numbers of lane %s were drawn.\n", promised, d.Count(), v.lane)
	if v.number < 0 {
		return nil
	}
	place, how := d.Place(uint64(v.number)), "drawn"
	if uint64(v.number) >= d.Count() {
		how = "it came after the draw, so its place is its number"
	}
	_, err = fmt.Fprintf(out, "Number %d has place %d (position %d; %s).\n", v.number, place, place+1, how)
	return err
}

func listPlaces(out io.Writer, d *draw.Draw) error {
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, "number,place")
	for n := range d.Count() {
		fmt.Fprintf(w, "%d,%d\n", n, d.Place(n))
	}
	return w.Flush()
}
