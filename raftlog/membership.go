package raftlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
)

// Server is a member of the group's Raft configuration.
type Server struct {
	Node, Peer string
	Votes      bool // else it learns only
}

// Servers are the members of the newest configuration in this node's log, which may not be committed yet. Nobody is in
// it on a node that joins and was not written to yet.
func (g *Group) Servers() ([]Server, error) {
	var servers []Server
	err := g.withRaft(func(r *raft.Raft) error {
		for _, s := range r.GetConfiguration().Configuration().Servers {
			servers = append(servers, Server{Node: string(s.ID), Peer: string(s.Address), Votes: s.Suffrage == raft.Voter})
		}
		return nil
	})
	return servers, err
}

// NodeAt is the name of the group's member at that address, "" if there is none.
func (g *Group) NodeAt(peer string) string {
	servers, _ := g.Servers() // no instance, no members
	for _, s := range servers {
		if s.Peer == peer {
			return s.Node
		}
	}
	return ""
}

// RenewConnections lets go of the connections that are kept to nodes that are gone. Those to the others are made anew.
func (g *Group) RenewConnections() {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.instance != nil {
		g.instance.transport.Renew()
	}
}

// changeEnqueue bounds how long a change waits until Raft takes it. After that it is not taken any more, so that no
// change is made later than its caller thinks.
const changeEnqueue = 500 * time.Millisecond

// Changes of the configuration. Each is one entry, and Raft takes the next only when the last is committed, and the
// leader has committed an entry of its own term. Each returns when it is committed. Errors: ErrNotLeader (nothing was
// done), ErrOutcomeUnknown or ctx's (Servers tells).

// AddLearner makes a node a member without a vote. One that votes keeps its vote.
func (g *Group) AddLearner(ctx context.Context, m Member) error {
	return g.change(ctx, func(r *raft.Raft) raft.IndexFuture {
		return r.AddNonvoter(raft.ServerID(m.Node), raft.ServerAddress(m.Peer), 0, changeEnqueue)
	})
}

// AddVoter gives a learner its vote.
func (g *Group) AddVoter(ctx context.Context, m Member) error {
	return g.change(ctx, func(r *raft.Raft) raft.IndexFuture {
		return r.AddVoter(raft.ServerID(m.Node), raft.ServerAddress(m.Peer), 0, changeEnqueue)
	})
}

// RemoveServer makes a node no member any more. Not for this node itself: hand the lead over first.
func (g *Group) RemoveServer(ctx context.Context, node string) error {
	if node == g.config.Node {
		return errors.New("raftlog: a leader does not remove itself")
	}
	return g.change(ctx, func(r *raft.Raft) raft.IndexFuture { return r.RemoveServer(raft.ServerID(node), 0, changeEnqueue) })
}

func (g *Group) change(ctx context.Context, f func(*raft.Raft) raft.IndexFuture) error {
	return g.whileLeading(ctx, func(r *raft.Raft) error { return f(r).Error() })
}

// Confirm returns when everything that this leader's log holds is committed, its configuration included. ErrNotLeader if
// this node does not lead. It writes an entry that changes nothing, and not Raft's barrier, which state machines do not
// see: they would seem to lag for as long as nothing else is written.
func (g *Group) Confirm(ctx context.Context) error {
	entry := sealRegister(neverVersion, nil, g.config.ClockMillis())
	return g.whileLeading(ctx, func(r *raft.Raft) error { return r.Apply(entry, 0).Error() })
}

func (g *Group) whileLeading(ctx context.Context, f func(*raft.Raft) error) error {
	return g.wait(ctx, func() error {
		return g.withRaft(func(r *raft.Raft) error {
			if l := g.Lead(); !l.Self || !l.Ready {
				return ErrNotLeader
			}
			switch err := f(r); {
			case err == nil:
				return nil
			case errors.Is(err, raft.ErrNotLeader), errors.Is(err, raft.ErrLeadershipTransferInProgress):
				return ErrNotLeader
			default:
				return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
			}
		})
	})
}

// holdsNothing reports whether log and snapshots are empty: a group that joins and was given nothing yet, though it may
// have heard of a term.
func holdsNothing(s *disk.Stores) (bool, error) {
	last, err := s.Log.LastIndex()
	if err != nil {
		return false, fmt.Errorf("raftlog: last index: %w", err)
	}
	snapshots, err := s.Snapshots.List()
	if err != nil {
		return false, fmt.Errorf("raftlog: snapshots: %w", err)
	}
	return last == 0 && len(snapshots) == 0, nil
}
