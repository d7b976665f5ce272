package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/chaos"
	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/judge"
)

// benchJudgeConfig is what `parterre bench judge` can be told.
type benchJudgeConfig struct {
	history    string
	clockSlack time.Duration
	perEvent   time.Duration
	save       string
	logs       []string
	output     string
}

func newBenchJudge(std streams) *cobra.Command {
	c := benchJudgeConfig{}
	cmd := &cobra.Command{
		Use:   "judge --history FILE",
		Short: "Judge a run by whether its answers have one order that explains them all",
		Long: "Judge a run by the history that its clients wrote: linearizability of every event, found by porcupine, and what is owed\n" +
			"to retries, revisions, sessions and deadlines. Needs no cluster. Exit code 1: a promise was broken, the time was too short\n" +
			"to decide, or the history could not be read.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return benchJudge(c, std) },
	}
	f := cmd.Flags()
	f.StringVar(&c.history, "history", "", "file with what every client saw")
	f.DurationVar(&c.clockSlack, "clock-slack", 10*time.Millisecond, "by how much log time and the clock of the load's machine may differ")
	f.DurationVar(&c.perEvent, "per-event", time.Minute, "how long to look for an order of one event's answers")
	f.StringVar(&c.save, "save", "", "folder for porcupine's pictures of violations")
	f.StringSliceVar(&c.logs, "logs", nil, "what the nodes logged, as text: then elections are judged, too")
	f.StringVarP(&c.output, "output", "o", "table", "table or json")
	return cmd
}

// judgeNight judges a run of chaos by its history and by the logs in its folder, and prints the verdict; pictures of
// violations come into the folder, too.
func judgeNight(out io.Writer, dir string) func(context.Context, *history.Run, time.Duration) (chaos.Judgement, error) {
	return func(_ context.Context, run *history.Run, slack time.Duration) (j chaos.Judgement, err error) {
		logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
		if err != nil {
			return j, err
		}
		verdict, err := judge.Judge(run, judge.Options{ClockSlack: slack, Save: dir, Logs: logs})
		if err != nil {
			return j, err
		}
		verdict.Print(out)
		fmt.Fprintln(out)
		for _, r := range verdict.Rules() {
			j.Rules = append(j.Rules, chaos.RuleCount{Name: r.Name, Checked: r.Checked, Violations: r.Violations})
			for _, f := range r.Details {
				j.Broken = append(j.Broken, fmt.Sprintf("judge: %s: %s: %s", r.Name, f.Event, f.Says))
			}
			for _, why := range r.Undecided {
				j.Broken = append(j.Broken, fmt.Sprintf("judge: %s: undecided: %s", r.Name, why))
			}
		}
		return j, nil
	}
}

func benchJudge(c benchJudgeConfig, std streams) error {
	switch {
	case c.history == "":
		return errors.New("--history: name the file to judge")
	case c.output != "table" && c.output != "json":
		return fmt.Errorf("--output: %q is neither table nor json", c.output)
	case c.clockSlack <= 0 || c.perEvent <= 0:
		return errors.New("--clock-slack, --per-event: want positive values")
	}
	run, err := history.Load(c.history)
	if err != nil {
		return fail(exitFailure, err)
	}
	verdict, err := judge.Judge(run, judge.Options{ClockSlack: c.clockSlack, PerEvent: c.perEvent, Save: c.save, Logs: c.logs})
	if err != nil {
		return fail(exitFailure, err)
	}
	if c.output == "json" {
		encoder := json.NewEncoder(std.out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(verdict.Report())
	} else {
		verdict.Print(std.out)
	}
	return fail(exitFailure, errors.Join(err, verdict.Err()))
}
