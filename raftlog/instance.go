package raftlog

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
	"github.com/parterre/parterre/raftlog/disk/hclogslog"
	"github.com/parterre/parterre/raftlog/transport"
)

// Raft's settings that are not Timing.
const (
	// maxAppendEntries bounds what one message to a follower carries: 64 full entries are 16 MiB.
	maxAppendEntries = 64
	// trailingLogs counts entries kept behind a snapshot, so that a follower that was away shortly needs no snapshot.
	// Ours are large: 2,048 of them are half a GiB at worst.
	trailingLogs = 2_048
	// raftSnapshotInterval and a threshold without end: snapshots are asked for by bytes (see backlog).
	raftSnapshotInterval = 24 * time.Hour
	// transportTimeout bounds one message to a peer, its entries' transfer and fsync included.
	transportTimeout = 10 * time.Second
	transportMaxPool = 3
)

// closeGrace bounds how long a shutdown may take. Only a hanging disk needs more, and then the process is about to exit.
const closeGrace = 5 * time.Second

var (
	errHanging   = errors.New("raftlog: Raft does not end: the disk hangs")
	errReopening = errors.New("raftlog: the group is being opened anew")
)

// instance is one run of Raft over the group's files. A group has one after another, if a guard (reopenLoop)
// opens it anew.
type instance struct {
	raft       *raft.Raft
	stores     *disk.Stores
	transport  *transport.Transport
	leadership *leadership
	calls      sync.WaitGroup // snapshots and transfers under way
}

// openInstance opens files and starts Raft. What a snapshot and the log's tail hold is restored before it returns, or
// applied soon after.
func (g *Group) openInstance() (_ *instance, err error) {
	in := &instance{}
	in.transport = transport.New(g.streams.lend(), transport.Options{
		Partition: g.config.Partition, Logger: g.logger, Timeout: transportTimeout, MaxPool: transportMaxPool,
		SnapshotBytes: g.config.SnapshotSendBytes,
	})
	defer func() {
		if err != nil {
			err = errors.Join(err, in.closeFiles())
		}
	}()
	in.stores, err = disk.Open(disk.Options{
		Dir: g.config.Dir, Kind: g.config.LogStore, Partition: g.config.Partition, Logger: g.logger,
		Registerer: g.config.Registerer, OnFatal: g.fatal, OnTerm: in.transport.TermRaised,
		Wrap: g.config.WrapDisk, StallLimit: g.config.stallLimit,
	})
	if err != nil {
		return in, fmt.Errorf("raftlog: open %s: %w", filepath.Base(g.config.Dir), err)
	}
	if err := checkFiles(in.stores, g.config.Join); err != nil {
		return in, err
	}
	in.leadership = newLeadership(g.config.Node, g.config.Timing, g.proposer, g.board, g.logger)
	in.raft, err = raft.NewRaft(g.raftConfig(in.leadership.notify), g.fsm, in.stores.Log, in.stores.Stable, in.stores.Snapshots, in.transport)
	if err != nil {
		return in, fmt.Errorf("raftlog: start: %w", errors.Join(err, g.fsm.restoreErr))
	}
	g.fsm.serving.Store(true)
	in.stores.Handover()
	g.proposer.use(in.raft)
	in.leadership.start(in.raft)
	return in, nil
}

func (g *Group) raftConfig(notify chan<- bool) *raft.Config {
	c := raft.DefaultConfig()
	c.LocalID = raft.ServerID(g.config.Node)
	c.HeartbeatTimeout = g.config.Timing.Heartbeat
	c.ElectionTimeout = g.config.Timing.Election
	c.LeaderLeaseTimeout = g.config.Timing.LeaderLease
	c.CommitTimeout = g.config.Timing.Commit
	c.MaxAppendEntries = maxAppendEntries
	c.TrailingLogs = g.config.trailingLogs
	c.SnapshotInterval = raftSnapshotInterval
	c.SnapshotThreshold = math.MaxUint64
	// Raft would shut itself down with entries on their way to the FSM, whose futures it then never answers (raft.go,
	// leaderLoop). A removed node that stays a follower without a vote does no harm.
	c.ShutdownOnRemove = false
	c.NoLegacyTelemetry = true // it repeats each peer's series under names that hold the peer's
	c.NotifyCh = notify
	c.Logger = hclogslog.New(g.logger, "raft")
	return c
}

