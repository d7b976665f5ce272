package simulator

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog"
)

// Settings of the simulated Raft: those that raftlog gives to the real one, but for the trailing entries, of which it has
// few so that snapshots are sent to whoever was away.
const (
	heartbeat     = raftlog.DefaultHeartbeat
	election      = raftlog.DefaultElection
	leaderLease   = raftlog.DefaultLeaderLease
	commitTimeout = raftlog.DefaultCommit
	beatFactor    = 2 // raftlog.beatFactor
	maxAppend     = 64
	trailing      = 24
)

type role uint8

const (
	follower role = iota
	candidate
	leader
)

// nobodyVoted is the vote of who has not voted in a term.
const nobodyVoted = -1

// simRaft is a small Raft (Ongaro and Ousterhout 2014) with what hashicorp/raft 1.7.3 adds as we set it: one main loop that
// disks stall, heartbeats beside it, pre-votes, a leader's lease, one message under way to each follower, a no-op at the
// beginning of a term, barriers, transfers, snapshots and their installing. One life of one node has one.
type simRaft struct {
	w    *world
	node *node
	id   int
	disk *disk
	fsm  raft.BatchingFSM
	dead bool // the process was killed

	// public is what other goroutines may ask.
	public atomic.Pointer[publicRaft]
	over   atomic.Bool // dead, for other goroutines

	queue []func() // of the main loop
	busy  bool     // it waits for the disk

	role     role
	term     uint64
	vote     int
	leaderID int // nobody = not known
	log      records
	stored   uint64 // newest entry that is fsynced here
	commit   uint64
	applied  uint64
	applying bool
	contact  time.Duration // with the leader
	electing uint64        // counts candidacies, so that late votes are told apart
	votes    int
	byOrder  bool   // this candidacy was ordered by a leader that hands over
	patience uint64 // counts election timers

	// A leader's own.
	peers     []peerState
	startsAt  uint64           // index of the first entry of its term
	handing   int              // to whom it hands its lead over; nobody = to none
	asked     map[*future]bool // not in the log yet
	inflight  map[uint64]*future
	committed map[uint64]*future
}

type publicRaft struct {
	leader int
	term   uint64
}

type peerState struct {
	next, match uint64
	sending     bool
	failures    int
	contact     time.Duration
	told        uint64 // commit index
}

func newSimRaft(w *world, n *node) *simRaft {
	d := &n.disk
	r := &simRaft{
		w: w, node: n, id: n.id, disk: d, term: d.term, vote: d.vote, leaderID: nobody, log: d.log,
		peers: make([]peerState, len(w.nodes)), handing: nobody,
		asked: map[*future]bool{}, inflight: map[uint64]*future{}, committed: map[uint64]*future{},
	}
	r.log.list = slices.Clip(r.log.list)
	for i := range r.log.list { // what comes from a disk is not the buffer that was proposed
		e := &r.log.list[i]
		if e.copied == nil {
			e.copied = slices.Clone(e.data)
		}
		e.data = e.copied
	}
	r.stored = r.log.last()
	if s := d.snapshot; s != nil {
		r.commit, r.applied = s.index, s.index
		if r.log.last() < s.index {
			r.log = records{base: s.index, baseTerm: s.term}
			r.stored = s.index
		}
	}
	if w.o.Plant == PlantForgetVote {
		r.vote = nobodyVoted
	}
	r.publish()
	return r
}

// begin starts the timers.
func (r *simRaft) begin() {
	r.contact = r.w.now()
	r.waitForLeader()
}

// publish shows what other goroutines may ask, before they are told to.
func (r *simRaft) publish() { r.public.Store(&publicRaft{r.leaderID, r.term}) }

// tellLater answers a future, by itself, and so do observe and notify tell the group what it is to know.
func (r *simRaft) tellLater(f *future, err error, response any) {
	r.w.soon(func() { f.answer(err, response) })
}

func (r *simRaft) observe() { r.tellGroup((*raftlog.Simulated).NotifyObserved) }

func (r *simRaft) notify(gained bool) {
	r.tellGroup(func(g *raftlog.Simulated) { g.NotifyLead(gained) })
}

func (r *simRaft) tellGroup(tell func(*raftlog.Simulated)) {
	group := r.node.group
	r.w.soon(func() {
		if !r.dead {
			tell(group)
		}
	})
}

func (r *simRaft) note(what string, a, b, c uint64) { r.w.note(r.id, what, a, b, c) }

// enqueue has the main loop do something.
func (r *simRaft) enqueue(do func()) {
	r.queue = append(r.queue, do)
	r.pump()
}

func (r *simRaft) pump() {
	for !r.busy && !r.dead && len(r.queue) > 0 {
		do := r.queue[0]
		r.queue = r.queue[1:]
		do()
	}
}

// later has the main loop do something in a while.
func (r *simRaft) later(d time.Duration, do func()) {
	r.w.after(d, func() {
		if !r.dead {
			r.enqueue(do)
		}
	})
}

// write fsyncs term, vote and log, and goes on then. The main loop waits, so it must be the caller's last act.
func (r *simRaft) write(then func()) {
	r.busy = true
	r.disk.writing = &write{term: r.term, vote: r.vote, log: r.log}
	took := r.w.fsync(r.disk)
	if doomed := r.node.doomed; doomed != nil && len(r.log.list) > len(r.disk.log.list) {
		r.node.doomed = nil
		r.w.after(r.w.between(0, took), doomed)
	}
	done := func() {
		if r.dead {
			return
		}
		d := r.disk
		d.term, d.vote, d.log, d.writing = d.writing.term, d.writing.vote, d.writing.log, nil
		r.stored = d.log.last()
		r.busy = false
		then()
		r.pump()
	}
	if r.w.o.Plant == PlantFsyncLies && r.w.chance(20) { // it says so at once, and a crash finds nothing
		r.busy, r.stored = false, r.log.last()
		r.w.after(took, func() {})
		then()
		return
	}
	r.w.after(took, done)
}

// kill ends this life: nothing of it is heard of any more, and all that waits for it is told something.
func (r *simRaft) kill() {
	r.over.Store(true)
	r.dead = true
	for f := range r.asked {
		f.answer(raft.ErrRaftShutdown, nil)
	}
	for _, all := range []map[uint64]*future{r.inflight, r.committed} {
		for _, index := range sortedKeys(all) {
			all[index].answer(raft.ErrRaftShutdown, nil)
		}
	}
}

func (r *simRaft) quorum() int { return len(r.w.nodes)/2 + 1 }

// others are the peers, in an order that differs from node to node.
func (r *simRaft) others(do func(to int)) {
	for i := 1; i < len(r.w.nodes); i++ {
		do((r.id + i) % len(r.w.nodes))
	}
}
