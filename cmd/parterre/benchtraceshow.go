package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/bench/trace"
)

func newBenchTraceShow(std streams) *cobra.Command {
	head, output := 0, "text"
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Show what a trace is made of, and its first actions",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return fmt.Errorf("--output: %q is neither text nor json", output)
			}
			return fail(exitFailure, showTrace(args[0], head, output == "json", std))
		},
	}
	cmd.Flags().IntVar(&head, "head", 0, "show so many actions, too")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return cmd
}

func showTrace(file string, head int, asJSON bool, std streams) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := trace.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var first []shownRecord
	tally, err := trace.NewTally(r, func(rec *trace.Record) error {
		if len(first) < head {
			first = append(first, shown(rec))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	out := bufio.NewWriter(std.out)
	if asJSON {
		err = writeTraceJSON(out, r, tally, first)
	} else {
		err = writeTraceText(out, r, tally, first)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

func writeTraceJSON(out io.Writer, r *trace.Reader, t *trace.Tally, first []shownRecord) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Header *trace.Header `json:"header"`
		Events []trace.Event `json:"events"`
		Tally  *trace.Tally  `json:"tally"`
		Head   []shownRecord `json:"head,omitempty"`
	}{r.Header(), r.Events(), t, first})
}

func writeTraceText(out io.Writer, r *trace.Reader, t *trace.Tally, first []shownRecord) error {
	h := r.Header()
	switch h.Made {
	case trace.Generated:
		parameters, err := json.Marshal(h.Parameters)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "generated, seed %d\n%s\n", h.Seed, parameters)
	default:
		fmt.Fprintf(out, "%s from %s by %s\n", h.Made, h.Started, h.By)
	}
	for _, e := range r.Events() {
		fmt.Fprintf(out, "event %s on chart %s, holds live %d s\n", e.Name, r.Charts()[e.Chart].Name, e.HoldTTLSeconds)
	}
	end := "whole"
	if !t.Whole {
		end = "CUT OFF: its end is missing"
	}
	fmt.Fprintf(out, "%d records of %d shoppers from %s to %s, %d dropped, %s\n\n", t.Records, t.Shoppers,
		time.Duration(t.FirstTime)*time.Microsecond, time.Duration(t.LastTime)*time.Microsecond, t.Dropped, end)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	writeCounts(table, t.Actions, t.Records)
	fmt.Fprintf(table, "by bots\t%d\t%s\t\n", t.Bots, percent(t.Bots, t.Records))
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nholds by way: %s\nholds by fate: %s\n", counts(t.Ways), counts(t.Fates))
	if len(t.Statuses) > 0 {
		fmt.Fprintf(out, "answers then: %s\n", counts(t.Statuses))
	}
	writeArrivals(out, t.Arrivals)
	for i := range first {
		fmt.Fprintln(out, first[i].line())
	}
	return nil
}

func writeCounts(out io.Writer, counts map[string]int64, all int64) {
	for _, word := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(out, "%s\t%d\t%s\t\n", word, counts[word], percent(counts[word], all))
	}
}

func percent(n, of int64) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(max(of, 1))) }

func counts[K ~string | ~uint16](of map[K]int64) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%v %d", key, of[key]))
	}
	return strings.Join(parts, ", ")
}

// The histogram of arrivals: so many lines, each of so many characters at most.
const (
	histogramLines = 30
	histogramWidth = 60
)

func writeArrivals(out io.Writer, arrivals []int64) {
	shown := arrivals[:min(len(arrivals), histogramLines)]
	if len(shown) == 0 {
		return
	}
	fmt.Fprintf(out, "\nshoppers by when they come\n")
	most := max(1, slices.Max(shown))
	for i, n := range shown {
		bar := strings.Repeat("#", int((n*histogramWidth+most-1)/most))
		fmt.Fprintf(out, "%6s  %8d  %s\n", time.Duration(i*trace.ArrivalSeconds)*time.Second, n, bar)
	}
	rest := int64(0)
	for _, n := range arrivals[len(shown):] {
		rest += n
	}
	if rest > 0 {
		fmt.Fprintf(out, " later  %8d\n", rest)
	}
	fmt.Fprintln(out)
}

