package cluster

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/parterre/parterre/raftlog"
)

// partitionOfEvent is the partition of an event for ever: events of one group ("group:event") share theirs.
func partitionOfEvent(key string, partitions int) uint32 {
	if i := strings.IndexByte(key, ':'); i >= 0 {
		key = key[:i]
	}
	return uint32(xxhash.Sum64String(key) % uint64(partitions))
}

// partitionOfChart is the home of a chart's name. Its plan is copied to the partitions of its events.
func partitionOfChart(name string, partitions int) uint32 {
	return uint32(xxhash.Sum64String(name) % uint64(partitions))
}

// clusterID names a cluster by what it was founded with, so that the founders need nobody to hand out a name: the text
// is for people and files, the number for the header of every peer connection.
func clusterID(members []raftlog.Member, partitions int) (text string, number uint32) {
	lines := make([]string, len(members))
	for i, m := range members {
		lines[i] = m.Node + "=" + m.Peer
	}
	slices.Sort(lines)
	sum := sha256.Sum256(fmt.Appendf(nil, "parterre cluster 1\npartitions %d\n%s\n", partitions, strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:16]), binary.BigEndian.Uint32(sum[:4])
}

// preferredLeaders spreads the partitions over the nodes by rendezvous hashing (Thaler and Ravishankar, 1996) with at
// most ⌈P/N⌉ for each: every node that knows the same nodes comes to the same spread, and when one goes, only its own
// partitions move, as far as the cap allows.
func preferredLeaders(nodes []string, partitions int) []string {
	leaders := make([]string, partitions)
	if len(nodes) == 0 {
		return leaders
	}
	most := (partitions + len(nodes) - 1) / len(nodes)
	load := make(map[string]int, len(nodes))
	for p := range leaders {
		best, bestScore := "", uint64(0)
		for _, node := range nodes {
			score := xxhash.Sum64String(fmt.Sprintf("%d/%s", p, node))
			if load[node] < most && (best == "" || score > bestScore || score == bestScore && node < best) {
				best, bestScore = node, score
			}
		}
		leaders[p] = best
		load[best]++
	}
	return leaders
}
