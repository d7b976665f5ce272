package cluster_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/clustertest"
)

// many submits the commands and waits for Done.
func many(t *testing.T, n *cluster.Node, m *cluster.Many, commands ...*command.Command) {
	t.Helper()
	m.Commands = m.Commands[:0]
	for _, c := range commands {
		m.Commands = append(m.Commands, *c)
	}
	done := make(chan struct{}, 2)
	m.Done = func(*cluster.Many) { done <- struct{}{} }
	n.SubmitMany(m)
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("not done")
	}
}

func TestManyCommandsAreDecidedEachOnItsOwnAndInOrderOnEveryNode(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 30)
	for i, n := range c.Nodes() {
		var m cluster.Many
		first, last := clustertest.Seat(3*i), clustertest.Seat(3*i+1)
		many(t, n, &m, clustertest.Hold("opening", first), clustertest.Hold("opening", first), clustertest.Hold("opening", last),
			clustertest.Hold("opening", "nowhere"))
		want := []seatmap.Code{seatmap.CodeOK, seatmap.CodeSeatUnavailable, seatmap.CodeOK, seatmap.CodeUnknownSeat}
		for j := range want {
			if m.Errs[j] != nil || m.Results[j].Answer.Code != want[j] {
				t.Errorf("%s, command %d: %v, %v, want %v", n.Name(), j, m.Results[j].Answer.Code, m.Errs[j], want[j])
			}
		}
		if m.Spent() {
			t.Error("spent without an unknown outcome")
		}
		// Used again, it tells of the new commands only.
		many(t, n, &m, clustertest.Hold("opening", clustertest.Seat(3*i+2)))
		if len(m.Results) != 1 || len(m.Errs) != 1 || m.Errs[0] != nil || m.Results[0].Answer.Code != seatmap.CodeOK {
			t.Errorf("%s, used again: %+v, %v", n.Name(), m.Results, m.Errs)
		}
	}
}

func TestOneBadCommandOfManyIsRefusedAlone(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	for i, n := range c.Nodes() {
		var m cluster.Many
		bad := clustertest.Hold("opening", "S-10")
		bad.Request.Buyer = string(make([]byte, 10_000))
		many(t, n, &m, clustertest.Hold("opening", clustertest.Seat(2*i)), bad, clustertest.Hold("opening", clustertest.Seat(2*i+1)))
		if m.Errs[0] != nil || m.Errs[2] != nil {
			t.Errorf("the good ones: %v, %v", m.Errs[0], m.Errs[2])
		}
		var limit *command.LimitError
		if !errors.As(m.Errs[1], &limit) {
			t.Errorf("the bad one: %v", m.Errs[1])
		}
	}
}

func TestManyOfTwoPartitionsAreRefusedWhole(t *testing.T) {
	c := clustertest.Start(t, 1, clustertest.Partitions(3))
	n := c.Node(0)
	other := "e-0"
	for i := 0; n.PartitionOf(other) == n.PartitionOf("opening"); i++ {
		other = fmt.Sprint("e-", i)
	}
	var m cluster.Many
	many(t, n, &m, clustertest.Hold("opening", "S-1"), clustertest.Hold(other, "S-1"))
	for i, err := range m.Errs {
		var limit *command.LimitError
		if !errors.As(err, &limit) {
			t.Errorf("command %d: %v", i, err)
		}
	}
}

func TestManyAreRefusedEarlyWhereTheEventHasNoRoom(t *testing.T) {
	c := clustertest.Start(t, 1, clustertest.Configure(func(_ int, c *cluster.Config) { c.Limits.EventCommands = 3 }))
	c.MakeEvent("opening", 10)
	var m cluster.Many
	hold := func(i int) *command.Command { return clustertest.Hold("opening", clustertest.Seat(i)) }
	many(t, c.Node(0), &m, hold(0), hold(1), hold(2), hold(3))
	for i, err := range m.Errs {
		if !errors.Is(err, cluster.ErrOverloaded) {
			t.Errorf("command %d: %v", i, err)
		}
	}
	many(t, c.Node(0), &m, hold(0), hold(1), hold(2)) // nothing of the refused group stays counted
	for i, err := range m.Errs {
		if err != nil {
			t.Errorf("command %d: %v", i, err)
		}
	}
}

func TestManySurviveTheLossOfTheirLeader(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 400)
	leader := c.Leader("opening")
	n := c.Node(c.Other(leader))
	const groups, size = 20, 20
	done := make(chan *cluster.Many, groups)
	all := make([]cluster.Many, groups)
	submit := func(g int) {
		for i := range size {
			all[g].Commands = append(all[g].Commands, *clustertest.Sale("opening", clustertest.Seat(g*size+i)))
		}
		all[g].Done = func(m *cluster.Many) { done <- m }
		n.SubmitMany(&all[g])
	}
	for g := range groups / 2 {
		submit(g)
	}
	c.Kill(leader)
	for g := groups / 2; g < groups; g++ {
		submit(g)
	}
	for range groups {
		select {
		case m := <-done:
			for i := range m.Commands {
				if m.Errs[i] != nil || m.Results[i].Answer.Code != seatmap.CodeOK {
					t.Errorf("%s: %v, %v", m.Commands[i].Request.Add.Seats, m.Results[i].Answer.Code, m.Errs[i])
				}
			}
		case <-time.After(time.Minute):
			t.Fatal("not all groups ended")
		}
	}
}

func TestManyWithoutALeaderEndAtTheirDeadline(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	n := c.Node(0)
	for i := 1; i < 3; i++ {
		c.Kill(i)
	}
	c.Wait("the lead to be lost", func() (bool, string) { return !n.Ready(), "" })
	var m cluster.Many
	m.Deadline = time.Now().Add(300 * time.Millisecond)
	read := clustertest.GetHold("opening", seatmap.ID{1})
	many(t, n, &m, clustertest.Sale("opening", "S-1"), read)
	for i, err := range m.Errs {
		if !errors.Is(err, cluster.ErrNoLeader) && !(i == 0 && errors.Is(err, cluster.ErrOutcomeUnknown)) {
			t.Errorf("command %d: %v", i, err)
		}
	}
}

func TestManyOnAClosedNodeEnd(t *testing.T) {
	c := clustertest.Start(t, 1)
	c.MakeEvent("opening", 10)
	n := c.Node(0)
	c.Stop(0)
	var m cluster.Many
	many(t, n, &m, clustertest.Sale("opening", "S-1"))
	if !errors.Is(m.Errs[0], cluster.ErrNoLeader) {
		t.Errorf("got %v", m.Errs[0])
	}
}

func BenchmarkSubmitMany(b *testing.B) {
	c := clustertest.Start(b, 1)
	c.MakeEvent("opening", 2_000)
	n := c.Node(0)
	done := make(chan struct{}, 1)
	m := cluster.Many{Done: func(*cluster.Many) { done <- struct{}{} }}
	const size = 256
	for i := range size {
		m.Commands = append(m.Commands, *clustertest.Hold("opening", clustertest.Seat(i)))
		m.Commands[i].Request.Key = clustertest.Key()
	}
	b.ReportAllocs()
	for b.Loop() {
		n.SubmitMany(&m) // from the second round on they are replays: the road is measured, not the seat map
		<-done
	}
	b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}
