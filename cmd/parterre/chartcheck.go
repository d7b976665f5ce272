package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/parterre/parterre/actors/chart"
)

func newChartCheck(std streams) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Tell everything that is wrong with a chart, or what it has",
		Long: "Tell everything that is wrong with a chart, with the path of each field, or what it has if nothing is wrong.\n" +
			"FILE may be - for standard input. Exit code 0: nothing is wrong; 1: something is.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := readIn(cmd, args[0])
			if err != nil {
				return err
			}
			d, err := chart.Parse(data)
			if err == nil {
				return fail(exitFailure, summarize(std.out, d))
			}
			return fail(exitFailure, fmt.Errorf("%s: %w", args[0], explain(std.out, err)))
		},
	}
}

// explain writes the problems of a chart one to a line, and returns what there is left to say.
func explain(w io.Writer, err error) error {
	var invalid *chart.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	for _, p := range invalid.Problems {
		fmt.Fprintf(w, "%s: %s\n", p.Field, p.Reason)
	}
	return manyProblems(len(invalid.Problems), chart.MaxProblems)
}

func manyProblems(n, most int) error {
	switch n {
	case 1:
		return errors.New("1 problem")
	case most:
		return fmt.Errorf("%d problems or more: further ones are not told", n)
	}
	return fmt.Errorf("%d problems", n)
}

// inventory is what a chart has.
type inventory struct {
	rows, seats, accessible, companions, restricted int
	whole, bySeat, chairs                           int
	standing                                        int64
	byCategory                                      map[string]int64 // of all places that are sold
}

func takeInventory(d *chart.Document) inventory {
	n := inventory{byCategory: map[string]int64{}}
	for i := range d.Sections {
		s := &d.Sections[i]
		n.rows += len(s.Rows)
		for j := range s.Rows {
			n.row(s, &s.Rows[j])
		}
	}
	for _, t := range d.Tables {
		if t.Book == chart.BookWhole {
			n.whole++
			n.chairs += int(t.Seats)
			n.byCategory[t.Category]++
		} else {
			n.bySeat++
			n.seats += int(t.Seats)
			n.byCategory[t.Category] += t.Seats
		}
	}
	for _, a := range d.Areas {
		n.standing += a.Capacity
		n.byCategory[a.Category] += a.Capacity
	}
	return n
}

func (n *inventory) row(s *chart.Section, r *chart.Row) {
	for i := range r.Seats.Len() {
		seat, category := r.Seats.At(i), s.Category
		if r.Category != "" {
			category = r.Category
		}
		if seat.Category != "" {
			category = seat.Category
		}
		n.seats++
		n.byCategory[category]++
		for _, property := range []struct {
			has   bool
			count *int
		}{{seat.Accessible, &n.accessible}, {seat.Companion, &n.companions}, {seat.RestrictedView, &n.restricted}} {
			if property.has {
				*property.count++
			}
		}
	}
}

// summarize writes what a chart has.
func summarize(w io.Writer, d *chart.Document) error {
	n := takeInventory(d)
	categories := make([]string, len(d.Categories))
	for i, c := range d.Categories {
		categories[i] = fmt.Sprintf("%s (%d places)", c.Key, n.byCategory[c.Key])
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "name\t%s\n", d.Name)
	fmt.Fprintf(table, "seats\t%d numbered, in %d rows of %d sections\n", n.seats, n.rows, len(d.Sections))
	fmt.Fprintf(table, "accessible\t%d wheelchair places, %d companion seats\n", n.accessible, n.companions)
	fmt.Fprintf(table, "restricted\t%d seats with a restricted view\n", n.restricted)
	fmt.Fprintf(table, "categories\t%d: %s\n", len(d.Categories), strings.Join(categories, ", "))
	fmt.Fprintf(table, "areas\t%d with %d places\n", len(d.Areas), n.standing)
	fmt.Fprintf(table, "tables\t%d sold whole with %d chairs, %d sold by seat\n", n.whole, n.chairs, n.bySeat)
	return table.Flush()
}
