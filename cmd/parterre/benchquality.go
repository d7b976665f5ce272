package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/chart/venue"
	"github.com/parterre/parterre/bench/quality"
)

// benchQualityConfig is what `parterre bench quality` can be told.
type benchQualityConfig struct {
	venue  venue.Options
	rounds int
	insist bool
	out    string
}

func newBenchQuality(std streams) *cobra.Command {
	c := benchQualityConfig{}
	cmd := &cobra.Command{
		Use:   "quality",
		Short: "Who sits together: best available beside greedy allocators, with the same crowd at the same venue",
		Long: "Sell a venue to the same crowd by Parterre's best available and by greedy allocators, in this process, and say\n" +
			"what buyers got: medians over several venues and crowds, the least and the most in brackets.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return benchQuality(c, std) },
	}
	f := cmd.Flags()
	f.StringVar((*string)(&c.venue.Kind), "kind", string(venue.Theatre), "theatre, arena or stadium")
	f.IntVar(&c.venue.Seats, "seats", 5_000, fmt.Sprintf("numbered seats, %d to %d", venue.MinSeats, venue.MaxSeats))
	f.Uint64Var(&c.venue.Seed, "seed", 7, "seed of the first round's venue and crowd; each further round has the next")
	f.IntVar(&c.rounds, "rounds", 5, "rounds, each with a venue and a crowd of its own")
	f.BoolVar(&c.insist, "insist", false, "parties sit together or go away; otherwise they take what they get")
	f.StringVar(&c.out, "out", "", "folder for pictures of the first round when 80 % are taken, one SVG for each allocator")
	return cmd
}

func benchQuality(c benchQualityConfig, std streams) error {
	if c.rounds < 1 {
		return fmt.Errorf("--rounds: want 1 or more, not %d", c.rounds)
	}
	runs := make([][]*quality.Result, c.rounds)
	for i := range runs {
		o := quality.Options{Venue: c.venue, Crowd: c.venue.Seed + uint64(i), Insist: c.insist} //nolint:gosec // not negative
		o.Venue.Seed = o.Crowd
		d, results, err := quality.Compare(o)
		if d == nil {
			return err // a mistake in the call: the venue cannot be made
		}
		if err != nil {
			return fail(exitFailure, err)
		}
		if i == 0 && c.out != "" {
			if err := drawQuality(c.out, d, results); err != nil {
				return fail(exitFailure, err)
			}
		}
		runs[i] = results
	}
	return fail(exitFailure, quality.Report(std.out, runs))
}

// drawQuality writes <allocator>.svg for each result.
func drawQuality(dir string, d *chart.Document, results []*quality.Result) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // pictures are no secret
		return err
	}
	for _, r := range results {
		var picture bytes.Buffer
		if err := quality.Draw(&picture, d, r); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, r.Allocator+".svg"), picture.Bytes(), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	return nil
}
