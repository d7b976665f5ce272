package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/chaos"
)

func newBenchChaosSum(std streams) *cobra.Command {
	return &cobra.Command{
		Use:   "chaos-sum FILE…",
		Short: "Sum what bench chaos --record wrote of many runs, as tables in Markdown",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			var all []*chaos.Record
			for _, name := range files {
				some, err := readRecords(name)
				if err != nil {
					return fail(exitFailure, fmt.Errorf("%s: %w", name, err))
				}
				all = append(all, some...)
			}
			chaos.PrintSum(std.out, all)
			return nil
		},
	}
}

func readRecords(name string) ([]*chaos.Record, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return chaos.ReadRecords(file)
}

// addRecord adds a line to a file; "" names none.
func addRecord(name string, r *chaos.Record) error {
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return writeAndClose(file, r)
}

func writeAndClose(file io.WriteCloser, r *chaos.Record) error {
	if err := r.Write(file); err != nil {
		_ = file.Close() // the first error counts
		return err
	}
	return file.Close()
}
