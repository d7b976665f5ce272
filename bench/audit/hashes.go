package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/parterre/parterre/httpapi/client"
)

// A checkpoint is made 10 s after a change at the latest, or after 1,024 entries.
const (
	hashPatience = 20 * time.Second
	hashInterval = 100 * time.Millisecond
)

// applied are the greatest indices that the replicas of each partition have applied.
func applied(ctx context.Context, c *client.Client) (map[uint32]uint64, error) {
	status, err := c.Cluster(ctx)
	if err != nil {
		return nil, fmt.Errorf("audit: cluster: %w", err)
	}
	most := map[uint32]uint64{}
	for _, p := range status.Partitions {
		for _, r := range p.Replicas {
			most[p.Partition] = max(most[p.Partition], r.Applied)
		}
	}
	return most, nil
}

// judgeHashes waits until all replicas of each partition stand at one checkpoint, those of the run's partitions past the
// indices given, and compares their hashes.
func (v *Verdict) judgeHashes(ctx context.Context, c *client.Client, past map[uint32]uint64) error {
	wait, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	for {
		status, err := c.Cluster(wait)
		if err == nil && settled(status, past) {
			v.compareHashes(status)
			return nil
		}
		select {
		case <-wait.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			v.broken(v.SameState, "the replicas did not reach the same checkpoint past %v within %s", past, hashPatience)
			return nil
		case <-time.After(hashInterval):
		}
	}
}

// settled says that all replicas of each partition stand at the same checkpoint, past the index given. A replica that
// halted never gets there, and is settled.
func settled(status *client.ClusterStatus, past map[uint32]uint64) bool {
	for _, p := range status.Partitions {
		if len(p.Replicas) != len(status.Nodes) {
			return false
		}
		index := uint64(0)
		for _, r := range p.Replicas {
			if r.Halted != "" {
				continue
			}
			if index == 0 {
				index = r.HashIndex
			}
			if after, run := past[p.Partition]; r.HashIndex != index || run && r.HashIndex <= after {
				return false
			}
		}
	}
	return true
}

func (v *Verdict) compareHashes(status *client.ClusterStatus) {
	for _, p := range status.Partitions {
		var first *client.ReplicaStatus
		for i := range p.Replicas {
			r := &p.Replicas[i]
			switch {
			case r.Halted != "":
				v.broken(v.SameState, "partition %d is halted on %s: %s", p.Partition, r.Node, r.Halted)
				continue
			case r.HashIndex == 0: // nothing ever changed in the partition
				continue
			case first == nil:
				first = r
				v.Partitions++
			case r.StateHash != first.StateHash:
				v.broken(v.SameState, "partition %d: %s has state hash %s, %s has %s at index %d", p.Partition, first.Node,
					first.StateHash, r.Node, r.StateHash, r.HashIndex)
			}
			v.checked(v.SameState, 1)
		}
	}
}
