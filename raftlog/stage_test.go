package raftlog

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// patience is how long a test waits for something that must happen.
const patience = time.Minute

// onBothStores runs a scenario for each kind of log store.
func onBothStores(t *testing.T, scenario func(t *testing.T, store string)) {
	for _, store := range []string{"bolt", "wal"} {
		t.Run(store, func(t *testing.T) { scenario(t, store) })
	}
}

// stage is a cluster of three groups in this process, each with files of its own.
type stage struct {
	t       testing.TB
	network *network
	store   string
	nodes   [3]*stageNode
	clock   atomic.Int64 // added to the machine's clock, ms
	tune    func(node int, c *Config)
}

type stageNode struct {
	name     string
	address  string
	dir      string
	machine  *actors.Partition
	group    *Group
	registry *prometheus.Registry
	running  bool
}

// newStage bootstraps and opens three nodes. tune changes a node's settings before each opening; nil = none.
func newStage(t testing.TB, store string, tune func(node int, c *Config)) *stage {
	t.Helper()
	if t, ok := t.(*testing.T); ok {
		t.Parallel() // most of a scenario is waiting for elections
	}
	s := &stage{t: t, network: newNetwork(), store: store, tune: tune}
	dir := t.TempDir()
	streams := [3]*testStream{}
	var members []Member
	for i := range s.nodes {
		streams[i] = s.network.listen(t, byte(i), "")
		s.nodes[i] = &stageNode{
			name: fmt.Sprint("n", i+1), address: streams[i].Addr().String(), dir: filepath.Join(dir, fmt.Sprint("n", i+1)),
		}
		members = append(members, Member{Node: s.nodes[i].name, Peer: s.nodes[i].address})
	}
	t.Cleanup(func() {
		for i := range s.nodes {
			s.stop(i)
		}
	})
	for i, n := range s.nodes {
		c := s.config(i)
		c.Members = members
		if err := Bootstrap(c); err != nil {
			t.Fatal(err)
		}
		if err := s.open(i, streams[i]); err != nil {
			t.Fatalf("%s: %v", n.name, err)
		}
	}
	return s
}

func (s *stage) config(i int) Config {
	n := s.nodes[i]
	c := Config{
		Partition: 7, Node: n.name, Dir: n.dir, LogStore: s.store, Logger: quiet(s.t),
		// Wide enough for the race detector on a busy machine; the election's own time is not what is tested.
		Timing:      Timing{Heartbeat: 400 * time.Millisecond, Election: 400 * time.Millisecond, LeaderLease: 250 * time.Millisecond},
		ClockMillis: func() int64 { return time.Now().UnixMilli() + s.clock.Load() },
		OnFatal:     func(err error) { s.t.Errorf("%s: fatal: %v", n.name, err) },
	}
	if s.tune != nil {
		s.tune(i, &c)
	}
	return c
}

func (s *stage) open(i int, stream *testStream) error {
	n := s.nodes[i]
	n.machine = actors.NewPartition(actors.Options{Partition: 7, Logger: quiet(s.t)})
	n.registry = prometheus.NewRegistry()
	c := s.config(i)
	c.Stream, c.Machine, c.Registerer = stream, n.machine, n.registry
	var err error
	if n.group, err = Open(c); err != nil {
		n.machine.Stop()
		return err
	}
	n.running = true
	return nil
}

// restart opens a stopped node from its files.
func (s *stage) restart(i int) error {
	return s.open(i, s.network.listen(s.t, byte(i), s.nodes[i].address))
}

func (s *stage) mustRestart(i int) {
	s.t.Helper()
	if err := s.restart(i); err != nil {
		s.t.Fatalf("%s: %v", s.nodes[i].name, err)
	}
}

func (s *stage) stop(i int) {
	s.t.Helper()
	n := s.nodes[i]
	if !n.running {
		return
	}
	n.running = false
	if err := n.group.Close(); err != nil {
		s.t.Errorf("%s: close: %v", n.name, err)
	}
	n.machine.Stop()
}

func quiet(t testing.TB) *slog.Logger {
	if testing.Verbose() {
		return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
	return slog.New(slog.DiscardHandler)
}

// until polls for what must come true.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !f(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

// leader waits for a node, other than the given ones, that leads and is ready.
func (s *stage) leader(except ...int) int {
	s.t.Helper()
	found := -1
	until(s.t, "a ready leader", func() bool {
		for i, n := range s.nodes {
			if n.running && n.group.Lead().Ready && !has(except, i) {
				found = i
			}
		}
		return found >= 0
	})
	return found
}

func has(list []int, i int) bool {
	for _, other := range list {
		if other == i {
			return true
		}
	}
	return false
}

// rest waits until the leader's log has not grown for a while: the last entry has its trail.
func (s *stage) rest(leader int) {
	s.t.Helper()
	last, since := uint64(0), time.Now()
	until(s.t, "the log to come to rest", func() bool {
		if now := s.nodes[leader].group.Status().Last; now != last {
			last, since = now, time.Now()
		}
		return time.Since(since) > 10*trailAfter
	})
}

func (s *stage) followers() []int {
	leader := s.leader()
	return []int{(leader + 1) % 3, (leader + 2) % 3}
}

// try has commands decided by one node and waits for the end, whatever it is.
func (s *stage) try(node int, commands ...command.Command) (*Batch, error) {
	s.t.Helper()
	done := make(chan *Batch, 1)
	b := &Batch{Commands: commands, Done: func(b *Batch) { done <- b }}
	if err := s.nodes[node].group.Submit(b); err != nil {
		return nil, err
	}
	select {
	case <-done:
		return b, b.Err
	case <-time.After(patience):
		s.t.Fatal("a batch was never done")
		return nil, nil
	}
}

// do has commands decided, whoever leads, with the same keys until the outcome is known.
func (s *stage) do(commands ...command.Command) []command.Result {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		b, err := s.try(s.leader(), commands...)
		if err == nil {
			return b.Results
		}
		if !errors.Is(err, ErrNotLeader) && !errors.Is(err, ErrOutcomeUnknown) || time.Now().After(deadline) {
			s.t.Fatal(err)
		}
	}
}

