package judge

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/parterre/parterre/bench/history"
)

// forever is a time after every other.
const forever = int64(^uint64(0) >> 1)

// eventCase is one event and all that its clients saw of it.
type eventCase struct {
	run   *history.Run
	v     *Verdict
	o     *Options
	event history.Event
	chart *history.Chart
	ops   []*history.Op // in the order of their calls
	// strangers: something was asked of a hold that nobody is known to have made.
	strangers bool
	made      []*history.Op // the sure changes in the order of their revisions
}

// gather sorts the operations of a history by event. What was turned away had no effect and says nothing.
func gather(run *history.Run, v *Verdict, o *Options) ([]*eventCase, error) {
	byEvent := make([]*eventCase, len(run.Events))
	err := run.Each(func(op *history.Op) bool {
		v.Operations++
		if op.Outcome == history.Unknown && isWrite(op) {
			v.Unknown++
		}
		if op.Outcome == history.TurnedAway || op.Outcome == history.Unknown && !isWrite(op) {
			return true
		}
		c := byEvent[op.Event]
		if c == nil {
			c = &eventCase{run: run, v: v, o: o, event: run.Events[op.Event], chart: run.ChartOf(op.Event)}
			byEvent[op.Event] = c
		}
		c.ops = append(c.ops, op.Clone())
		return true
	})
	if err != nil {
		return nil, err
	}
	cases := slices.DeleteFunc(byEvent, func(c *eventCase) bool { return c == nil })
	for _, c := range cases {
		slices.SortStableFunc(c.ops, func(a, b *history.Op) int { return cmp.Compare(a.Called, b.Called) })
	}
	v.Events = len(cases)
	return cases, nil
}

func isWrite(o *history.Op) bool {
	return o.Kind != history.KindReadHold && o.Kind != history.KindReadOrder && o.Kind != history.KindReadMap
}

func decided(o *history.Op) bool { return o.Outcome == history.Done || o.Outcome == history.Refused }

// mergeRetries makes one operation of all that had the same key: it lasts from the first call to the first return of an
// answer that decides it. All such answers must be the same. An answer that is said to be one again, and of which the
// first request is not in the history, is left out: nothing tells when it was decided.
func (c *eventCase) mergeRetries() {
	byKey := map[uint64]*history.Op{}
	kept := c.ops[:0]
	checked := 0
	for _, o := range c.ops {
		first := byKey[o.Key]
		if o.Key == 0 || !isWrite(o) {
			kept = append(kept, o)
			continue
		}
		if first == nil {
			byKey[o.Key] = o
			kept = append(kept, o)
			continue
		}
		switch {
		case !decided(o):
		case !decided(first):
			called, attempts := first.Called, first.Attempts
			*first = *o
			first.Called, first.Attempts = called, attempts+o.Attempts
		default:
			checked++
			if why := differ(first, o); why != "" {
				c.v.broken(c.v.Retries, Finding{
					Event: c.event.Name, Says: fmt.Sprintf("the same key was answered with %s", why), Around: []string{c.words(first), c.words(o)},
				})
			}
			first.Returned = min(first.Returned, o.Returned)
			first.Attempts += o.Attempts
		}
	}
	all := len(kept)
	c.ops = slices.DeleteFunc(kept, func(o *history.Op) bool { return o.Has(history.FlagReplayed) && o.Attempts <= 1 })
	c.v.count(c.v.Retries, checked, all-len(c.ops))
}

// differ says in what two answers to one request differ, "" if in nothing.
func differ(a, b *history.Op) string {
	switch {
	case a.Outcome != b.Outcome:
		return fmt.Sprintf("%s and with %s", a.Outcome, b.Outcome)
	case a.Code != b.Code:
		return fmt.Sprintf("%s and with %s", a.Code, b.Code)
	case !a.ID.IsZero() && !b.ID.IsZero() && a.ID != b.ID:
		return fmt.Sprintf("%s and with %s", a.ID, b.ID)
	case a.Revision != 0 && b.Revision != 0 && a.Revision != b.Revision:
		return fmt.Sprintf("revision %d and with %d", a.Revision, b.Revision)
	case a.Deadline != b.Deadline:
		return fmt.Sprintf("deadline %d and with %d", a.Deadline, b.Deadline)
	case a.State != b.State:
		return "two states"
	case !slices.Equal(a.Given, b.Given):
		return "other places"
	}
	return ""
}