// close ends Raft, then its files. The order matters. Raft answers entries and barriers only while its loops run, so
// those are waited for first, unless the disk has failed: then a loop may be gone, and only a shutdown ends the waiting.
// Raft waits for its notifications to be taken, so leadership ends last.
func (in *instance) close(p *proposer, failed <-chan struct{}) error {
	in.leadership.rest()
	decided := make(chan struct{})
	go func() {
		p.pause()
		<-in.leadership.atRest
		in.calls.Wait()
		close(decided)
	}()
	select {
	case <-decided:
	case <-failed:
	}
	err := in.transport.Close()
	ended := make(chan error, 1)
	go func() {
		err := in.raft.Shutdown().Error()
		in.leadership.stop()
		<-decided
		ended <- err
	}()
	timer := time.NewTimer(closeGrace)
	defer timer.Stop()
	select {
	case shutdownErr := <-ended:
		return errors.Join(err, shutdownErr, in.stores.Close())
	case <-timer.C:
		return errors.Join(err, errHanging, in.stores.Close())
	}
}

func (in *instance) closeFiles() error {
	err := in.transport.Close()
	if in.stores != nil {
		err = errors.Join(err, in.stores.Close())
	}
	return err
}

// checkFiles refuses a log with an entry that this version does not know: it must not even vote, since it could become
// the leader of a log that it cannot apply. Entries that a snapshot covers do not matter.
func checkFiles(s *disk.Stores, join bool) error {
	has, err := raft.HasExistingState(s.Log, s.Stable, s.Snapshots)
	if err != nil {
		return fmt.Errorf("raftlog: %w", err)
	}
	if !has && !join {
		return ErrNoState
	}
	if empty, err := holdsNothing(s); empty && join || err != nil {
		return err
	}
	first, last, err := uncovered(s)
	if err != nil {
		return err
	}
	for index := first; index <= last; index++ {
		var l raft.Log
		if err := s.Log.GetLog(index, &l); err != nil {
			return fmt.Errorf("%w: entry %d of %d to %d: %w", ErrLogGap, index, first, last, err)
		}
		if l.Type != raft.LogCommand {
			continue
		}
		if _, err := decodeEntry(l.Data); err != nil {
			return fmt.Errorf("raftlog: log index %d, term %d: %w", index, l.Term, err)
		}
	}
	return nil
}

// uncovered is the range of entries that will be applied after a start; first > last if there are none.
func uncovered(s *disk.Stores) (first, last uint64, err error) {
	if first, err = s.Log.FirstIndex(); err != nil {
		return 0, 0, fmt.Errorf("raftlog: first index: %w", err)
	}
	if last, err = s.Log.LastIndex(); err != nil {
		return 0, 0, fmt.Errorf("raftlog: last index: %w", err)
	}
	snapshots, err := s.Snapshots.List()
	if err != nil {
		return 0, 0, fmt.Errorf("raftlog: snapshots: %w", err)
	}
	var covered uint64
	if len(snapshots) > 0 {
		covered = snapshots[0].Index
	}
	if last == 0 {
		if covered == 0 {
			return 0, 0, fmt.Errorf("%w: a term was voted in, but log and snapshots are gone", ErrLogGap)
		}
		return 1, 0, nil
	}
	if first > covered+1 {
		return 0, 0, fmt.Errorf("%w: the snapshot ends at %d, the log begins at %d", ErrLogGap, covered, first)
	}
	return max(first, covered+1), last, nil
}
