package report

import (
	"fmt"
	"slices"

	"github.com/parterre/parterre/bench/report/plot"
)

// batchBlocks are the histograms of the nodes: of each name one, all nodes together.
func (r *Replay) batchBlocks(id string) []block {
	var list []Buckets
	for _, b := range r.Batches {
		i := slices.IndexFunc(list, func(o Buckets) bool { return o.Name == b.Name })
		if i < 0 {
			list = append(list, Buckets{Name: b.Name})
			i = len(list) - 1
		}
		list[i].merge(&b)
	}
	var figures []figure
	for i := range list {
		if list[i].Count > 0 {
			figures = append(figures, list[i].figure(fmt.Sprintf("%s-batches-%d", id, i+1)))
		}
	}
	if len(figures) == 0 {
		return nil
	}
	return []block{{Heading: "Batches"}, {Figures: figures}}
}

// merge adds another histogram, bucket by bucket.
func (b *Buckets) merge(o *Buckets) {
	b.Count += o.Count
	b.Sum += o.Sum
	for _, bucket := range o.Buckets {
		i := slices.IndexFunc(b.Buckets, func(x Bucket) bool { return x.Over == bucket.Over && x.UpTo == bucket.UpTo })
		if i >= 0 {
			b.Buckets[i].Count += bucket.Count
		} else {
			b.Buckets = append(b.Buckets, bucket)
		}
	}
	slices.SortStableFunc(b.Buckets, func(x, y Bucket) int {
		switch {
		case x.Over != y.Over && x.Over:
			return 1
		case x.Over != y.Over, x.UpTo < y.UpTo:
			return -1
		case x.UpTo > y.UpTo:
			return 1
		}
		return 0
	})
}

// figure is a column for each bucket that something fell into or that lies between such.
func (b *Buckets) figure(id string) figure {
	f := figure{
		ID: id, Title: capital(b.Name), Half: true,
		Says: fmt.Sprintf("By the nodes' own metrics, all nodes together: %s, mean %s. Names below the columns are upper bounds.",
			Grouped(b.Count), Number(b.Sum/float64(b.Count))),
		Data: &table{Caption: b.Name, Columns: columns("Size", ">Count", ">Share")},
	}
	first, last := len(b.Buckets), -1
	for i, x := range b.Buckets {
		if x.Count > 0 {
			first, last = min(first, i), i
		}
	}
	h := plot.Columns{ID: id, Title: f.Title, XTitle: "size, up to", YTitle: "how often", Label: round, Class: "ours"}
	below := 0.0
	for i, x := range b.Buckets {
		if i >= first && i <= last {
			name, long := round(x.UpTo), round(x.UpTo)
			switch {
			case x.Over:
				name, long = "more", "more than "+round(below)
			case x.UpTo > below+1:
				long = round(below+1) + " to " + round(x.UpTo)
			}
			h.Columns = append(h.Columns, plot.Column{Name: name, Value: float64(x.Count), Text: Grouped(x.Count)})
			h.Desc += fmt.Sprintf("%s: %s. ", long, Grouped(x.Count))
			f.Data.Rows = append(f.Data.Rows, cells(long, Grouped(x.Count), percent(x.Count, b.Count)))
		}
		below = x.UpTo
	}
	return f.drawn(h.Draw)
}