// shownRecord is a record for people and for jq.
type shownRecord struct {
	AtMicros   int64        `json:"at_us"`
	Shopper    uint64       `json:"shopper"`
	Event      uint32       `json:"event"`
	Device     uint8        `json:"device"`
	Slot       uint8        `json:"slot"`
	Action     string       `json:"action"`
	If         string       `json:"if"`
	Last       bool         `json:"last,omitempty"`
	Anonymous  bool         `json:"anonymous,omitempty"`
	Bot        bool         `json:"bot,omitempty"`
	Status     uint16       `json:"status,omitempty"`
	Fate       string       `json:"fate,omitempty"`
	Way        string       `json:"way,omitempty"`
	Quantity   uint16       `json:"quantity,omitempty"`
	Row        *uint32      `json:"row,omitempty"`
	Seat       *uint32      `json:"seat,omitempty"`
	Together   string       `json:"together,omitempty"`
	Accessible uint16       `json:"accessible,omitempty"`
	Categories []uint32     `json:"categories,omitempty"`
	Sections   []uint32     `json:"sections,omitempty"`
	Places     []shownPlace `json:"places,omitempty"`
	Removed    []shownPlace `json:"removed,omitempty"`
	Retake     bool         `json:"retake,omitempty"`
	Gives      bool         `json:"gives,omitempty"`
	Seconds    uint32       `json:"seconds,omitempty"`
	Tickets    []uint32     `json:"tickets,omitempty"`
}

type shownPlace struct {
	Kind     string `json:"kind"`
	Index    uint32 `json:"index"`
	Quantity uint16 `json:"quantity,omitempty"`
}

func shown(r *trace.Record) shownRecord {
	s := shownRecord{
		AtMicros: r.AtMicros, Shopper: r.Shopper, Event: r.Event, Device: r.Device, Slot: r.Slot, Action: r.Action.String(),
		If: r.If.String(), Last: r.Last, Anonymous: r.Anonymous, Bot: r.Bot, Status: r.Status,
		Places: shownPlaces(r.Places), Removed: shownPlaces(r.Removed), Retake: r.Retake, Gives: r.Gives, Seconds: r.Seconds,
		Tickets: slices.Clone(r.Tickets),
	}
	if r.Action == trace.Hold || r.Action == trace.Sale {
		s.Fate, s.Way, s.Quantity = r.Fate.String(), r.Way.String(), r.Quantity
		s.Categories, s.Sections, s.Accessible = slices.Clone(r.Categories), slices.Clone(r.Sections), r.Accessible
		switch r.Way {
		case trace.WayBest:
			s.Together = r.Together.String()
		case trace.WayWanted:
			row, seat := r.Row, r.Seat
			s.Row, s.Seat = &row, &seat
		}
	}
	return s
}

var kindWords = [...]string{trace.Seat: "seat", trace.Area: "area", trace.Table: "table"}

func shownPlaces(places []trace.Place) (list []shownPlace) {
	for _, p := range places {
		list = append(list, shownPlace{Kind: kindWords[p.Kind], Index: p.Index, Quantity: p.Quantity})
	}
	return list
}

// line is the record as people read it.
func (s *shownRecord) line() string {
	var b strings.Builder
	who := "shopper"
	if s.Bot {
		who = "bot"
	}
	fmt.Fprintf(&b, "%14.6f s  %s %d", float64(s.AtMicros)/1e6, who, s.Shopper)
	if s.Device > 0 {
		fmt.Fprintf(&b, " on device %d", s.Device+1)
	}
	fmt.Fprintf(&b, "  %s", s.Action)
	if s.If != trace.Always.String() {
		fmt.Fprintf(&b, " %s", s.If)
	}
	fmt.Fprintf(&b, " (slot %d)", s.Slot)
	switch s.Way {
	case trace.WayBest.String():
		fmt.Fprintf(&b, " the best %d, together %s", s.Quantity, s.Together)
		if len(s.Categories) > 0 {
			fmt.Fprintf(&b, ", of categories %v", s.Categories)
		}
	case trace.WayWanted.String():
		fmt.Fprintf(&b, " %d near row %d seat %d", s.Quantity, *s.Row, *s.Seat)
	}
	for _, p := range s.Places {
		fmt.Fprintf(&b, " %s %d", p.Kind, p.Index)
		if p.Quantity > 0 {
			fmt.Fprintf(&b, " × %d", p.Quantity)
		}
	}
	if s.Fate != "" && s.Fate != trace.FateUnknown.String() {
		fmt.Fprintf(&b, ", to be %s", s.Fate)
	}
	if s.Status != 0 {
		fmt.Fprintf(&b, ", answered %d", s.Status)
	}
	return b.String()
}
