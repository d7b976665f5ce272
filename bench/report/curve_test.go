package report

import (
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

// histograms are of any latencies that a driver may record.
func histograms() *rapid.Generator[*hdrhistogram.Histogram] {
	return rapid.Custom(func(t *rapid.T) *hdrhistogram.Histogram {
		h := hdrhistogram.New(1, 1_000_000, 2)
		for _, v := range rapid.SliceOfN(rapid.Int64Range(1, 1_000_000), 1, 100).Draw(t, "micros") {
			_ = h.RecordValue(v)
		}
		return h
	})
}

func TestACurveRisesToAllRequestsAndTheSlowestOfThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histograms().Draw(t, "histogram")
		c := CurveOf("hold", "all", FromIntended, h)
		if !c.rises() {
			t.Fatalf("falls: %+v", c.Points)
		}
		last := c.Points[len(c.Points)-1]
		if last.Percentile != 100 || last.Count != h.TotalCount() || last.Micros != h.Max() {
			t.Fatalf("ends at %+v, want 100 %% of %d, slowest %d", last, h.TotalCount(), h.Max())
		}
		if c.P50 > c.P90 || c.P90 > c.P99 || c.P99 > c.P999 || c.P999 > c.Max {
			t.Fatalf("percentiles fall: %+v", c)
		}
	})
}

func TestEachPointOfACurveIsTheHistogramsPercentile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histograms().Draw(t, "histogram")
		for _, p := range CurveOf("hold", "", FromSent, h).Points {
			if want := h.ValueAtQuantile(p.Percentile); p.Micros < want {
				t.Fatalf("%v %%: %d µs, the histogram says %d", p.Percentile, p.Micros, want)
			}
		}
	})
}

func TestACurveOfNothingHasNoPoints(t *testing.T) {
	if c := CurveOf("hold", "", FromSent, hdrhistogram.New(1, 1000, 3)); c.Count != 0 || len(c.Points) != 0 {
		t.Errorf("%+v", c)
	}
}
