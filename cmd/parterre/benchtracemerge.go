package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/trace"
)

func newBenchTraceMerge(std streams) *cobra.Command {
	out := ""
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Bring recordings of several nodes, or of one after the other, together in one trace",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				return errors.New("--out: name the file to write")
			}
			return fail(exitFailure, mergeTraces(args, out, std))
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "file to write")
	return cmd
}

func mergeTraces(names []string, out string, std streams) (err error) {
	var files []io.ReadSeeker
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		files = append(files, f)
	}
	made, err := writeTrace(out, func(w *bufio.Writer) (*trace.Summary, error) { return trace.Merge(w, files) })
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s: %d records of %d shoppers\n", out, made.Records, made.Shoppers)
	return nil
}
