package raftlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// Limits of handing a lead over.
const (
	// handoverPause is how long a follower is not offered the lead again, within one lead, after that failed: longer than a
	// message to it may take.
	handoverPause = transportTimeout + 2*time.Second
	// handoverStuck is how long a new lead may be refused because of a handing over of an earlier one before the Raft instance
	// is opened anew. The message that ends one may take transport.HandoverLimit.
	handoverStuck = 5 * time.Second
)

// errHandoverFailed says that a follower was offered the lead in vain a short while ago.
var errHandoverFailed = errors.New("raftlog: transfer: it failed within this lead")

// handovers remembers which followers could not take this node's lead over. Raft (v1.7.3, raft.go, leadershipTransfer) asks the
// goroutine that sends to the follower to make haste, over a channel that holds one request and that it does not give up
// writing to: a second attempt, while that goroutine waits for an answer that does not come, blocks; and if the lead
// ends before, it blocks for ever, and Raft says of every later lead of this node that it is being handed over, and
// refuses everything. So there is no second attempt before the first one's request must have been taken.
type handovers struct {
	mu     sync.Mutex
	term   uint64
	failed map[string]time.Time // by follower, in the lead of term
}

// may says whether a follower may be offered the lead of a term.
func (h *handovers) may(term uint64, to string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, failed := h.failed[to]
	return term != h.term || !failed || now.Sub(at) >= handoverPause
}

// fail notes that a follower did not take the lead of a term.
func (h *handovers) fail(term uint64, to string, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if term != h.term || h.failed == nil {
		h.term, h.failed = term, map[string]time.Time{}
	}
	h.failed[to] = now
}

// MayTransfer says whether a node may be offered the lead now. It may not for a while after that failed: see
// TransferLeadership.
func (g *Group) MayTransfer(to string) bool {
	return g.handovers.may(g.Lead().Term, to, time.Now())
}

// TransferLeadership gives the lead to another node, which must be caught up within an election timeout. ErrNotLeader if
// this node does not lead. Meanwhile commands wait; none is refused if it fails. A node that did not take it is not offered
// the same lead again for 12 s.
func (g *Group) TransferLeadership(ctx context.Context, to string) error {
	return g.wait(ctx, func() error { return g.transfer(to) })
}

func (g *Group) transfer(to string) error {
	return g.withRaft(func(r *raft.Raft) error {
		// Raft's future is answered only while its main loop runs; withRaft keeps the instance open until then.
		term := r.CurrentTerm()
		if r.State() != raft.Leader {
			return ErrNotLeader
		}
		address, ok := voterAddress(r, to)
		if !ok {
			return fmt.Errorf("raftlog: transfer: %q is no voter of the group", to)
		}
		if !g.handovers.may(term, to, time.Now()) {
			return errHandoverFailed
		}
		err := r.LeadershipTransferToServer(raft.ServerID(to), address).Error()
		switch {
		case errors.Is(err, raft.ErrNotLeader):
			return ErrNotLeader
		case errors.Is(err, raft.ErrLeadershipTransferInProgress): // another's attempt
			return fmt.Errorf("raftlog: transfer: %w", err)
		case err != nil:
			g.handovers.fail(term, to, time.Now())
			return fmt.Errorf("raftlog: transfer: %w", err)
		}
		return nil
	})
}

// resign gives the lead to whoever takes it.
func (g *Group) resign() error {
	var others []Member
	err := g.withRaft(func(r *raft.Raft) error {
		if r.State() != raft.Leader {
			return ErrNotLeader
		}
		others = voters(r)
		return nil
	})
	if err != nil {
		return err
	}
	errs := []error{errors.New("raftlog: transfer: nobody took it")}
	for _, m := range others {
		if m.Node == g.config.Node {
			continue
		}
		err := g.transfer(m.Node)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
