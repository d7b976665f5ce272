package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/chart/venue"
)

// newChart is `parterre chart make|draw|import|check`: drawings of venues, without a cluster but for the state of an event.
func newChart(std streams) *cobra.Command {
	cmd := &cobra.Command{Use: "chart", Short: "Make, draw, import and check charts: drawings of venues"}
	verbsOnly(cmd)
	cmd.AddCommand(newChartMake(std), newChartDraw(std), newChartImport(std), newChartCheck(std))
	return cmd
}

func newChartMake(std streams) *cobra.Command {
	o, out := venue.Options{}, ""
	cmd := &cobra.Command{
		Use:   "make",
		Short: "Make up a venue: a theatre, an arena or a stadium",
		Long: "Make up a venue with exactly that many numbered seats, and write its chart as JSON.\n" +
			"The same kind, number and seed make the same bytes. Standing places and tables sold whole come on top.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			d, err := venue.Make(o)
			if err != nil {
				return err // a mistake in the call: nothing else can go wrong
			}
			return writeChart(out, std, d)
		},
	}
	f := cmd.Flags()
	f.StringVar((*string)(&o.Kind), "kind", string(venue.Theatre), "theatre, arena or stadium")
	f.IntVar(&o.Seats, "seats", 2_000, fmt.Sprintf("numbered seats, %d to %d", venue.MinSeats, venue.MaxSeats))
	f.Uint64Var(&o.Seed, "seed", 1, "seed of what two venues of one size differ in")
	outFlag(cmd, &out)
	return cmd
}

func outFlag(cmd *cobra.Command, out *string) {
	cmd.Flags().StringVar(out, "out", "-", "file to write; - = standard output")
}

// writeChart writes a chart in its canonical form, which is also what a cluster keeps.
func writeChart(out string, std streams, d *chart.Document) error {
	return writeOut(out, std, append(d.Canonical(), '\n'))
}

func writeOut(out string, std streams, data []byte) (err error) {
	if out == "-" {
		_, err = std.out.Write(data)
	} else {
		err = os.WriteFile(out, data, 0o644) //nolint:gosec // a drawing is no secret
	}
	return fail(exitFailure, err)
}

// readIn reads a file, or standard input for -, of at most as many bytes as a chart can have.
func readIn(cmd *cobra.Command, name string) ([]byte, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fail(exitFailure, err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, chart.MaxDocumentBytes+2)) // a line's end, and one byte too many
	return bytes.TrimSuffix(data, []byte("\n")), fail(exitFailure, err)
}

// readChart reads a chart that is free of faults.
func readChart(cmd *cobra.Command, name string) (*chart.Document, error) {
	data, err := readIn(cmd, name)
	if err != nil {
		return nil, err
	}
	d, err := chart.Parse(data)
	if err != nil {
		return nil, fail(exitFailure, fmt.Errorf("%s: %w", name, err))
	}
	return d, nil
}
