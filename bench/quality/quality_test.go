package quality

import (
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/chart/venue"
)

func smallTheatre(insist bool) Options {
	return Options{Venue: venue.Options{Kind: venue.Theatre, Seats: 600, Seed: 3}, Crowd: 5, Insist: insist}
}

func compare(t *testing.T, o Options) map[string]*Result {
	t.Helper()
	_, results, err := Compare(o)
	if err != nil {
		t.Fatal(err)
	}
	by := make(map[string]*Result)
	for _, r := range results {
		by[r.Allocator] = r
	}
	if len(by) != len(Allocators()) {
		t.Fatalf("%d results for %d allocators", len(by), len(Allocators()))
	}
	return by
}

func TestTheSameSeedsMakeTheSameSales(t *testing.T) {
	first, second := compare(t, smallTheatre(false)), compare(t, smallTheatre(false))
	for name, r := range first {
		a, b := *r, *second[name]
		a.MedianNanos, a.P99Nanos, b.MedianNanos, b.P99Nanos = 0, 0, 0, 0
		if a != b {
			t.Errorf("%s: %+v, then %+v", name, a, b)
		}
	}
}

func TestPartiesThatTakeWhatTheyGetBuyTheWholeHouse(t *testing.T) {
	for name, r := range compare(t, smallTheatre(false)) {
		if r.End.Free != 0 || r.RefusedThoughFree != 0 {
			t.Errorf("%s: %d seats left, %d refused though as many were free", name, r.End.Free, r.RefusedThoughFree)
		}
		for i, share := range Shares {
			if r.Sold[i].MeanRank == 0 || r.Taken[i].MeanRank == 0 || (600-r.Taken[i].Free)*100 < 600*share {
				t.Errorf("%s at %d %%: %+v, %+v", name, share, r.Taken[i], r.Sold[i])
			}
		}
	}
}

func TestPartiesThatInsistAreNeverSplit(t *testing.T) {
	for name, r := range compare(t, smallTheatre(true)) {
		if r.Split != 0 || r.Alone != 0 || r.RefusedThoughFree == 0 {
			t.Errorf("%s: %d split, %d alone, %d refused though as many were free", name, r.Split, r.Alone, r.RefusedThoughFree)
		}
	}
}

func TestBestAvailableLeavesFewerSinglesThanFrontToBack(t *testing.T) {
	by := compare(t, smallTheatre(false))
	ours, theirs := by[Parterre], by[FrontToBack]
	if ours.Taken[1].Singles >= theirs.Taken[1].Singles || ours.Split > theirs.Split {
		t.Errorf("%d singles and %d parties split, front-to-back %d and %d",
			ours.Taken[1].Singles, ours.Split, theirs.Taken[1].Singles, theirs.Split)
	}
}

func TestTheCrowdHasTheMixThatWasMeasured(t *testing.T) {
	const seats = 200_000
	var bySize [7]int
	var byFate [3]int
	var first, seatsAsked int
	for _, p := range arrivals(seats, 1) {
		if p.afterMillis < 0 || p.afterMillis >= ttlMillis {
			t.Fatalf("%+v is settled after its hold lapsed", p)
		}
		if p.atMillis < waveMillis {
			first++
			bySize[p.size]++
			byFate[p.fate]++
			seatsAsked += int(p.size)
		}
	}
	within := func(what string, got, of int, percent float64) {
		t.Helper()
		if share := 100 * float64(got) / float64(of); share < percent-1 || share > percent+1 {
			t.Errorf("%s: %.1f %%, want %.0f", what, share, percent)
		}
	}
	for i, share := range sizes {
		within("parties of a size", bySize[i+1], first, float64(share))
	}
	within("paid", byFate[bought], first, 40)
	within("released", byFate[released], first, 25)
	within("lapsed", byFate[lapsed], first, 35)
	within("seats asked for", seatsAsked, seats, 100*firstDemand)
}

func TestAReportShowsMediansAndSpread(t *testing.T) {
	var runs [][]*Result
	for _, split := range []int{3, 1, 2} {
		var run []*Result
		for range Allocators() {
			run = append(run, &Result{Groups: 100, Split: split})
		}
		runs = append(runs, run)
	}
	var out strings.Builder
	if err := Report(&out, runs); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"front-to-back", "98.00 (97.00 to 99.00)", "2 (1 to 3)", "singles left at the end"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
