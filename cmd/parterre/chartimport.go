package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/actors/chart/pretix"
)

func newChartImport(std streams) *cobra.Command {
	from, out := "", ""
	cmd := &cobra.Command{
		Use:   "import --from pretix FILE",
		Short: "Turn another system's seating plan into a chart",
		Long: "Turn another system's seating plan into a chart, and write it as JSON. What has no counterpart in a chart is told on\n" +
			"standard error. FILE may be - for standard input. Exit code 1: the seating plan cannot be read.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from != "pretix" {
				return fmt.Errorf("--from: want pretix, not %q", from)
			}
			data, err := readIn(cmd, args[0])
			if err != nil {
				return err
			}
			d, notes, err := pretix.Read(data)
			if err != nil {
				return fail(exitFailure, fmt.Errorf("%s: %w", args[0], explainPlan(std.err, err)))
			}
			for _, n := range notes {
				fmt.Fprintln(std.err, n)
			}
			return writeChart(out, std, d)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the other system: pretix")
	outFlag(cmd, &out)
	return cmd
}

// explainPlan writes the problems of a seating plan one to a line, and returns what there is left to say.
func explainPlan(w io.Writer, err error) error {
	var invalid *pretix.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	for _, p := range invalid.Problems {
		if p.Field == "" {
			fmt.Fprintln(w, p.Reason)
			continue
		}
		fmt.Fprintf(w, "%s: %s\n", p.Field, p.Reason)
	}
	return manyProblems(len(invalid.Problems), pretix.MaxProblems)
}
