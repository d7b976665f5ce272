package raftlog

import (
	"errors"
	"net"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors/command"
)

// raftView is what leadership needs of Raft.
type raftView interface {
	LeaderWithID() (raft.ServerAddress, raft.ServerID)
	CurrentTerm() uint64
	Barrier(timeout time.Duration) raft.Future
	ReloadableConfig() raft.ReloadableConfig
	ReloadConfig(c raft.ReloadableConfig) error
}

// SimulatedRaft stands in Raft's place under a group of the simulator (cluster/simulator).
type SimulatedRaft interface {
	applier
	raftView
}

// Simulated is a group over a Raft that is not one: queue, proposer, state machine, expiry tick and the following of the
// lead are those of any group; log, votes, elections, snapshots' files and streams are the simulator's.
type Simulated struct {
	*Group

	leadership *leadership
	observed   chan raft.Observation
}

// OpenSimulated starts a group over r. Of c only Partition, Node, Machine, Logger, ClockMillis, Timing and QueueCommands
// count.
func OpenSimulated(c Config, r SimulatedRaft, expires bool) *Simulated {
	c.Stream = noStreams{closed: make(chan struct{})}
	c = c.withDefaults()
	s := &Simulated{Group: newGroup(c), observed: make(chan raft.Observation, leaderObservations)}
	s.proposer.use(r)
	s.routines.Go(s.proposer.run)
	if expires {
		s.routines.Go(func() { newExpiry(c.Machine, s.proposer, c.ClockMillis).run(s.closing) })
	}
	l := newLeadership(c.Node, c.Timing, s.proposer, s.board, s.logger)
	l.raft, s.leadership = r, l
	l.routines.Go(func() { l.watch(s.observed) })
	l.routines.Go(l.makeReady)
	l.show()
	return s
}

// FSM is what the simulator brings committed entries and snapshots to, as Raft's apply goroutine would.
func (s *Simulated) FSM() raft.BatchingFSM { return s.fsm }

// NotifyLead is Raft's notification that this node gained or lost the lead.
func (s *Simulated) NotifyLead(gained bool) { s.leadership.notify <- gained }

// NotifyObserved is Raft's observation that the leader is another.
func (s *Simulated) NotifyObserved() {
	select {
	case s.observed <- raft.Observation{}:
	default:
	}
}

// Close ends the group. Every future of the simulated Raft must be answered by then, and every later one at once.
func (s *Simulated) Close() error {
	s.leadership.rest()
	<-s.leadership.atRest
	s.leadership.stop()
	return s.Group.Close()
}

// LogEntry is a log entry as anybody reads it who does not apply it.
type LogEntry struct {
	TimeMillis int64             // the leader's clock
	Checkpoint bool              // says what the state hash was; changes nothing
	Commands   []command.Command // they alias the entry's bytes
}

// ReadEntry reads an entry's bytes. Errors: ErrDamagedEntry, ErrUnknownEntry.
func ReadEntry(b []byte) (LogEntry, error) {
	e, err := decodeEntry(b)
	if err != nil {
		return LogEntry{}, err
	}
	l := LogEntry{TimeMillis: e.timeMillis, Checkpoint: e.kind == kindCheckpoint}
	if e.kind == kindCommands && e.count > 0 {
		l.Commands, err = e.commands(command.NewDecoder(nil), nil)
	}
	return l, err
}

// Rewrite is another entry, made of what alter makes of b's: how a simulator plants a fault. b stays as it is.
func Rewrite(b []byte, alter func(*LogEntry)) ([]byte, error) {
	l, err := ReadEntry(b)
	if err != nil || l.Checkpoint {
		return b, err
	}
	alter(&l)
	c := make([]byte, entryHeaderBytes, len(b))
	for i := range l.Commands {
		c = command.AppendCommand(c, &l.Commands[i])
	}
	return sealEntry(c, kindCommands, l.TimeMillis, len(l.Commands)), nil
}

// noStreams is a stream layer to nobody.
type noStreams struct{ closed chan struct{} }

var errNoStreams = errors.New("raftlog: a simulated group has no streams")

func (s noStreams) Accept() (net.Conn, error) {
	<-s.closed
	return nil, errNoStreams
}

func (s noStreams) Dial(raft.ServerAddress, time.Duration) (net.Conn, error) {
	return nil, errNoStreams
}
func (s noStreams) Addr() net.Addr { return nil }

func (s noStreams) Close() error {
	close(s.closed)
	return nil
}
