package judge

import (
	"fmt"

	"github.com/parterre/parterre/bench/history"
)

// judgeSessions judges reads that asked for a revision: the answer is of that revision or a newer one.
func (c *eventCase) judgeSessions() {
	checked := 0
	for _, o := range c.ops {
		if o.MinRevision == 0 || o.Outcome != history.Done || o.Revision == 0 {
			continue
		}
		checked++
		if o.Revision < o.MinRevision {
			c.v.broken(c.v.Sessions, Finding{
				Event:  c.event.Name,
				Says:   fmt.Sprintf("revision %d was answered to who asked for %d", o.Revision, o.MinRevision),
				Around: []string{c.words(o)},
			})
		}
	}
	c.v.count(c.v.Sessions, checked, 0)
}

// judgeDeadlines compares new deadlines with the time of the request that they were given in, as far as it is known how long
// holds last.
func (c *eventCase) judgeDeadlines() {
	checked, skipped := 0, 0
	for _, o := range c.ops {
		ttl := int64(0)
		switch o.Kind {
		case history.KindHold, history.KindWish:
			ttl = int64(c.event.HoldTTLSeconds) * 1e9
		case history.KindExtend:
			ttl = int64(o.TTLSeconds) * 1e9
		default:
			continue
		}
		if o.Outcome != history.Done {
			continue
		}
		if ttl == 0 || o.Deadline == 0 {
			skipped++
			continue
		}
		checked++
		// A deadline is in whole milliseconds.
		slack := int64(c.o.ClockSlack) + 1e6
		if at := c.since(o.Deadline) - ttl; at < o.Called-slack || at > o.Returned+slack {
			c.v.broken(c.v.Deadlines, Finding{
				Event:  c.event.Name,
				Says:   fmt.Sprintf("a deadline that was counted from %s, which is not within the request", moment(at)),
				Around: []string{c.words(o)},
			})
		}
	}
	c.v.count(c.v.Deadlines, checked, skipped)
}
