package onsale

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/parterre/parterre/httpapi/client"
)

// Verdict is what an audit found, over all nodes. Every broken promise is a line of Broken.
type Verdict struct {
	Orders, Places   int // acknowledged
	SoldOnNodes      []int64
	DoubleSold, Lost int
	HashesCompared   int // partitions whose replicas' hashes were compared at the same index
	HashesDiffer     bool
	Broken           []string
}

// Limits of an audit.
const (
	auditReaders   = 32               // orders asked for at once
	maxBrokenLines = 20               // told in full; the counts go on
	hashPatience   = 15 * time.Second // for every replica to reach the same checkpoint
)

// Audit compares what was acknowledged with what every node says: each order with its places, each seat, the totals and
// the state hashes. An error means that the audit could not be done, which is no verdict.
func Audit(ctx context.Context, s *Sale, o *Outcome) (*Verdict, error) {
	v := &Verdict{Orders: len(o.Orders)}
	v.ownersFromAnswers(s, o)
	for i := range s.Client.Endpoints() {
		node := s.Client.At(i)
		if err := v.ordersOn(ctx, node, s.Event, i, o.Orders); err != nil {
			return nil, err
		}
		if err := v.totalsOn(ctx, node, s, i); err != nil {
			return nil, err
		}
	}
	return v, v.hashes(ctx, s)
}

func (v *Verdict) broken(format string, args ...any) {
	if len(v.Broken) < maxBrokenLines {
		v.Broken = append(v.Broken, fmt.Sprintf(format, args...))
	}
}

// ownersFromAnswers finds places that two acknowledged orders have, and areas sold past their capacity.
func (v *Verdict) ownersFromAnswers(s *Sale, o *Outcome) {
	owner := map[string]string{}
	standing := 0
	for _, order := range o.Orders {
		for _, p := range order.Places {
			v.Places++
			if p.Area != "" {
				standing++
				continue
			}
			label := p.Seat + p.Table
			if first, taken := owner[label]; taken {
				v.DoubleSold++
				v.broken("%s was sold to order %s and to order %s", label, first, order.Order)
			}
			owner[label] = order.Order
		}
	}
	if over := standing - s.Arena.Standing(); over > 0 {
		v.DoubleSold += over
		v.broken("%d standing places were sold, of %d", standing, s.Arena.Standing())
	}
}

// ordersOn asks one node for every acknowledged order.
func (v *Verdict) ordersOn(ctx context.Context, node *client.Client, event string, i int, orders []*client.Order) error {
	var mu sync.Mutex
	var failed error
	next := make(chan *client.Order)
	var readers sync.WaitGroup
	for range auditReaders {
		readers.Go(func() {
			for want := range next {
				got, err := node.Order(ctx, event, want.Order)
				mu.Lock()
				switch {
				case client.CodeOf(err) == client.CodeUnknownOrder:
					v.Lost++
					v.broken("node %d does not know the acknowledged order %s", i+1, want.Order)
				case err != nil:
					failed = fmt.Errorf("audit: order %s on node %d: %w", want.Order, i+1, err)
				case !slices.Equal(got.Places, want.Places) || got.Reference != want.Reference || got.State != want.State:
					v.Lost++
					v.broken("node %d shows order %s with other content than was acknowledged", i+1, want.Order)
				}
				mu.Unlock()
			}
		})
	}
	for _, order := range orders {
		next <- order
	}
	close(next)
	readers.Wait()
	return failed
}

// totalsOn compares one node's seat map and availability with what was acknowledged and with the arena.
func (v *Verdict) totalsOn(ctx context.Context, node *client.Client, s *Sale, i int) error {
	counts, err := node.Availability(ctx, s.Event, client.Strong())
	if err != nil {
		return fmt.Errorf("audit: availability on node %d: %w", i+1, err)
	}
	seats, err := node.SeatMap(ctx, s.Event, client.Strong())
	if err != nil {
		return fmt.Errorf("audit: seat map on node %d: %w", i+1, err)
	}
	v.SoldOnNodes = append(v.SoldOnNodes, counts.Total.Sold)
	if int(counts.Total.Sold) != v.Places {
		v.broken("node %d counts %d sold places, acknowledged were %d", i+1, counts.Total.Sold, v.Places)
	}
	if all := counts.Total.Free + counts.Total.Held + counts.Total.Sold + counts.Total.Blocked; int(all) != s.Arena.Places() {
		v.broken("node %d counts %d places, the arena has %d", i+1, all, s.Arena.Places())
	}
	sold := int64(0)
	for _, letter := range seats.States {
		if letter == 's' {
			sold++
		}
	}
	for _, t := range seats.Tables {
		if t.State == "sold" || t.State == "s" {
			sold++
		}
	}
	for _, a := range seats.Areas {
		sold += a.Sold
	}
	if sold != counts.Total.Sold {
		v.broken("node %d: its seat map shows %d sold places, its availability %d", i+1, sold, counts.Total.Sold)
	}
	return nil
}

// hashes closes the event, which is a change that the next checkpoint must cover, waits until every replica of the event's
// partition has compared such a checkpoint, and compares the hashes of all partitions.
func (v *Verdict) hashes(ctx context.Context, s *Sale) error {
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	event, err := s.Client.Event(ctx, s.Event)
	if err != nil {
		return fmt.Errorf("audit: event: %w", err)
	}
	before, err := s.Client.Cluster(ctx)
	if err != nil {
		return fmt.Errorf("audit: cluster: %w", err)
	}
	after := uint64(0)
	for _, r := range before.Partitions[event.Partition].Replicas {
		after = max(after, r.Applied)
	}
	if _, err := s.Client.PatchEvent(ctx, s.Event, client.Settings{State: "closed"}); err != nil {
		return fmt.Errorf("audit: close the event: %w", err)
	}
	for {
		status, err := s.Client.Cluster(ctx)
		if err == nil && settled(status, event.Partition, after) {
			v.compareHashes(status)
			return nil
		}
		select {
		case <-ctx.Done():
			v.broken("the replicas did not reach the same checkpoint past index %d within %s", after, hashPatience)
			return nil
		case <-time.After(mapInterval):
		}
	}
}

// settled says that all replicas of each partition stand at the same checkpoint, the event's partition at one past index
// after. A replica that halted never gets there, and is settled.
func settled(status *client.ClusterStatus, event uint32, after uint64) bool {
	for _, p := range status.Partitions {
		if len(p.Replicas) != len(status.Nodes) {
			return false
		}
		for _, r := range p.Replicas {
			if r.Halted == "" && (r.HashIndex != p.Replicas[0].HashIndex || p.Partition == event && r.HashIndex <= after) {
				return false
			}
		}
	}
	return true
}

func (v *Verdict) compareHashes(status *client.ClusterStatus) {
	for _, p := range status.Partitions {
		if p.Replicas[0].HashIndex != 0 { // nothing ever changed in the partition
			v.HashesCompared++
		}
		for _, r := range p.Replicas {
			if r.Halted != "" {
				v.broken("partition %d is halted on %s: %s", p.Partition, r.Node, r.Halted)
			} else if r.StateHash != p.Replicas[0].StateHash {
				v.HashesDiffer = true
				v.broken("partition %d: %s has state hash %s, %s has %s at index %d", p.Partition,
					p.Replicas[0].Node, p.Replicas[0].StateHash, r.Node, r.StateHash, r.HashIndex)
			}
		}
	}
}
