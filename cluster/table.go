package cluster

import (
	"sync"
	"sync/atomic"
	"time"
)

// reachableFor is how long a peer counts as reachable after its last answer.
const reachableFor = 2 * time.Second

// claim is a peer's word that it leads a partition and takes proposals.
type claim struct {
	node string
	term uint64
}

// sight is the newest that is known of a peer.
type sight struct {
	report report
	heard  time.Time // when a report came in, whichever side asked
	// answered is when the peer last answered this node: what it takes to be reachable.
	answered time.Time
	// offset is the peer's clock minus this node's, good to half of the round trip. Known once answered.
	offset  time.Duration
	offsets bool
}

// table is what this node knows of the others, from their reports.
type table struct {
	mu     sync.Mutex
	sights map[string]*sight
	wake   chan struct{} // closed when a claim changes, then replaced
	// claims has the newest claim of each partition by a reachable peer, nil if there is none; read without the lock.
	claims []atomic.Pointer[claim]
}

func newTable(partitions int) *table {
	return &table{sights: map[string]*sight{}, wake: make(chan struct{}), claims: make([]atomic.Pointer[claim], partitions)}
}

// changed is closed at the next change of any claim. Ask for it before reading the claims.
func (t *table) changed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wake
}

// claim is who says to lead the partition; nil if nobody reachable does.
func (t *table) claim(partition uint32) *claim { return t.claims[partition].Load() }

// heard notes a peer's report that the peer sent by itself.
func (t *table) heard(r *report, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.sight(r.Node)
	s.report, s.heard = *r, now
	t.reclaim(now)
}

// answered notes a peer's answer, and its clock if it could be measured.
func (t *table) answered(r *report, now time.Time, offset time.Duration, measured bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.sight(r.Node)
	s.report, s.heard, s.answered = *r, now, now
	if measured {
		s.offset, s.offsets = offset, true
	}
	t.reclaim(now)
}

// lost notes that a peer did not answer.
func (t *table) lost(node string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sight(node).answered = time.Time{}
	t.reclaim(now)
}

// forget drops all that is known of a node that is no member any more.
func (t *table) forget(node string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.sights, node)
	t.reclaim(time.Now())
}

// settled is the newest version of the directory that a leader has said the partition agrees with.
func (t *table) settled(partition uint32) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	version := uint64(0)
	for _, s := range t.sights {
		if int(partition) < len(s.report.Partitions) {
			version = max(version, s.report.Partitions[partition].Settled)
		}
	}
	return version
}

// of returns a copy of what is known of a peer, and whether it is reachable.
func (t *table) of(node string, now time.Time) (s sight, reachable bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if known := t.sights[node]; known != nil {
		s = *known
	}
	return s, s.reachable(now)
}

func (s *sight) reachable(now time.Time) bool {
	return !s.answered.IsZero() && now.Sub(s.answered) < reachableFor
}

func (t *table) sight(node string) *sight {
	s := t.sights[node]
	if s == nil {
		s = new(sight)
		t.sights[node] = s
	}
	return s
}

// reclaim finds the newest claim of each partition and wakes who waits if one changed.
func (t *table) reclaim(now time.Time) {
	changed := false
	for p := range t.claims {
		var best *claim
		for node, s := range t.sights {
			if !s.reachable(now) || p >= len(s.report.Partitions) {
				continue
			}
			if r := &s.report.Partitions[p]; r.Leads && (best == nil || r.Term > best.term) {
				best = &claim{node: node, term: r.Term}
			}
		}
		if old := t.claims[p].Load(); (old == nil) != (best == nil) || old != nil && *old != *best {
			t.claims[p].Store(best)
			changed = true
		}
	}
	if changed {
		close(t.wake)
		t.wake = make(chan struct{})
	}
}
