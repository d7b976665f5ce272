package raftlog

import "time"

// trailAfter is how long after the last entry an entry without commands follows it, if nothing else does.
const trailAfter = 10 * time.Millisecond

// trail decides when such an entry is proposed. A follower learns that an entry is committed by the next one; Raft alone
// would tell it after CommitTimeout, which must be long, since every such message wakes threads on two nodes for as long
// as a cluster is idle. So the last entry of a burst is trailed by one that tells, and views and strong reads of followers
// are at most trailAfter and an entry behind. It is the loop's own.
type trail struct {
	at time.Time // zero = never
}

// settled notes that d was applied.
func (t *trail) settled(d *draft, now time.Time) {
	t.at = time.Time{}
	if d.kind == kindCheckpoint || d.count > 0 {
		t.at = now.Add(trailAfter)
	}
}

func (t *trail) due(now time.Time) bool { return !t.at.IsZero() && !now.Before(t.at) }

// earlier is when the trail is due or u, whichever is earlier; zero = never.
func (t *trail) earlier(u time.Time) time.Time {
	if u.IsZero() || !t.at.IsZero() && t.at.Before(u) {
		return t.at
	}
	return u
}

// forget drops what a lost leadership has made needless.
func (t *trail) forget() { t.at = time.Time{} }
