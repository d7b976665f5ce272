package compare

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"go.uber.org/goleak"

	"github.com/parterre/parterre/bench/peers"
	"github.com/parterre/parterre/bench/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options(t *testing.T, systems ...System) Options {
	return Options{
		Systems: systems, Hall: hall, Works: []Work{Chosen, Best}, Clients: []int{2, 4}, Rounds: 2,
		Duration: 50 * time.Millisecond, Dir: t.TempDir(),
	}
}

func TestSystemsTakeTurnsAndEverySecondRoundGoesBackwards(t *testing.T) {
	var starts []string
	var systems []System
	for _, name := range []string{"a", "ours", "b"} {
		m := newMemory(name)
		m.starts = &starts
		systems = append(systems, System{Peer: m, Ours: name == "ours"})
	}
	o := options(t, systems...)
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "ours", "b", "b", "ours", "a"}; !slices.Equal(starts, want) {
		t.Errorf("turns were %v, want %v", starts, want)
	}
	for _, s := range r.systems {
		if len(s.cells) != 4 {
			t.Errorf("%s has %d cells, want 2 works × 2 numbers of clients", s.facts.Name, len(s.cells))
		}
		for _, c := range s.cells {
			if slices.Contains(c.rounds, nil) || c.failure != "" {
				t.Errorf("%s was not measured in every round: %s", c.String(), c.failure)
			}
		}
	}
	if left, err := os.ReadDir(o.Dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAPeerThatIsMissingOrFailsIsSaidSo(t *testing.T) {
	missing, failing := newMemory("missing"), newMemory("failing")
	missing.fault, failing.fault = "start", "error"
	r, err := Run(t.Context(), options(t, System{Peer: missing}, System{Peer: failing}, System{Peer: newMemory("ours"), Ours: true}))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if err := r.WriteTable(&table, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ABSENT: The missing was not measured: not installed", "FAILED: The failing", errBroken.Error()} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table does not say %q:\n%s", want, table.String())
		}
	}
	if s := r.Document().System("The missing"); s == nil || s.Absent == "" {
		t.Error("the report does not name the absent peer")
	}
}

func TestARoundThatWouldNotEndInTimeIsLeftOutAndSaidSo(t *testing.T) {
	o := options(t, System{Peer: newMemory("ours"), Ours: true}, System{Peer: newMemory("peer")})
	o.Rounds, o.Within = 50, time.Second // a round takes half a second at least
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if err := r.WriteTable(&table, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(table.String(), "of 50 rounds were measured") {
		t.Errorf("the table does not say that rounds are missing:\n%s", table.String())
	}
	for _, c := range r.systems[1].cells {
		if n := len(c.rounds); n == 0 || n > 2 || slices.Contains(c.rounds, nil) {
			t.Errorf("%s has %d rounds", c.String(), n)
		}
	}
}

func TestOurOwnFailureEndsTheRun(t *testing.T) {
	for _, fault := range []string{"start", "error", "forgets", "twice"} {
		m := newMemory("ours")
		m.fault = fault
		if _, err := Run(t.Context(), options(t, System{Peer: m, Ours: true})); err == nil {
			t.Errorf("%s: the run went on", fault)
		}
	}
}

func TestThePoolThatDidBestInATrialIsUsed(t *testing.T) {
	m := newMemory("pooled", peers.Mode{Name: "p", Road: peers.Single, MostPerSecond: mostInMemory, Pools: []int{1, 2, 64}})
	o := options(t, System{Peer: m})
	o.Works, o.Clients = []Work{Chosen}, []int{4}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	used := r.systems[0].cells[0].pool
	if want := []int{1, 2, used, used}; !slices.Equal(m.pools, want) || used != 1 && used != 2 {
		t.Errorf("pools opened: %v; the cell has %d", m.pools, used)
	}
}

func TestSpecialMeasurementsUseHalfOfThePeakAndManyEvents(t *testing.T) {
	plain := peers.Mode{Name: "plain", Road: peers.Single, MostPerSecond: mostInMemory}
	through, many := plain, plain
	through.Name, through.Only, many.Name, many.Only = "through", special, "many", special
	m := newMemory("ours", plain, through, many)
	o := options(t, System{Peer: m, Ours: true})
	o.Special = Special{Peak: "plain", Through: []string{"through"}, Spread: "many", SpreadEvents: 10}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.systems[0].cells); n != 4 {
		t.Errorf("special modes are measured plainly, too: %d cells", n)
	}
	c := r.Document()
	var works []string
	for _, w := range c.Works {
		works = append(works, w.Name)
		if len(w.Entries) == 0 {
			t.Errorf("%s is empty", w.Name)
		}
	}
	if want := []string{chosenWork, bestWork, openLoopWork, spreadWork}; !slices.Equal(works, want) {
		t.Errorf("works are %v, want %v", works, want)
	}
	aim := r.Aim(&Target{Ours: Select{Peer: "ours", Modes: []string{"through"}, Work: Chosen}, Value: OrderP99, AtMost: true, Want: 60_000})
	if aim.Measured == nil || aim.Measured.Rounds != 2 || !aim.Met() {
		t.Errorf("the aim about the open loop: %+v", aim)
	}
}

