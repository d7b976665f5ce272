package report

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestThinningCountsKeepsTheirSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, 1e6), 1, 300).Draw(t, "counts")
		interval := rapid.SampledFrom([]float64{0.1, 1, 10}).Draw(t, "interval")
		most := rapid.IntRange(1, 100).Draw(t, "most")
		points := rates(counts, interval, len(counts), most)
		if len(points) > most+1 {
			t.Fatalf("%d points, want at most %d and the end", len(points), most)
		}
		var want int64
		for _, n := range counts {
			want += n
		}
		got := 0.0
		for i := range len(points) - 1 {
			got += points[i].Y * (points[i+1].X - points[i].X)
		}
		if math.Abs(got-float64(want)) > 1e-6*float64(want)+1e-6 {
			t.Fatalf("the area is %v, want %d", got, want)
		}
	})
}

func TestThinningLatencyKeepsTheWorst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Latency{IntervalSeconds: 1}
		var slowest, requests int64
		for i := range rapid.IntRange(1, 400).Draw(t, "intervals") {
			if rapid.IntRange(0, 4).Draw(t, "silent") == 0 {
				continue
			}
			p := LatencyPoint{At: float64(i), Count: 1, Max: rapid.Int64Range(1, 1e7).Draw(t, "max")}
			slowest, requests = max(slowest, p.Max), requests+1
			l.Points = append(l.Points, p)
		}
		most := rapid.IntRange(1, 100).Draw(t, "most")
		thinned := worst(&l, most)
		if len(thinned) > most+1 {
			t.Fatalf("%d points, want at most %d", len(thinned), most)
		}
		var gotSlowest, gotRequests int64
		for i, p := range thinned {
			gotSlowest, gotRequests = max(gotSlowest, p.Max), gotRequests+p.Count
			if i > 0 && p.At <= thinned[i-1].At {
				t.Fatalf("times do not rise: %v after %v", p.At, thinned[i-1].At)
			}
		}
		if gotSlowest != slowest || gotRequests != requests {
			t.Fatalf("slowest %d of %d requests, want %d of %d", gotSlowest, gotRequests, slowest, requests)
		}
	})
}

func TestAGapInALatencyLineStaysAGap(t *testing.T) {
	points := withGaps([]LatencyPoint{{At: 0}, {At: 1}, {At: 5}}, func(p *LatencyPoint) int64 { return p.Max })
	if len(points) != 4 || !math.IsNaN(points[2].Y) {
		t.Errorf("%v", points)
	}
}

func TestNumbersAreWrittenForReaders(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{Grouped(1234567), "1\u202f234\u202f567"},
		{Grouped(-1000), "−1\u202f000"},
		{Grouped(999), "999"},
		{Number(15_212.7), "15\u202f213"},
		{Number(12.34), "12.3"},
		{Number(3), "3"},
		{Number(0.5), "0.50"},
		{Number(math.NaN()), "–"},
		{Micros(850), "850\u202fµs"},
		{Micros(4_823), "4.82\u202fms"},
		{Micros(999_600), "1\u202fs"},
		{Micros(-1), "–"},
		{Seconds(90), "90\u202fs"},
		{Seconds(900), "15\u202fmin"},
		{Seconds(912.4), "15\u202fmin 12\u202fs"},
		{Seconds(3599.8), "60\u202fmin"},
		{Seconds(7200), "2\u202fh"},
		{at(30), "T+30\u202fs"},
		{at(605), "T+10:05"},
		{ratio(4.412), "4.41"},
		{ratio(91.68), "91.7"},
		{percent(1, 3), "33.3\u202f%"},
		{percent(1, 1_000_000), "< 0.01\u202f%"},
		{percent(0, 0), "–"},
		{percentileText(99.9), "99.9\u202f%"},
		{percentileText(50), "50\u202f%"},
		{percentileText(100), "100\u202f%"},
		{count(1, "copy", "copies"), "1 copy"},
		{count(3, "copy", "copies"), "3 copies"},
		{gibibytes(24 << 30), "24\u202fGiB"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}
