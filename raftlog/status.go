package raftlog

import (
	"github.com/hashicorp/raft"
)

// Status is a picture of the group on this node, for operators.
type Status struct {
	Partition uint32
	Lead      Lead
	// Applied is the newest entry applied by the state machine. It reaches Committed soon: a leader ends what Raft writes
	// for itself (no-op, barrier) with an entry that the state machine sees.
	Applied, Committed, Last uint64
	HashIndex                uint64 // last checkpoint compared
	Hash                     uint64
	QueueCommands            int
	Voters                   []Member
	Halted                   string // reason, "" if running
}

// Status says how the group is.
func (g *Group) Status() Status {
	s := Status{
		Partition: g.config.Partition, Lead: g.Lead(), Applied: g.config.Machine.AppliedIndex(), QueueCommands: g.proposer.depth(),
	}
	if c := g.fsm.lastCheckpoint.Load(); c != nil {
		s.HashIndex, s.Hash = c.applied, c.hash
	}
	if err := g.config.Machine.Halted(); err != nil {
		s.Halted = err.Error()
	}
	_ = g.withRaft(func(r *raft.Raft) error {
		s.Committed, s.Last = r.CommitIndex(), r.LastIndex()
		s.Voters = voters(r)
		return nil
	})
	return s
}

func voters(r *raft.Raft) []Member {
	var members []Member
	for _, s := range r.GetConfiguration().Configuration().Servers {
		if s.Suffrage == raft.Voter {
			members = append(members, Member{Node: string(s.ID), Peer: string(s.Address)})
		}
	}
	return members
}

func voterAddress(r *raft.Raft, node string) (raft.ServerAddress, bool) {
	for _, m := range voters(r) {
		if m.Node == node {
			return raft.ServerAddress(m.Peer), true
		}
	}
	return "", false
}
