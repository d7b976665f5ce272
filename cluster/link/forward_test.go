package link

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/raftlog"
)

func TestResultsComeBackToTheirCommands(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	trip := holds("b", 3).send(t, c, 1)
	trip.wantDecided(t)
	want := command.Result{
		Index: 7, NowMillis: 1_800_000_000_000,
		Answer: seatmap.Answer{
			Created: true, State: seatmap.HoldHeld, ID: seatmap.ID{2, 2}, Buyer: "b-2",
			Places: []seatmap.Place{
				{Kind: seatmap.PlaceSeat, Label: "A-1-1", Category: "1", Price: 6500, Quantity: 1},
				{Kind: seatmap.PlaceSeat, Label: "A-1-2", Category: "1", Price: 6500, Quantity: 1},
			},
		},
	}
	got := trip.batch.Results[2]
	got.Answer.Labels = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := c.InFlight(); n != 0 {
		t.Errorf("%d commands in flight after the answer", n)
	}
}

func TestBatchCanBeForwardedAgainAndAgain(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	trip := holds("b", 2)
	for round := range 50 {
		trip.done = make(chan struct{})
		trip.batch.Commands[1].Request.Buyer = fmt.Sprint("round ", round)
		trip.send(t, c, 1).wantDecided(t)
	}
}

func TestAnswersMayComeInAnyOrder(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	one := holds("one", 1).send(t, c, 1)
	first := k.next(t)
	two := holds("two", 1).send(t, c, 1)
	second := k.next(t)
	decide(second, 1, nil)
	two.wantDecided(t)
	select {
	case <-one.done:
		t.Fatal("the first batch came back undecided")
	default:
	}
	decide(first, 1, nil)
	one.wantDecided(t)
}

func TestWhatWaitsForOnePartitionTravelsInOneFrame(t *testing.T) {
	d := &decider{}
	s := serve(t, d, ServeOptions{})
	c, g, first := gated(t, s, ClientOptions{})
	trips := []*trip{first}
	for i := range 100 {
		trips = append(trips, holds(fmt.Sprint("many", i), 2).send(t, c, 5))
	}
	for i := range 10 {
		trips = append(trips, holds(fmt.Sprint("other", i), 1).send(t, c, 6))
	}
	close(g.open)
	for _, trip := range trips {
		trip.wantDecided(t)
	}
	if diff := cmp.Diff([]submitted{{0, 1}, {5, 200}, {6, 10}}, d.seen(), cmp.AllowUnexported(submitted{})); diff != "" {
		t.Error(diff)
	}
}

func TestFrameHoldsAtMost1024Commands(t *testing.T) {
	d := &decider{}
	s := serve(t, d, ServeOptions{})
	c, g, first := gated(t, s, ClientOptions{})
	trips := []*trip{first}
	for i := range 5 {
		trips = append(trips, holds(fmt.Sprint("b", i), 500).send(t, c, 1))
	}
	close(g.open)
	for _, trip := range trips {
		trip.wantDecided(t)
	}
	if diff := cmp.Diff([]submitted{{0, 1}, {1, 1000}, {1, 1000}, {1, 500}}, d.seen(), cmp.AllowUnexported(submitted{})); diff != "" {
		t.Error(diff)
	}
}

func TestFrameTakesNoFurtherBatchAt256KiB(t *testing.T) {
	d := &decider{}
	s := serve(t, d, ServeOptions{})
	c, g, first := gated(t, s, ClientOptions{})
	trips := []*trip{first}
	for range 5 { // about 100 KiB each
		trip := holds("b", 10)
		for i := range trip.batch.Commands {
			for j := range 190 {
				label := fmt.Sprintf("%s-%d", strings.Repeat("x", 50), j)
				trip.batch.Commands[i].Request.Add.Seats = append(trip.batch.Commands[i].Request.Add.Seats, label)
			}
		}
		trips = append(trips, trip.send(t, c, 1))
	}
	close(g.open)
	for _, trip := range trips {
		trip.wantDecided(t)
	}
	if diff := cmp.Diff([]submitted{{0, 1}, {1, 20}, {1, 20}, {1, 10}}, d.seen(), cmp.AllowUnexported(submitted{})); diff != "" {
		t.Error(diff)
	}
}

