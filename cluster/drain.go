package cluster

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	drainRetry = 50 * time.Millisecond
	// drainAlone is how long Drain looks for somebody to hand a leadership to when nobody can take it.
	drainAlone = 2 * time.Second
)

// Drain makes the node unready and tells the others, hands its leaderships over, then refuses new proposals of its own
// and waits until its proposers are empty, or ctx ends. Commands that come in meanwhile are forwarded to the new
// leaders. A node with nobody to hand over to keeps its leaderships and only empties its proposers. Then Close.
func (n *Node) Drain(ctx context.Context) error {
	n.draining.Store(true)
	n.log.Info("draining")
	n.tellAll(ctx)
	n.handOver(ctx)
	errs := make([]error, len(n.parts))
	var wg sync.WaitGroup
	for i, part := range n.parts {
		wg.Go(func() { errs[i] = part.group.Drain(ctx) })
	}
	wg.Wait()
	n.drained.Store(true)
	n.log.Info("drained", "error", errors.Join(errs...))
	return errors.Join(errs...)
}

// retired reports whether nobody will decide this node's commands any more: it was removed, or it is alone and drained.
func (n *Node) retired() bool {
	return n.removed.Load() != nil || n.drained.Load() && len(n.members().peers) == 0
}

// tellAll exchanges reports with every peer once, so that each knows how the other is now: before a drain, so that nobody
// balances to a node that drains.
func (n *Node) tellAll(ctx context.Context) {
	var wg sync.WaitGroup
	for _, p := range n.members().peers {
		wg.Go(func() { _ = n.exchange(ctx, p) }) // a peer out of reach cannot balance to us either
	}
	wg.Wait()
}

// handOver transfers leaderships until this node has none, nobody can take them, or ctx ends. It goes round, since an
// election may bring one back.
func (n *Node) handOver(ctx context.Context) {
	alone := time.Now().Add(drainAlone)
	for ctx.Err() == nil && !n.closing() && len(n.members().peers) > 0 {
		leading, moved := false, false
		for _, part := range n.parts {
			if !part.group.Lead().Self {
				continue
			}
			leading = true
			if to := n.successor(part, time.Now()); to != "" && n.transfer(ctx, part, to, "drain") {
				moved = true
			}
		}
		if !leading {
			return
		}
		if moved {
			alone = time.Now().Add(drainAlone)
		} else if time.Now().After(alone) {
			n.log.Warn("nobody can take this node's leaderships: they end with it")
			return
		}
		sleep(ctx, drainRetry)
	}
}