// measured is a measurement with a throughput and a hold latency.
func measured(ticketsPerSecond, holdMillis int64) *Measured {
	m := newMeasured()
	m.Elapsed, m.Orders, m.Tickets = time.Second, ticketsPerSecond/2, ticketsPerSecond
	for _, h := range []*hdrhistogram.Histogram{m.Hold, m.Confirm, m.Order} {
		if err := h.RecordValue(holdMillis * 1000); err != nil {
			panic(err)
		}
	}
	return m
}

// result is one of two systems with given rounds.
func result(ours []*Measured, theirs ...[]*Measured) *Result {
	mode := peers.Mode{Name: "http", Road: peers.Single}
	r := &Result{options: &Options{Works: []Work{Chosen}, Duration: time.Second, Hall: hall}}
	us := &systemState{facts: peers.Facts{Name: "ours", Title: "Ours", Modes: []peers.Mode{mode}}, ours: true}
	us.cells = []*cellState{{Cell: Cell{System: "Ours", Mode: mode, Work: Chosen, Clients: 64}, rounds: ours}}
	them := &systemState{facts: peers.Facts{Name: "theirs", Title: "Theirs", Modes: []peers.Mode{mode}}}
	for _, rounds := range theirs {
		them.cells = append(them.cells, &cellState{Cell: Cell{System: "Theirs", Mode: mode, Work: Chosen, Clients: 64}, rounds: rounds})
	}
	r.systems = []*systemState{us, them}
	return r
}

func TestARatioIsFormedRoundByRoundWithThePeersBest(t *testing.T) {
	r := result(
		[]*Measured{measured(1000, 2), measured(600, 4), measured(900, 3)},
		[]*Measured{measured(100, 1), measured(100, 1), measured(100, 1)},
		[]*Measured{measured(500, 8), nil, measured(300, 12)},
	)
	target := Target{
		Ours: Select{Peer: "ours", Work: Chosen, Clients: 64}, Theirs: Select{Peer: "theirs", Work: Chosen}, Value: Tickets, Want: 2, Unit: "×",
	}
	aim := r.Aim(&target)
	// 1000/500 and 900/300; the second round has no pair; of two the lower is the median.
	if want := (report.Spread{Median: 2, Least: 2, Most: 3, Rounds: 2}); aim.Measured == nil || *aim.Measured != want || !aim.Met() {
		t.Errorf("tickets: %+v, want %+v", aim.Measured, want)
	}
	target.Value, target.AtMost, target.Want = HoldP99, true, 0.25
	aim = r.Aim(&target) // against the peer's shortest: 1 ms in every round
	if aim.Measured == nil || aim.Measured.Median < 2.9 || aim.Measured.Median > 3.1 || aim.Met() {
		t.Errorf("hold p99: %+v", aim.Measured)
	}
	target.Theirs.Peer = "nobody"
	if aim = r.Aim(&target); aim.Measured != nil || aim.Met() {
		t.Errorf("an aim against an absent peer is judged: %+v", aim)
	}
}

func TestTheTableSaysInWordsWhoWins(t *testing.T) {
	fast, slow := []*Measured{measured(1000, 1), measured(900, 1)}, []*Measured{measured(100, 1), measured(90, 1)}
	for _, c := range []struct {
		ours, theirs []*Measured
		want         string
	}{
		{fast, slow, "Parterre wins"},
		{slow, fast, "Theirs WINS"},
		{[]*Measured{measured(100, 1), measured(300, 1)}, []*Measured{measured(200, 1), measured(200, 1)}, "the rounds do not agree"},
	} {
		var table strings.Builder
		r := result(c.ours, c.theirs)
		aims := []report.Aim{r.Aim(&Target{Work: "w", Ours: Select{Peer: "ours", Work: Chosen}, Value: Tickets, Want: 500, Unit: "tickets/s"})}
		if err := r.WriteTable(&table, aims); err != nil || !strings.Contains(table.String(), c.want) {
			t.Errorf("%v: the table does not say %q:\n%s", err, c.want, table.String())
		}
	}
}

func TestRoadsAreTheReports(t *testing.T) {
	for ours, theirs := range map[peers.Road]string{
		peers.Single: report.RoadSingle, peers.Batch: report.RoadBatch, peers.Stream: report.RoadStream, peers.Pipelined: report.RoadPipeline,
	} {
		if string(ours) != theirs {
			t.Errorf("%q is %q in the report", ours, theirs)
		}
	}
}

func TestEventsAreEnoughForTheFastest(t *testing.T) {
	o := Options{Hall: hall, Duration: time.Second}
	mode := peers.Mode{MostPerSecond: 1000}
	seats := float64(o.events(mode, o.Duration)*hall.Seats()) * bestShare / 100
	if want := 1000 * 1.2 * 2.3; seats < want {
		t.Errorf("%.0f seats for %.0f tickets", seats, want)
	}
	if n := o.events(peers.Mode{MostPerSecond: 1 << 30}, time.Hour); n != maxEvents {
		t.Errorf("%d events, more than %d", n, maxEvents)
	}
}

func TestErrorsOfARunNameTheCell(t *testing.T) {
	m := newMemory("ours")
	m.fault = "error"
	_, err := Run(t.Context(), options(t, System{Peer: m, Ours: true}))
	if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "The ours") {
		t.Errorf("got %v", err)
	}
}
