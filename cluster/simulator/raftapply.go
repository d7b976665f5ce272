package simulator

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog"
)

var _ raftlog.SimulatedRaft = (*simRaft)(nil)

// future is a raft.ApplyFuture.
type future struct {
	index    atomic.Uint64
	done     chan struct{}
	once     sync.Once
	err      error
	response any
}

func newFuture() *future { return &future{done: make(chan struct{})} }

func (f *future) Error() error  { <-f.done; return f.err }
func (f *future) Response() any { return f.response }
func (f *future) Index() uint64 { return f.index.Load() }

func (f *future) answer(err error, response any) {
	f.once.Do(func() {
		f.err, f.response = err, response
		close(f.done)
	})
}

// Apply is called by the proposer's goroutine.
func (r *simRaft) Apply(data []byte, _ time.Duration) raft.ApplyFuture {
	return r.propose(logEntry{kind: entryCommand, data: data})
}

// Barrier is called by leadership's goroutine.
func (r *simRaft) Barrier(time.Duration) raft.Future { return r.propose(logEntry{kind: entryBarrier}) }

func (r *simRaft) propose(e logEntry) *future {
	f := newFuture()
	if r.over.Load() {
		f.answer(raft.ErrRaftShutdown, nil)
		return f
	}
	r.w.post(rankRaft|uint64(r.id)<<8|uint64(e.kind), func() {
		if r.dead {
			f.answer(raft.ErrRaftShutdown, nil)
			return
		}
		r.asked[f] = true
		r.later(r.w.between(time.Microsecond, 20*time.Microsecond), func() {
			delete(r.asked, f)
			switch {
			case r.role != leader:
				r.tellLater(f, raft.ErrNotLeader, nil)
			case r.handing != nobody:
				r.tellLater(f, raft.ErrLeadershipTransferInProgress, nil)
			default:
				e.term = r.term
				r.appendEntry(e, f)
			}
		})
	})
	return f
}

// LeaderWithID is asked by any goroutine.
func (r *simRaft) LeaderWithID() (raft.ServerAddress, raft.ServerID) {
	p := r.public.Load()
	if p.leader == nobody {
		return "", ""
	}
	return raft.ServerAddress(nodeName(p.leader)), raft.ServerID(nodeName(p.leader))
}

// CurrentTerm is asked by any goroutine.
func (r *simRaft) CurrentTerm() uint64 { return r.public.Load().term }

// ReloadableConfig and ReloadConfig are how leadership sets the interval of a leader's beats; the simulated leader has it.
func (r *simRaft) ReloadableConfig() raft.ReloadableConfig { return raft.ReloadableConfig{} }

// ReloadConfig does nothing.
func (r *simRaft) ReloadConfig(raft.ReloadableConfig) error { return nil }

// apply brings committed entries to the state machine, a batch after the other, beside the main loop.
func (r *simRaft) apply() {
	if r.applying || r.dead || r.applied >= r.commit {
		return
	}
	last := min(r.commit, r.applied+maxAppend)
	var logs []*raft.Log
	for i := r.applied + 1; i <= last; i++ {
		e := r.log.at(i)
		r.w.judge.applies(r, i, e)
		if e.kind == entryCommand {
			logs = append(logs, &raft.Log{Index: i, Term: e.term, Type: raft.LogCommand, Data: r.w.planted(r.node, i, e.data)})
		}
	}
	var responses []any
	if len(logs) > 0 {
		responses = slices.Clone(r.fsm.ApplyBatch(logs))
		r.w.judge.applied(r.node, logs[len(logs)-1].Index)
	}
	first := r.applied + 1
	r.applying = true
	r.w.after(r.w.between(10*time.Microsecond, 200*time.Microsecond), func() {
		if r.dead {
			return
		}
		next := 0
		for i := first; i <= last; i++ {
			var response any
			if next < len(logs) && logs[next].Index == i {
				response = responses[next]
				next++
			}
			if f := r.committed[i]; f != nil {
				delete(r.committed, i)
				r.tellLater(f, nil, response)
			}
		}
		r.applied, r.applying = last, false
		r.apply()
	})
}

// sink takes a snapshot that is being written.
type sink struct{ data []byte }

func (s *sink) Write(b []byte) (int, error) { s.data = append(s.data, b...); return len(b), nil }
func (s *sink) Close() error                { return nil }
func (s *sink) ID() string                  { return "simulated" }
func (s *sink) Cancel() error               { return nil }

