package raftlog

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"

	"github.com/hashicorp/raft"
)

// fakeRaft decides entries as a group would, without one. Inside synctest its time is free.
type fakeRaft struct {
	delay   time.Duration // until an entry is committed, or fails
	applies time.Duration // how long the FSM takes for an entry; one after the other
	// fails says what Raft answers to the n-th Apply, counted from 0; nil = it is decided.
	fails func(n int) error

	proposer *proposer
	mu       sync.Mutex
	entries  [][]byte // handed to Apply
	flights  []*fakeFuture
	fsm      chan struct{} // capacity 1: holds a token while an entry is being applied
	applied  uint64
	halts    atomic.Bool // the FSM answers with an error
}

func (r *fakeRaft) Apply(data []byte, _ time.Duration) raft.ApplyFuture {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.entries)
	r.entries = append(r.entries, data)
	f := &fakeFuture{raft: r, data: data, done: make(chan struct{}), proposed: time.Now()}
	if r.fails != nil {
		f.err = r.fails(n)
	}
	r.flights = append(r.flights, f)
	go f.decide()
	return f
}

type fakeFuture struct {
	raft     *fakeRaft
	data     []byte
	err      error
	response any
	index    uint64
	done     chan struct{}

	proposed, decided time.Time
}

func (f *fakeFuture) Index() uint64 { return f.index }
func (f *fakeFuture) Response() any { return f.response }
func (f *fakeFuture) Error() error  { <-f.done; return f.err }

func (f *fakeFuture) decide() {
	defer close(f.done)
	r := f.raft
	time.Sleep(r.delay)
	if f.err != nil {
		return
	}
	r.fsm <- struct{}{}
	defer func() { <-r.fsm }()
	d := r.proposer.claim(f.data)
	time.Sleep(r.applies)
	r.applied++
	f.index, f.decided = r.applied, time.Now()
	if r.halts.Load() {
		f.response = errors.New("halted")
		return
	}
	if d != nil {
		for i := range d.results {
			d.results[i].Index = f.index
		}
		if d.wantHash {
			d.index, d.hash, d.hashed = f.index, 0xabc, true
		}
		f.response = d
	}
}

// kinds and sizes of the entries that were handed to Raft.
func (r *fakeRaft) decoded(t *testing.T) []entry {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []entry
	for _, data := range r.entries {
		e, err := decodeEntry(data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// events lists the events of all proposed commands in the order of the log.
func (r *fakeRaft) events(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, e := range r.decoded(t) {
		commands, err := e.commands(command.NewDecoder(nil), nil)
		if err != nil && e.kind == kindCommands {
			t.Fatal(err)
		}
		for _, c := range commands {
			keys = append(keys, c.Event)
		}
	}
	return keys
}

// withProposer runs a scenario in synthetic time with a proposer that is ready, its opening entry and checkpoint done.
func withProposer(t *testing.T, queueMax int, scenario func(p *proposer, r *fakeRaft)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &fakeRaft{delay: time.Millisecond, fsm: make(chan struct{}, 1)}
		p := newProposer(func() int64 { return time.Now().UnixMilli() }, func() int64 { return 0 }, queueMax, newMetrics(nil, 0))
		r.proposer = p
		p.use(r)
		go p.run()
		defer func() {
			p.close()
			<-p.done
		}()
		p.setReady(true)
		time.Sleep(10 * time.Millisecond)
		synctest.Wait()
		if len(r.entries) != 2 {
			t.Fatalf("opening: %d entries, want an empty one and a checkpoint", len(r.entries))
		}
		r.entries, r.flights = nil, nil
		scenario(p, r)
	})
}

// reads makes a batch of n small commands about events named prefix0, prefix1, …
func reads(prefix string, n int) *Batch {
	b := &Batch{}
	for i := range n {
		b.Commands = append(b.Commands, command.Command{Kind: command.KindRead, Event: fmt.Sprintf("%s%d", prefix, i)})
	}
	return b
}

// wide is a batch of n holds of about 60 KiB each.
func wide(n int) *Batch {
	seats := make([]string, seatmap.MaxPlacesPerHold)
	for i := range seats {
		seats[i] = fmt.Sprintf("%060d", i)
	}
	b := &Batch{}
	for i := range n {
		b.Commands = append(b.Commands, command.Command{
			Kind: command.KindEvent, Event: fmt.Sprint("wide", i),
			Request: seatmap.Request{Op: seatmap.OpHold, ID: seatmap.ID{1}, Add: seatmap.Selection{Seats: seats}},
		})
	}
	return b
}

// chart is a batch of one command of size bytes.
func chart(size int) *Batch {
	return &Batch{Commands: []command.Command{{
		Kind: command.KindInstallChart, Chart: &command.Chart{PlanCode: make([]byte, size)},
	}}}
}

// submit hands b over; the channel gets it when it is done.
func submit(t *testing.T, p *proposer, b *Batch) <-chan *Batch {
	t.Helper()
	done := make(chan *Batch, 1)
	b.Done = func(b *Batch) { done <- b }
	if err := p.submit(b, false); err != nil {
		t.Fatalf("submit: %v", err)
	}
	return done
}
