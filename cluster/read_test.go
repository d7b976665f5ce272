package cluster_test

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/clustertest"
)

// freshView is a strong read of an event's view at a node.
func freshView(t *testing.T, n *cluster.Node, event string) *actors.View {
	t.Helper()
	ctx := within(t, long)
	if err := n.ReadBarrier(ctx, event); err != nil {
		t.Fatalf("%s: %v", n.Name(), err)
	}
	e, ok := n.Event(event)
	if !ok {
		t.Fatalf("%s does not know %s", n.Name(), event)
	}
	v, err := e.Fresh(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAStrongReadIsNeverStaleAfterAWriteThroughAnotherNode(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 300)
	nodes := c.Nodes()
	for i := range 100 {
		writer, reader := nodes[i%3], nodes[(i+1+i/3%2)%3]
		decided(t, writer, clustertest.Hold("opening", clustertest.Seat(i)), seatmap.CodeOK)
		v := freshView(t, reader, "opening")
		slot, ok := v.Plan().Slot(clustertest.Seat(i))
		if got := v.Status(slot); !ok || got != seatmap.StatusHeld {
			t.Fatalf("seat %d, held through %s, is %v at %s", i, writer.Name(), got, reader.Name())
		}
	}
}

// Nobody asks anything of the event after its holds' deadlines but the reader, who comes before the tick that looks for what is due.
func TestAStrongReadShowsNoHoldPastItsDeadline(t *testing.T) {
	var ahead atomic.Int64 // milliseconds
	c := clustertest.Start(t, 3, clustertest.Configure(func(_ int, config *cluster.Config) {
		config.ClockMillis = func() int64 { return time.Now().UnixMilli() + ahead.Load() }
	}))
	c.MakeEvent("opening", 100)
	for i, n := range slices.Repeat(c.Nodes(), 7) {
		held := decided(t, n, clustertest.Hold("opening", clustertest.Seat(i)), seatmap.CodeOK)
		ahead.Add(held.Answer.ExpiresAtMillis - held.NowMillis + 1)
		v := freshView(t, n, "opening")
		slot, ok := v.Plan().Slot(clustertest.Seat(i))
		if got := v.Status(slot); !ok || got != seatmap.StatusFree {
			t.Fatalf("seat %d, whose hold's deadline has passed, is %v at %s", i, got, n.Name())
		}
	}
}

func TestAStrongReadWithoutAMajorityEndsWithItsTime(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	c.Kill(1)
	c.Kill(2)
	if err := c.Node(0).ReadBarrier(within(t, 300*time.Millisecond), "opening"); !errors.Is(err, cluster.ErrNoLeader) {
		t.Errorf("want ErrNoLeader, got %v", err)
	}
}

func TestAChartIsFoundAtEveryNodeAndItsEventsInEveryPartition(t *testing.T) {
	c := clustertest.Start(t, 3)
	hall := c.Hall("arena", 20)
	r, err := c.Node(0).PutChart(within(t, long), hall)
	if err != nil || r.Answer.Code != seatmap.CodeOK || !r.Answer.Created {
		t.Fatalf("%+v, %v", r, err)
	}
	partitions := map[uint32]bool{}
	config := clustertest.EventConfig()
	for i := range 9 {
		// Made through any node, also one whose replica has not seen the chart yet.
		n, event := c.Nodes()[i%3], fmt.Sprintf("event-%d", i)
		r, err := n.CreateEvent(within(t, long), event, "arena", &config, clustertest.Key())
		if err != nil || r.Answer.Code != seatmap.CodeOK || !r.Answer.Created {
			t.Fatalf("%s: %+v, %v", event, r, err)
		}
		partitions[n.PartitionOf(event)] = true
		decided(t, c.Nodes()[(i+1)%3], clustertest.Hold(event, "S-20"), seatmap.CodeOK)
	}
	if len(partitions) != 3 {
		t.Fatalf("the events are in partitions %v: the test proves too little", partitions)
	}
	for _, n := range c.Nodes() {
		if err := n.ChartBarrier(within(t, long), "arena"); err != nil {
			t.Fatal(err)
		}
		if stored, ok := n.Chart("arena"); !ok || stored.Plan != hall.Plan {
			t.Errorf("%s: %+v, %v", n.Name(), stored, ok)
		}
		for i := range 9 {
			freshView(t, n, fmt.Sprintf("event-%d", i))
		}
		if got := keys(n.Events("event-2", 4)); fmt.Sprint(got) != "[event-3 event-4 event-5 event-6]" {
			t.Errorf("%s lists %v", n.Name(), got)
		}
		if got := n.Charts("", 10); len(got) != 1 || got[0].Name != "arena" {
			t.Errorf("%s lists %d charts", n.Name(), len(got))
		}
	}
}

func keys(events []*actors.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, e.Key())
	}
	return all
}

func TestAnEventOfAnUnknownChartIsRefused(t *testing.T) {
	c := clustertest.Start(t, 1)
	config := clustertest.EventConfig()
	r, err := c.Node(0).CreateEvent(within(t, long), "opening", "nowhere", &config, clustertest.Key())
	if err != nil || r.Answer.Code != seatmap.CodeUnknownChart {
		t.Errorf("%+v, %v", r, err)
	}
}
