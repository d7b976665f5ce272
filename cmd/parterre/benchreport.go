package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/report"
)

// benchReportConfig is what `parterre bench report` can be told.
type benchReportConfig struct {
	in    []string
	out   string
	title string
}

func newBenchReport(std streams) *cobra.Command {
	c := benchReportConfig{}
	cmd := &cobra.Command{
		Use:   "report --in FILE [--in FILE …] --out DIR",
		Short: "Make one page of what several benchmark commands measured",
		Long: "Merge the JSON files that replay, compare and the other bench commands wrote, and write index.html (one page that needs\n" +
			"nothing else), report.md (the same without the pictures) and run.json (all figures) into a folder. Of an aim that\n" +
			"several files have, what a later file says wins: a file with aims alone can name the limits of what others measured.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return benchReport(c, std) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&c.in, "in", nil, "a run's JSON file; repeat it for several")
	f.StringVar(&c.out, "out", "", "folder for the page; made if it is not there")
	f.StringVar(&c.title, "title", "", "title of the page, instead of the first file's")
	return cmd
}

func benchReport(c benchReportConfig, std streams) error {
	if len(c.in) == 0 || c.out == "" {
		return errors.New("want --in FILE, once or more, and --out DIR")
	}
	runs := make([]*report.Run, len(c.in))
	for i, name := range c.in {
		run, err := report.ReadFile(name)
		if err != nil {
			return fail(exitFailure, err)
		}
		runs[i] = run
	}
	run := report.Merge(runs...)
	if c.title != "" {
		run.Title = c.title
	}
	if err := report.Write(c.out, run); err != nil {
		return fail(exitFailure, err)
	}
	_, err := fmt.Fprintln(std.out, filepath.Join(c.out, report.PageFile))
	return fail(exitFailure, err)
}
