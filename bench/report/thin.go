package report

import (
	"math"

	"github.com/parterre/parterre/bench/report/plot"
)

// rates makes points per second of counts per interval, at most about `most` of them: intervals are taken together, and the
// rate is their mean, so that the area below the line stays the number of answers. The last point ends the last step.
func rates(counts []int64, intervalSeconds float64, length, most int) []plot.Point {
	together := (length + most - 1) / max(1, most)
	var points []plot.Point
	for from := 0; from < length; from += together {
		to, sum := min(from+together, length), int64(0)
		for i := from; i < to && i < len(counts); i++ {
			sum += counts[i]
		}
		points = append(points, plot.Point{X: float64(from) * intervalSeconds, Y: float64(sum) / (float64(to-from) * intervalSeconds)})
	}
	if n := len(points); n > 0 {
		points = append(points, plot.Point{X: float64(length) * intervalSeconds, Y: points[n-1].Y})
	}
	return points
}

// worst takes intervals together so that at most about `most` remain, and of each figure the worst of them: percentiles have no mean.
func worst(l *Latency, most int) []LatencyPoint {
	n := len(l.Points)
	if n == 0 {
		return nil
	}
	first, last := l.Points[0].At, l.Points[n-1].At
	intervals := int(math.Round((last-first)/l.IntervalSeconds)) + 1
	width := float64((intervals+most-1)/max(1, most)) * l.IntervalSeconds
	var points []LatencyPoint
	slot := math.Inf(-1)
	for _, p := range l.Points {
		if s := math.Floor((p.At - first + l.IntervalSeconds/2) / width); s > slot {
			slot = s
			p.At = first + s*width
			points = append(points, p)
			continue
		}
		w := &points[len(points)-1]
		w.Count += p.Count
		w.P50, w.P90, w.P99 = max(w.P50, p.P50), max(w.P90, p.P90), max(w.P99, p.P99)
		w.P999, w.Max = max(w.P999, p.P999), max(w.Max, p.Max)
	}
	return points
}

// every takes at most about `most` of a list, with the first and the last.
func every[T any](list []T, most int) []T {
	if len(list) <= most || most < 2 {
		return list
	}
	kept := make([]T, 0, most)
	for i := range most {
		kept = append(kept, list[i*(len(list)-1)/(most-1)])
	}
	return kept
}
