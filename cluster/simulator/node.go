package simulator

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/raftlog"
)

// node is one machine: its disk and clock, and the process that runs on it, if one does.
type node struct {
	w    *world
	id   int
	disk disk

	// The process of this life; nil while there is none.
	member       *cluster.SimulatedNode
	group        *raftlog.Simulated
	machine      *actors.Partition
	raft         *simRaft
	served       *sync.WaitGroup
	lives        int
	manyUnderWay bool
	doomed       func() // called in the middle of the next write of entries
	// forgotten are futures that a planted bug never answers.
	forgotten []*future

	offsetMillis atomic.Int64
	driftPPM     atomic.Int64
	clockSince   atomic.Int64 // since when it drifts, nanoseconds since the night began
}

func nodeName(id int) string { return "n-" + string(rune('1'+id)) }

// clockMillis is the machine's clock: wrong by an offset, and by a drift.
func (n *node) clockMillis() int64 {
	now := int64(n.w.now())
	return n.w.start.UnixMilli() + (now+(now-n.clockSince.Load())/1_000_000*n.driftPPM.Load())/int64(time.Millisecond) + n.offsetMillis.Load()
}

// boot starts the process on what the disk has.
func (n *node) boot() {
	w := n.w
	n.lives++
	n.served = &sync.WaitGroup{}
	n.machine = actors.NewPartition(actors.Options{})
	n.raft = newSimRaft(w, n)
	n.group = raftlog.OpenSimulated(raftlog.Config{
		Node: nodeName(n.id), Machine: n.machine, ClockMillis: n.clockMillis, Logger: quiet,
	}, n.raft, w.o.Plant != PlantNoExpiry)
	n.raft.fsm = n.group.FSM()
	if s := n.disk.snapshot; s != nil {
		if err := n.raft.fsm.Restore(reader(s.data)); err != nil {
			w.fail(CheckHash, "%s cannot start from its snapshot: %v", nodeName(n.id), err)
			return
		}
		w.judge.restored(n, s.index)
	}
	var members []raftlog.Member
	for i := range w.nodes {
		members = append(members, raftlog.Member{Node: nodeName(i), Peer: nodeName(i) + ":1"})
	}
	n.member = cluster.NewSimulated(cluster.Simulated{
		Node: nodeName(n.id), Members: members, Groups: []*raftlog.Simulated{n.group}, Machines: []*actors.Partition{n.machine},
		ClockMillis: n.clockMillis, Dial: n.dialer(n.lives), Turn: n.turn(n.lives),
	})
	w.note(n.id, "boots", uint64(n.lives), n.raft.log.last(), n.raft.term)
	n.raft.begin()
}

// kill ends the process at once. What peers have of its connections breaks soon, or is silent for ever if the whole
// machine is gone.
func (n *node) kill(silent bool) {
	if n.member == nil {
		return
	}
	w := n.w
	w.note(n.id, "dies", n.raft.applied, n.raft.log.last(), n.raft.term)
	w.counts.Crashes++
	n.raft.kill()
	w.crash(&n.disk)
	for _, f := range n.forgotten {
		f.answer(errReset, nil)
	}
	member, served := n.member, n.served
	n.member, n.raft, n.forgotten = nil, nil, nil
	for id := 1; id <= w.network.last; id++ {
		if p := w.network.conns[id]; p != nil && (p.nodes[0] == n.id || p.nodes[1] == n.id) {
			p.lose(n.id, silent)
		}
	}
	for _, c := range w.clients {
		c.nodeDied(n.id)
	}
	w.waiting.Go(func() {
		member.Close()
		served.Wait()
	})
}

// gone reports whether a life of the node has ended.
func (n *node) gone(life int) bool { return n.member == nil || n.lives != life }

func reader(b []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(b)) }

// planted is the entry as a state machine with the planted bug sees it.
func (w *world) planted(n *node, index uint64, data []byte) []byte {
	var alter func(*raftlog.LogEntry)
	switch {
	case w.o.Plant == PlantLapsesEarly && index%50 == 0:
		alter = func(e *raftlog.LogEntry) { e.TimeMillis += 4_000 }
	case w.o.Plant == PlantLosesSeats && index%40 == 0:
		alter = func(e *raftlog.LogEntry) {
			e.Commands = append(e.Commands, command.Command{Kind: command.KindEvent, Event: eventName(0), Request: seatmap.Request{
				Op: seatmap.OpBlock, Add: seatmap.Selection{Seats: []string{seatLabel(0, 0)}},
			}})
		}
	case w.o.Plant == PlantLocalClock && n != nil && index > 100:
		alter = func(e *raftlog.LogEntry) { e.TimeMillis = n.clockMillis() }
	case w.o.Plant == PlantLosesKeys && index%3 == 0:
		alter = eachRequest(func(c *command.Command) { c.Request.Key = [16]byte{} })
	case w.o.Plant == PlantLosesBuyers && index%2 == 0:
		alter = eachRequest(func(c *command.Command) { c.Request.Buyer = "" })
	default:
		return data
	}
	altered, err := raftlog.Rewrite(data, alter)
	if err != nil {
		w.fail(CheckHash, "entry %d cannot be read: %v", index, err)
		return data
	}
	return altered
}

func eachRequest(alter func(*command.Command)) func(*raftlog.LogEntry) {
	return func(e *raftlog.LogEntry) {
		for i := range e.Commands {
			alter(&e.Commands[i])
		}
	}
}
