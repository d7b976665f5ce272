package judge

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/parterre/parterre/bench/history"
)

// pinned says that the answer tells the event's revision at the moment of the decision. A read of a node's own view tells an
// older one, and so may a refusal by that view.
func pinned(o *history.Op) bool {
	if o.Revision == 0 || !decided(o) {
		return false
	}
	if o.Outcome == history.Refused && o.Has(history.FlagKeyless) {
		return false
	}
	return o.Kind != history.KindReadMap || o.Has(history.FlagStrong)
}

// located says that the answer tells the revision of what it says, be it the newest or not.
func located(o *history.Op) bool {
	return pinned(o) || o.Kind == history.KindReadMap && o.Outcome == history.Done && o.Revision != 0
}

// reached is a moment before which a revision cannot have been, for a read of a view: the call of the newest change up to
// it, but not after the read's own.
func (c *eventCase) reached(revision uint64, called int64) int64 {
	i, _ := slices.BinarySearchFunc(c.made, revision+1, func(o *history.Op, r uint64) int { return cmp.Compare(o.Revision, r) })
	if i == 0 {
		return min(0, called)
	}
	return min(c.made[i-1].Called, called)
}

// changes says that the operation surely changed the event, so that its revision is its own.
func changes(o *history.Op) bool {
	if o.Outcome != history.Done {
		return false
	}
	switch o.Kind {
	case history.KindHold, history.KindWish, history.KindSale, history.KindExtend, history.KindChange:
		return true
	case history.KindConfirm:
		return !o.Has(history.FlagRepeated)
	}
	return false
}

// judgeRevisions judges what needs no model: no two changes have one revision, what was called after an answer has no
// smaller revision, and there are not more revisions than changes that can have been.
func (c *eventCase) judgeRevisions() {
	var pins []*history.Op
	for _, o := range c.ops {
		if pinned(o) {
			pins = append(pins, o)
		}
	}
	c.v.count(c.v.Revisions, len(pins), 0)
	c.judgeCalls(pins)
	slices.SortStableFunc(pins, func(a, b *history.Op) int {
		if a.Revision == b.Revision && changes(a) != changes(b) { // what sees a change comes after it
			if changes(a) {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Revision, b.Revision)
	})
	c.judgeUnique(pins)
	c.judgeGaps(pins)
	c.made = slices.DeleteFunc(pins, func(o *history.Op) bool { return !changes(o) })
}

// judgeCalls compares revisions with the order of calls; pins are in that order.
func (c *eventCase) judgeCalls(pins []*history.Op) {
	returns := slices.Clone(pins)
	slices.SortStableFunc(returns, func(a, b *history.Op) int { return cmp.Compare(a.Returned, b.Returned) })
	var newest *history.Op // of what had returned
	for _, o := range pins {
		for len(returns) > 0 && returns[0].Returned < o.Called {
			if newest == nil || returns[0].Revision > newest.Revision {
				newest = returns[0]
			}
			returns = returns[1:]
		}
		if newest == nil || o.Revision > newest.Revision || o.Revision == newest.Revision && !changes(o) {
			continue
		}
		says := fmt.Sprintf("revision %d was answered to a call after revision %d had been", o.Revision, newest.Revision)
		if !isWrite(o) {
			says = fmt.Sprintf("a stale strong read: revision %d, after %d had been answered", o.Revision, newest.Revision)
		}
		c.v.broken(c.v.Revisions, Finding{Event: c.event.Name, Says: says, Around: []string{c.words(newest), c.words(o)}})
	}
}

// judgeUnique finds changes with one revision; pins are in the order of revisions.
func (c *eventCase) judgeUnique(pins []*history.Op) {
	var last *history.Op
	for _, o := range pins {
		if !changes(o) {
			continue
		}
		if last != nil && last.Revision == o.Revision {
			c.v.broken(c.v.Revisions, Finding{
				Event: c.event.Name, Says: fmt.Sprintf("two changes have revision %d", o.Revision), Around: []string{c.words(last), c.words(o)},
			})
		}
		last = o
	}
}

// judgeGaps compares the revisions that no acknowledged change has with the changes that nobody was told of: lapses, and
// operations of unknown outcome, each of which had to be called before the revision was seen. pins are in the order of revisions.
func (c *eventCase) judgeGaps(pins []*history.Op) {
	silent := c.silentChanges()
	seen := make([]int64, len(pins)) // the first return of what has this revision or a greater one
	for i := len(pins) - 1; i >= 0; i-- {
		seen[i] = pins[i].Returned
		if i+1 < len(pins) {
			seen[i] = min(seen[i], seen[i+1])
		}
	}
	possible, gaps, begun := uint64(0), uint64(0), false
	reached := uint64(0)
	for i, o := range pins {
		if !begun { // what was before the first of them, nobody wrote down
			begun, reached = true, o.Revision
			continue
		}
		own := uint64(0)
		if changes(o) && o.Revision > reached {
			own = 1
		}
		gaps += o.Revision - reached - own
		reached = o.Revision
		for int(possible) < len(silent) && silent[possible] <= seen[i] {
			possible++
		}
		if gaps > possible {
			c.v.broken(c.v.Revisions, Finding{
				Event: c.event.Name,
				Says: fmt.Sprintf("up to revision %d, %d changes were made that nobody acknowledged, and only %d can have been",
					o.Revision, gaps, possible),
				Around: []string{c.words(pins[i-1]), c.words(o)},
			})
			return
		}
	}
}

// silentChanges are the moments from which on changes may have been made that have no revision of their own in the
// history, in order.
func (c *eventCase) silentChanges() (from []int64) {
	lapses := map[history.ID]int64{}
	for _, o := range c.ops {
		switch {
		case o.Outcome == history.Unknown:
			from = append(from, o.Called)
			if o.Kind == history.KindHold || o.Kind == history.KindWish {
				from = append(from, o.Called) // it may lapse, too
			}
			if o.Kind == history.KindExtend {
				c.noteLapse(lapses, o.ID, o.Called)
			}
		case o.Outcome == history.Done && !changes(o) && isWrite(o):
			from = append(from, o.Called) // released, cancelled, blocked: each a change, or not
		}
		if o.Outcome == history.Done && !o.ID.IsZero() {
			switch {
			case o.Deadline != 0:
				c.noteLapse(lapses, o.ID, c.since(o.Deadline)-int64(c.o.ClockSlack))
			case o.Kind == history.KindHold, o.Kind == history.KindWish, o.Kind == history.KindExtend:
				c.noteLapse(lapses, o.ID, o.Called)
			}
		}
		if o.Outcome == history.Refused && o.Code == history.CodeHoldExpired {
			c.noteLapse(lapses, o.ID, 0)
		}
	}
	for _, at := range lapses {
		from = append(from, at)
	}
	slices.Sort(from)
	return from
}

// noteLapse notes that a hold may lapse from a moment on; of several moments the first counts.
func (c *eventCase) noteLapse(lapses map[history.ID]int64, id history.ID, at int64) {
	if first, ok := lapses[id]; !ok || at < first {
		lapses[id] = at
	}
}

// since turns a deadline into time since the run's start.
func (c *eventCase) since(deadlineMillis int64) int64 {
	return deadlineMillis*1e6 - c.run.UnixNano(0)
}