// takeSnapshot freezes the state, writes it beside what follows, and drops the log behind it.
func (r *simRaft) takeSnapshot() {
	if r.applying || r.dead || r.disk.snapshot != nil && r.disk.snapshot.index >= r.applied || r.applied == 0 {
		return
	}
	term, ok := r.log.term(r.applied)
	if !ok {
		return
	}
	s := &snapshotFile{index: r.applied, term: term}
	frozen, err := r.fsm.Snapshot()
	if err != nil {
		r.w.fail(CheckHash, "%s cannot take a snapshot: %v", nodeName(r.id), err)
		return
	}
	out := &sink{}
	err = frozen.Persist(out)
	frozen.Release()
	if err != nil {
		r.w.fail(CheckHash, "%s cannot write a snapshot: %v", nodeName(r.id), err)
		return
	}
	s.data = out.data
	r.note("snapshot", s.index, uint64(len(s.data)), 0)
	r.w.counts.Snapshots++
	r.later(r.w.fsync(r.disk)+r.w.between(0, 20*time.Millisecond), func() {
		if old := r.disk.snapshot; old != nil && old.index >= s.index {
			return
		}
		r.disk.snapshot = s
		if s.index > trailing && s.index-trailing > r.log.base {
			r.log.drop(s.index - trailing)
			r.write(func() {})
		}
	})
}

// install sends a follower a snapshot in place of entries that are gone.
func (r *simRaft) install(to int) {
	s := r.disk.snapshot
	if s == nil || r.w.o.Plant == PlantNoInstall {
		return
	}
	p := &r.peers[to]
	p.sending = true
	term := r.term
	r.note("sends snapshot", uint64(to), s.index, 0)
	r.call(to, func(there *simRaft, answer func(ok bool)) {
		there.enqueue(func() { there.takeInstall(term, r.id, s, answer) })
	}, func(_ *simRaft, ok bool) {
		if ok {
			p.match = max(p.match, s.index)
			p.next = p.match + 1
		}
		r.replicate(to)
	})
}

// takeInstall is a follower's side. As after our guard against raft#697, a log that contradicts the snapshot is dropped.
func (r *simRaft) takeInstall(term uint64, from int, s *snapshotFile, answer func(ok bool)) {
	if term < r.term {
		answer(false)
		return
	}
	if term > r.term || r.role != follower {
		r.becomeFollower(term, from)
	}
	r.setLeader(from)
	r.contact = r.w.now()
	if s.index <= r.commit { // it has all that already
		answer(true)
		return
	}
	if mine, ok := r.log.term(s.index); !ok || mine != s.term {
		r.log = records{base: s.index, baseTerm: s.term}
	}
	r.busy = true // a crash before the end loses the snapshot, and nothing else
	r.w.after(r.w.fsync(r.disk)+r.w.between(time.Millisecond, 20*time.Millisecond), func() { r.restore(s, answer) })
}

// restore waits for the state machine, as the main loop does.
func (r *simRaft) restore(s *snapshotFile, answer func(ok bool)) {
	if r.dead {
		return
	}
	if r.applying {
		r.w.after(50*time.Microsecond, func() { r.restore(s, answer) })
		return
	}
	d := r.disk
	d.term, d.vote, d.log, d.writing, d.snapshot = r.term, r.vote, r.log, nil, s
	r.stored = r.log.last()
	if err := r.fsm.Restore(reader(s.data)); err != nil {
		r.w.fail(CheckHash, "%s cannot restore a snapshot: %v", nodeName(r.id), err)
		return
	}
	r.note("restored", s.index, 0, 0)
	r.w.counts.Installs++
	r.applied, r.commit = s.index, max(r.commit, s.index)
	r.w.judge.restored(r.node, s.index)
	r.busy = false
	r.contact = r.w.now()
	answer(true)
	r.pump()
}

// handOver gives the lead to another node once it has everything.
func (r *simRaft) handOver(to int) {
	r.enqueue(func() {
		if r.role != leader || r.handing != nobody || to == r.id {
			return
		}
		r.handing = to
		term := r.term
		r.note("hands over", uint64(to), term, 0)
		r.later(election, func() {
			if r.role == leader && r.term == term {
				r.handing = nobody
			}
		})
		r.awaitMatch(to, term)
	})
}

func (r *simRaft) awaitMatch(to int, term uint64) {
	if r.role != leader || r.term != term || r.handing != to {
		return
	}
	if r.peers[to].match < r.log.last() {
		r.replicate(to)
		r.later(r.w.between(time.Millisecond, 2*time.Millisecond), func() { r.awaitMatch(to, term) })
		return
	}
	r.order(to, term)
}

// order has a follower stand at once.
func (r *simRaft) order(to int, term uint64) {
	there := r.w.nodes[to].raft
	r.w.carry(r.id, to, func() {
		there.enqueue(func() {
			if there.term == term && there.role == follower {
				there.setLeader(nobody)
				there.stand(true)
			}
		})
	})
}

func (r *simRaft) String() string {
	return fmt.Sprintf("%s role %d term %d log %d-%d stored %d commit %d applied %d", nodeName(r.id), r.role, r.term, r.log.base,
		r.log.last(), r.stored, r.commit, r.applied)
}
