package cluster

import (
	"context"
	"fmt"
	"time"
)

const (
	// transferTimeout bounds one hand-over; Raft itself gives up after an election timeout.
	transferTimeout = 2 * time.Second
	// transferPoll is how often Transfer looks whether the new leader is known.
	transferPoll = 20 * time.Millisecond
)

// Transfer hands the leadership of a partition to a node, from whichever node leads it now, and keeps the balancer away
// from it for ten minutes. It returns when this node knows the new leader.
func (n *Node) Transfer(ctx context.Context, partition uint32, to string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*transferTimeout)
	defer cancel()
	if int(partition) >= len(n.parts) {
		return fmt.Errorf("%w: %d of %d", ErrUnknownPartition, partition, len(n.parts))
	}
	if n.members().peerOf(to) == "" {
		return fmt.Errorf("%w: %s", ErrUnknownNode, to)
	}
	leader := n.LeaderOf(partition)
	switch leader {
	case "":
		return ErrNoLeader
	case n.meta.Node:
		if err := n.orderTransfer(partition, to); err != nil {
			return err
		}
	default:
		var answer reply
		peer := n.peer(leader)
		if peer == nil {
			return ErrNoLeader
		}
		if err := peer.ask(ctx, message{Transfer: &transferOrder{Partition: partition, To: to}}, &answer); err != nil {
			return fmt.Errorf("%w: %s leads the partition, but: %w", ErrNoLeader, leader, err)
		}
		if answer.Error != "" {
			// The order itself was checked above: what is left is that the other node cannot do it now.
			return fmt.Errorf("%w: %s says: %s", ErrNoLeader, leader, answer.Error)
		}
	}
	for n.LeaderOf(partition) != to {
		if !sleep(ctx, transferPoll) {
			return fmt.Errorf("%w: partition %d was not handed over to %s: %w", ErrNoLeader, partition, to, ctx.Err())
		}
	}
	return nil
}

// orderTransfer begins to hand over a partition that this node leads, and does not wait.
func (n *Node) orderTransfer(partition uint32, to string) error {
	if int(partition) >= len(n.parts) || n.members().peerOf(to) == "" {
		return fmt.Errorf("%w, or %w", ErrUnknownPartition, ErrUnknownNode)
	}
	part := n.parts[partition]
	if !part.group.Lead().Self {
		return fmt.Errorf("%w: %s does not lead it any more", ErrNoLeader, n.meta.Node)
	}
	if !part.handing.CompareAndSwap(false, true) {
		return fmt.Errorf("%w: partition %d is being handed over already", ErrNoLeader, partition)
	}
	started := n.spawn(func() {
		defer part.handing.Store(false)
		n.pins.set(partition, to, time.Now())
		if to != n.meta.Node {
			n.transfer(n.ctx, part, to, "operator")
		}
		n.pokeAll()
	})
	if !started {
		return errClosing
	}
	return nil
}

// transfer hands a partition over and tells how it went.
func (n *Node) transfer(ctx context.Context, part *partition, to, reason string) bool {
	ctx, cancel := context.WithTimeout(ctx, transferTimeout)
	defer cancel()
	err := part.group.TransferLeadership(ctx, to)
	if n.closing() {
		return false
	}
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	n.metrics.transfers.WithLabelValues(reason, outcome).Inc()
	n.log.Info("a leadership is handed over", "partition", part.id, "to", to, "reason", reason, "outcome", outcome, "error", err)
	return err == nil
}
