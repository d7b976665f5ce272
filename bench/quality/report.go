package quality

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"
)

// figure is one line of a report.
type figure struct {
	name     string
	decimals int
	of       func(*Result) float64
}

func figures() []figure {
	list := []figure{
		{"parties of two or more that paid", 0, func(r *Result) float64 { return float64(r.Groups) }},
		{"seated together, %", 2, func(r *Result) float64 { return 100 - 100*float64(r.Split)/float64(max(1, r.Groups)) }},
		{"parties split", 0, func(r *Result) float64 { return float64(r.Split) }},
		{"parties with somebody sitting alone", 0, func(r *Result) float64 { return float64(r.Alone) }},
		{"parties in more than one section", 0, func(r *Result) float64 { return float64(r.Strewn) }},
	}
	for i, share := range Shares {
		at := strconv.Itoa(share) + " % first taken"
		list = append(list, figure{"singles, " + at, 0, func(r *Result) float64 { return float64(r.Taken[i].Singles) }})
	}
	for i, share := range Shares {
		at := strconv.Itoa(share) + " % sold"
		list = append(
			list, figure{"singles, " + at, 0, func(r *Result) float64 { return float64(r.Sold[i].Singles) }},
			figure{"free seats, " + at, 0, func(r *Result) float64 { return float64(r.Sold[i].Free) }})
	}
	return append(
		list,
		figure{"singles left at the end", 0, func(r *Result) float64 { return float64(r.End.Singles) }},
		figure{"seats left at the end", 0, func(r *Result) float64 { return float64(r.End.Free) }},
		figure{"mean rank of the first half taken", 1, func(r *Result) float64 { return r.Taken[0].MeanRank }},
		figure{"mean rank sold, 50 % sold", 1, func(r *Result) float64 { return r.Sold[0].MeanRank }},
		figure{"mean rank sold, end", 1, func(r *Result) float64 { return r.End.MeanRank }},
		figure{"refused though as many were free", 0, func(r *Result) float64 { return float64(r.RefusedThoughFree) }},
		figure{"refused for want of seats", 0, func(r *Result) float64 { return float64(r.RefusedForWant) }},
		figure{"time of a decision, median, µs", 2, func(r *Result) float64 { return float64(r.MedianNanos) / 1000 }},
		figure{"time of a decision, p99, µs", 2, func(r *Result) float64 { return float64(r.P99Nanos) / 1000 }},
	)
}

// Report writes a table: a line for each figure, a column for each allocator; of several sales the median and, in
// brackets, the least and the most. runs are results of Compare, one or more.
func Report(w io.Writer, runs [][]*Result) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "FIGURE")
	for _, name := range Allocators() {
		fmt.Fprint(table, "\t", name)
	}
	fmt.Fprintln(table)
	for _, f := range figures() {
		fmt.Fprint(table, f.name)
		for i := range Allocators() {
			values := make([]float64, len(runs))
			for j, run := range runs {
				values[j] = f.of(run[i])
			}
			fmt.Fprint(table, "\t", spread(values, f.decimals))
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}

// spread is the median, and the least and the most if they differ.
func spread(values []float64, decimals int) string {
	slices.Sort(values)
	text := func(v float64) string { return strconv.FormatFloat(v, 'f', decimals, 64) }
	median, least, most := text(values[len(values)/2]), text(values[0]), text(values[len(values)-1])
	if least == most {
		return median
	}
	return fmt.Sprintf("%s (%s to %s)", median, least, most)
}
