package cluster

import (
	"fmt"
	"net"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

// severPatience is how long a fatal fault waits for the peer port to be cut before the owner is told anyway.
const severPatience = time.Second

// open opens every group. Called once, when the folder is formed: from here on this node votes.
func (n *Node) open() error {
	for i := range n.meta.Partitions {
		dir := groupDir(n.folder.dir, i)
		if has, err := raftlog.HasState(dir); err != nil || !has {
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
	n.linkMetrics = link.NewMetrics(n.cfg.Registerer)
	for _, p := range n.peers {
		p.open(n)
	}
	n.opened.Store(true)
	return nil
}

func (n *Node) openPartition(id uint32, dir string) (*partition, error) {
	part := &partition{id: id}
	part.machine = actors.NewPartition(actors.Options{
		Partition: id, Logger: n.log,
		OnHalt: func(error) { n.pokeAll() }, // the group says why; the peers should know soon
	})
	group, err := raftlog.Open(raftlog.Config{
		Partition: id, Node: n.meta.Node, Dir: dir, LogStore: n.meta.LogStore, Members: n.meta.Members,
		Stream:  &hookedStream{Stream: n.port.Stream(id), node: n},
		Machine: part.machine, Timing: n.cfg.Timing, Logger: n.log, Registerer: n.cfg.Registerer,
		ClockMillis: n.cfg.ClockMillis, OnFatal: n.failStop,
		SnapshotBytes: n.cfg.Limits.SnapshotBytes, SnapshotEntries: n.cfg.Limits.SnapshotEntries,
		QueueCommands: n.cfg.Limits.QueueCommands, WrapDisk: n.cfg.WrapDisk,
	})
	if err != nil {
		part.machine.Stop()
		return nil, &StartError{Problem: fmt.Sprintf("partition %d cannot be opened", id), Err: err}
	}
	part.group = group
	return part, nil
}

// hookedStream is a partition's streams, with Config.Dialed called on each that this node opens.
type hookedStream struct {
	*peerport.Stream
	node *Node
}

var _ raft.StreamLayer = (*hookedStream)(nil)

// Dial opens a stream to the same partition at another node.
func (s *hookedStream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	conn, err := s.Stream.Dial(address, timeout)
	if err != nil {
		return nil, err
	}
	for _, m := range s.node.meta.Members {
		if m.Peer == string(address) {
			return s.node.cfg.Dialed(m.Node, conn)
		}
	}
	return conn, nil
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
