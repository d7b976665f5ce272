package report

import "github.com/HdrHistogram/hdrhistogram-go"

// ticksPerHalfDistance is how many points a curve has each time that the rest to 100 % halves: about 17 for each nine.
const ticksPerHalfDistance = 5

// CurveOf is the distribution of a histogram of microseconds; from is FromIntended or FromSent.
func CurveOf(operation, phase, from string, h *hdrhistogram.Histogram) Curve {
	c := Curve{Operation: operation, Phase: phase, From: from, Count: h.TotalCount()}
	if c.Count == 0 {
		return c
	}
	c.Mean, c.Max = h.Mean(), h.Max()
	c.P50, c.P90, c.P99, c.P999 = h.ValueAtQuantile(50), h.ValueAtQuantile(90), h.ValueAtQuantile(99), h.ValueAtQuantile(99.9)
	for _, b := range h.CumulativeDistributionWithTicks(ticksPerHalfDistance) {
		p := CurvePoint{Percentile: b.Quantile, Micros: min(b.ValueAt, c.Max), Count: b.Count}
		if n := len(c.Points); n > 0 && c.Points[n-1].Percentile >= p.Percentile {
			continue
		}
		c.Points = append(c.Points, p)
	}
	return c
}

// LatencyPointOf is one interval that began at seconds, of a histogram of microseconds.
func LatencyPointOf(atSeconds float64, h *hdrhistogram.Histogram) LatencyPoint {
	return LatencyPoint{
		At: atSeconds, Count: h.TotalCount(), Max: h.Max(),
		P50: h.ValueAtQuantile(50), P90: h.ValueAtQuantile(90), P99: h.ValueAtQuantile(99), P999: h.ValueAtQuantile(99.9),
	}
}