// ask is do for one command.
func (s *stage) ask(c command.Command) seatmap.Answer { return s.do(c)[0].Answer }

// openEvent installs a hall of seats seats in rows of 100 and puts an event on sale in it.
func (s *stage) openEvent(event string, seats int, holdTTLSeconds int32) {
	s.t.Helper()
	for _, c := range openingCommands(s.t, event, seats, holdTTLSeconds) {
		if a := s.ask(c); a.Code != seatmap.CodeOK {
			s.t.Fatalf("opening: %v %s %s", a.Code, a.Field, a.Reason)
		}
	}
}

func openingCommands(t testing.TB, event string, seats int, holdTTLSeconds int32) []command.Command {
	spec := &seatmap.PlanSpec{Categories: []seatmap.CategorySpec{{Key: "1", Name: "All"}}}
	for first := 0; first < seats; first += 100 {
		row := seatmap.RowSpec{Section: -1, Key: fmt.Sprint(first / 100)}
		for i := first; i < min(first+100, seats); i++ {
			row.Seats = append(row.Seats, seatmap.SeatSpec{Label: seat(i), Rank: uint32(i)})
		}
		spec.Rows = append(spec.Rows, row)
	}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(plan.AppendBinary(nil)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return []command.Command{
		{Kind: command.KindInstallChart, Chart: &command.Chart{Plan: plan.Hash(), PlanCode: packed.Bytes()}},
		{Kind: command.KindCreateEvent, Event: event, Create: &command.Create{
			Chart: "hall", Plan: plan.Hash(), Key: seatmap.Key{1}, Config: seatmap.Config{
				Name: event, Currency: "CHF", State: seatmap.SaleOn, HoldTTLSeconds: holdTTLSeconds, HoldExtensions: 1,
				PlacesPerHold: 8, Orphans: seatmap.OrphansAllow,
			},
		}},
	}
}

func seat(i int) string { return strconv.Itoa(i/100) + "-" + strconv.Itoa(i%100) }

// number makes a key or id of n.
func number[T ~[16]byte](n uint64) (id T) {
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

func hold(event string, n uint64, seats ...int) command.Command {
	c := command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{
		Op: seatmap.OpHold, Key: number[seatmap.Key](2*n + 2), ID: number[seatmap.ID](n + 1), CallerKey: true,
	}}
	for _, i := range seats {
		c.Request.Add.Seats = append(c.Request.Add.Seats, seat(i))
	}
	c.Request.Fingerprint = command.Fingerprint(&c)
	return c
}

func confirm(event string, n uint64) command.Command {
	c := command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{
		Op: seatmap.OpConfirm, Key: number[seatmap.Key](2*n + 3), ID: number[seatmap.ID](n + 1), CallerKey: true,
	}}
	c.Request.Fingerprint = command.Fingerprint(&c)
	return c
}

func getOrder(event string, n uint64) command.Command {
	return command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{
		Op: seatmap.OpGetOrder, ID: number[seatmap.ID](n + 1),
	}}
}

// agree makes the leader propose a checkpoint and waits until every running replica has compared it, and found the same.
func (s *stage) agree() {
	s.t.Helper()
	leader := s.nodes[s.leader()].group
	before := leader.Status().HashIndex
	leader.proposer.change(func() { leader.proposer.opening = true })
	var want Status
	until(s.t, "a checkpoint at the leader", func() bool {
		want = leader.Status()
		return want.HashIndex > before
	})
	for _, n := range s.nodes {
		if !n.running {
			continue
		}
		until(s.t, "the checkpoint at "+n.name, func() bool {
			got := n.group.Status()
			if got.Halted != "" {
				s.t.Fatalf("%s: %s", n.name, got.Halted)
			}
			if got.HashIndex > want.HashIndex { // another checkpoint came in between
				want = leader.Status()
			}
			return got.HashIndex == want.HashIndex && got.Hash == want.Hash
		})
	}
}

// counts waits until node has applied everything and tells the places of an event.
func (s *stage) counts(node int, event string) seatmap.Counts {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	index := s.do(command.Command{Kind: command.KindRead, Event: event})[0].Index
	n := s.nodes[node]
	if err := n.group.WaitApplied(ctx, index); err != nil {
		s.t.Fatalf("%s: %v", n.name, err)
	}
	e, ok := n.machine.Event(event)
	if !ok {
		s.t.Fatalf("%s: no event %q", n.name, event)
	}
	v, err := e.Fresh(ctx)
	if err != nil {
		s.t.Fatalf("%s: %v", n.name, err)
	}
	return v.Counts()
}