func TestBatchesOfOnePartitionKeepTheirOrder(t *testing.T) {
	var mu sync.Mutex
	var order []string
	s := serve(t, submitFunc(func(_ uint32, b *raftlog.Batch) error {
		mu.Lock()
		for i := range b.Commands {
			order = append(order, strings.Clone(b.Commands[i].Request.Buyer))
		}
		mu.Unlock()
		decide(b, len(b.Commands), nil)
		return nil
	}), ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	var trips []*trip
	want := []string{}
	for i := range 3000 {
		trips = append(trips, holds(fmt.Sprintf("%06d", i), 1).send(t, c, 1))
		want = append(want, fmt.Sprintf("%06d-0", i))
	}
	for _, trip := range trips {
		trip.wantDecided(t)
	}
	if !slices.Equal(order, want) {
		t.Error("the commands were submitted in another order than they were forwarded")
	}
}

// chart is a batch with one chart of about that many bytes.
func chart(bytes int) *trip {
	t := holds("", 0)
	t.batch.Commands = []command.Command{{
		Kind:  command.KindInstallChart,
		Chart: &command.Chart{PlanCode: make([]byte, bytes)},
	}}
	return t
}

func TestLargestChartPassesAndDoesNotStandBeforeHolds(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	trip := chart(32<<20).send(t, c, 1)
	b := k.next(t)
	if n := len(b.Commands[0].Chart.PlanCode); n != 32<<20 {
		t.Errorf("%d bytes arrived", n)
	}
	decide(b, 1, nil)
	if b := trip.wait(t); b.Err != nil || b.Decided != 1 {
		t.Errorf("decided %d, error %v", b.Decided, b.Err)
	}
	if n := s.connections(); n != 1 {
		t.Errorf("%d connections, want one for charts alone", n)
	}
	hold := holds("b", 1).send(t, c, 1)
	decide(k.next(t), 1, nil)
	hold.wantDecided(t)
	if n := s.connections(); n != 2 {
		t.Errorf("%d connections, want a second one for holds", n)
	}
}

func TestBatchThatFitsNoFrameIsRefusedAndHurtsNobody(t *testing.T) {
	d := &decider{}
	s := serve(t, d, ServeOptions{})
	c, g, first := gated(t, s, ClientOptions{})
	before := holds("before", 1).send(t, c, 0)
	huge := holds("huge", 0)
	labels := make([]string, command.MaxBlockSelection)
	for i := range labels {
		labels[i] = strings.Repeat("x", seatmap.MaxLabelBytes)
	}
	for range 30 { // of 1.3 MB each
		huge.batch.Commands = append(huge.batch.Commands, command.Command{
			Kind: command.KindEvent, Event: "opening",
			Request: seatmap.Request{Op: seatmap.OpBlock, Add: seatmap.Selection{Seats: labels}},
		})
	}
	huge.send(t, c, 0)
	after := holds("after", 1).send(t, c, 0)
	close(g.open)
	huge.wantError(t, raftlog.ErrTooLarge)
	for _, trip := range []*trip{first, before, after} {
		trip.wantDecided(t)
	}
}

func TestBatchesOfAWrongSizeAreRefusedAtOnce(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	for _, tc := range []struct {
		commands int
		want     error
	}{{0, raftlog.ErrEmptyBatch}, {MaxFrameCommands + 1, raftlog.ErrTooLarge}} {
		if err := c.Forward(0, time.Now().Add(patience), &holds("b", tc.commands).batch); err != tc.want {
			t.Errorf("%d commands: %v, want %v", tc.commands, err, tc.want)
		}
	}
	holds("b", MaxFrameCommands).send(t, c, 0).wantDecided(t)
}

func TestConcurrentCallersAllGetTheirOwnAnswers(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	var wg sync.WaitGroup
	for caller := range 16 {
		wg.Go(func() {
			for i := range 100 {
				trip := holds(fmt.Sprintf("%d-%d", caller, i), 1+i%3)
				if err := c.Forward(uint32(i%4), time.Now().Add(patience), &trip.batch); err != nil {
					t.Error(err)
					return
				}
				<-trip.done
				for j := range trip.batch.Commands {
					if trip.batch.Err != nil || trip.batch.Results[j].Answer.Buyer != trip.batch.Commands[j].Request.Buyer {
						t.Errorf("error %v, or another buyer's answer", trip.batch.Err)
					}
				}
			}
		})
	}
	wg.Wait()
}
