package cluster

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

// severPatience is how long a fatal fault waits for the peer port to be cut before the owner is told anyway.
const severPatience = time.Second

// open opens every group. Called once, when the folder is formed: from here on this node votes.
func (n *Node) open() error {
	for i := range n.meta.Partitions {
		dir := groupDir(n.folder.dir, i)
		// A node that joins may not have been given anything yet. It has no vote before it is seen to have everything.
		if has, err := raftlog.HasState(dir); err != nil || !has && n.folder.stage != stageJoining {
			return &StartError{
				Problem: fmt.Sprintf("partition %d of the formed node %s has no data in %s", i, n.meta.Node, dir), Err: err,
				Remedy: "It will not start empty, since it may have voted and acknowledged orders. Restore the folder as it was when the node stopped",
			}
		}
		part, err := n.openPartition(uint32(i), dir)
		if err != nil {
			return err
		}
		n.parts = append(n.parts, part)
	}
	n.whole.Store(n.folder.stage != stageJoining)
	n.opened.Store(true)
	return nil
}

func (n *Node) openPartition(id uint32, dir string) (*partition, error) {
	part := &partition{id: id}
	part.machine = actors.NewPartition(actors.Options{
		Partition: id, Logger: n.log,
		OnHalt: func(error) { n.pokeAll() }, // the group says why; the peers should know soon
	})
	stream := &hookedStream{Stream: n.port.Stream(id), node: n}
	group, err := raftlog.Open(raftlog.Config{
		Partition: id, Node: n.meta.Node, Dir: dir, LogStore: n.meta.LogStore, Members: n.meta.Members,
		Stream: stream, Join: n.folder.stage == stageJoining,
		Machine: part.machine, Timing: n.cfg.Timing, Logger: n.log, Registerer: n.cfg.Registerer,
		ClockMillis: n.cfg.ClockMillis, OnFatal: n.failStop,
		SnapshotBytes: n.cfg.Limits.SnapshotBytes, SnapshotEntries: n.cfg.Limits.SnapshotEntries,
		SnapshotSendBytes: n.cfg.Limits.SnapshotSendBytes,
		QueueCommands:     n.cfg.Limits.QueueCommands, WrapDisk: n.cfg.WrapDisk,
	})
	if err != nil {
		part.machine.Stop()
		return nil, &StartError{Problem: fmt.Sprintf("partition %d cannot be opened", id), Err: err}
	}
	part.group = group
	stream.group.Store(group)
	return part, nil
}

// hookedStream is a partition's streams. Each that this node opens says which node it means: addresses are used again,
// and a node that took another's address must not be counted in its place.
type hookedStream struct {
	*peerport.Stream
	node  *Node
	group atomic.Pointer[raftlog.Group] // nil while it is being opened
}

var _ raft.StreamLayer = (*hookedStream)(nil)

// errUnknownAddress says that Raft dials an address that is no member's: of a member that was just removed.
var errUnknownAddress = errors.New("cluster: no member of the partition has that address")

// Dial opens a stream to the same partition at another node, and calls Config.Dialed on it.
func (s *hookedStream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	group := s.group.Load()
	if group == nil {
		return nil, errUnknownAddress // in a moment
	}
	node := group.NodeAt(string(address))
	if node == "" {
		return nil, errUnknownAddress
	}
	conn, err := s.Stream.DialNode(node, address, timeout)
	if err != nil {
		return nil, err
	}
	return s.node.cfg.Dialed(node, conn)
}

// failStop is what a group calls when this node must not go on (a write failed, the disk hangs). The peer port goes
// first: a leader whose disk hangs keeps its lead for as long as its heartbeats get out (raft#503). Then the owner is
// told, who exits. It returns at once, since the caller may be the very goroutine that hangs.
func (n *Node) failStop(reason error) {
	n.fatal.Do(func() {
		text := reason.Error()
		n.failed.Store(&text)
		n.log.Error("this node stops itself", "reason", reason)
		severed := make(chan struct{})
		go func() {
			defer close(severed)
			_ = n.port.Sever()
		}()
		go func() {
			select {
			case <-severed:
			case <-time.After(severPatience):
			}
			n.cfg.OnFatal(reason)
		}()
	})
}
