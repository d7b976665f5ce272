package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/chart/svg"
	"github.com/parterre/parterre/httpapi/client"
)

// chartDrawConfig is what `parterre chart draw` can be told.
type chartDrawConfig struct {
	event     string
	endpoints []string
	timeout   time.Duration
	out       string
}

func newChartDraw(std streams) *cobra.Command {
	c := chartDrawConfig{}
	cmd := &cobra.Command{
		Use:   "draw [FILE]",
		Short: "Draw a chart as SVG, or an event as it stands now",
		Long: "Draw a chart as one SVG file. With --event also what every place of that event is in now: free, held, sold or\n" +
			"blocked; FILE may then be left away, and the event's own chart is drawn. FILE may be - for standard input.\n" +
			"Exit code 1: the chart has faults, or is not the event's; 3: no node answered.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && c.event == "" {
				return errors.New("what is to be drawn? Name a FILE, or an event with --event")
			}
			var d *chart.Document
			if len(args) == 1 {
				var err error
				if d, err = readChart(cmd, args[0]); err != nil {
					return err
				}
			}
			return drawChart(cmd.Context(), c, std, d)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.event, "event", "", "key of an event whose state is to be drawn")
	f.StringSliceVar(&c.endpoints, "endpoints", []string{"http://127.0.0.1:8081", "http://127.0.0.1:8082", "http://127.0.0.1:8083"},
		"HTTP addresses of the nodes; the first that answers is asked")
	f.DurationVar(&c.timeout, "timeout", 10*time.Second, "give up after this long")
	outFlag(cmd, &c.out)
	return cmd
}

// drawChart draws d, or the chart of the event if d is nil.
func drawChart(ctx context.Context, c chartDrawConfig, std streams, d *chart.Document) error {
	o := svg.Options{}
	if c.event != "" {
		var err error
		if d, o.State, err = askEvent(ctx, c, d); err != nil {
			return err
		}
	}
	var picture bytes.Buffer
	if err := svg.Draw(&picture, d, o); err != nil {
		return fail(exitFailure, err)
	}
	return writeOut(c.out, std, picture.Bytes())
}

// askEvent gets an event's state, and its chart if there is none yet.
func askEvent(ctx context.Context, c chartDrawConfig, d *chart.Document) (*chart.Document, *svg.State, error) {
	api, err := client.New(client.Options{Endpoints: c.endpoints, Attempts: len(c.endpoints), AttemptTimeout: c.timeout})
	if err != nil {
		return nil, nil, fmt.Errorf("--endpoints: %w", err)
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if d == nil {
		if d, err = askChart(ctx, api, c.event); err != nil {
			return nil, nil, err
		}
	}
	seen, err := api.SeatMap(ctx, c.event)
	if err != nil {
		return nil, nil, refusedOrUnreachable(err)
	}
	return d, stateOf(seen), nil
}

func askChart(ctx context.Context, api *client.Client, event string) (*chart.Document, error) {
	settings, err := api.Event(ctx, event)
	if err != nil {
		return nil, refusedOrUnreachable(err)
	}
	drawing, err := api.Chart(ctx, settings.Chart)
	if err != nil {
		return nil, refusedOrUnreachable(err)
	}
	d, err := chart.Parse(drawing)
	return d, fail(exitFailure, err)
}

// refusedOrUnreachable tells a node's refusal from no answer at all.
func refusedOrUnreachable(err error) error {
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status < 500 {
		return fail(exitFailure, err)
	}
	return fail(exitUnreachable, fmt.Errorf("no node answered: %w", err))
}

// stateOf is what the API tells, as the picture takes it.
func stateOf(m *client.SeatMap) *svg.State {
	s := &svg.State{
		Event: m.Event, Revision: m.Revision, Seats: m.States,
		Tables: make(map[string]byte, len(m.Tables)), Areas: make(map[string]svg.Counts, len(m.Areas)),
	}
	for _, t := range m.Tables {
		if t.State != "" {
			s.Tables[t.Table] = t.State[0] // the states' words begin with their letters
		}
	}
	for _, a := range m.Areas {
		s.Areas[a.Area] = svg.Counts{Free: a.Free, Held: a.Held, Sold: a.Sold, Blocked: a.Blocked}
	}
	return s
}
