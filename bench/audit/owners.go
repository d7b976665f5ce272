package audit

import (
	"cmp"
	"slices"

	"github.com/parterre/parterre/bench/history"
)

// eventBook is what the history says of one event, by place.
type eventBook struct {
	*ledger
	event    uint32
	chart    *history.Chart
	tenures  []tenure // by number, then by possFrom
	first    []uint32 // of each number in tenures; one more at the end
	refusals []refusal
	strays   []stray
}

// stray is a wish of unknown outcome: so many seats from a moment on, nobody knows which.
type stray struct {
	called int64
	wanted uint32
}

// newEventBook sorts an event's tenures by place.
func newEventBook(l *ledger, event uint32, tenures []tenure, refusals []refusal, strays []stray) *eventBook {
	b := &eventBook{ledger: l, event: event, chart: l.run.ChartOf(event), tenures: tenures, refusals: refusals, strays: strays}
	slices.SortFunc(tenures, func(a, b tenure) int {
		if a.number != b.number {
			return cmp.Compare(a.number, b.number)
		}
		return cmp.Compare(a.possFrom, b.possFrom)
	})
	numbers := b.chart.Numbers()
	b.first = make([]uint32, numbers+1)
	at := 0
	for n := range numbers {
		b.first[n] = uint32(at)
		for at < len(tenures) && int(tenures[at].number) == n {
			at++
		}
	}
	b.first[numbers] = uint32(at)
	return b
}

// of are the tenures of a place; a number that the chart does not have has none.
func (b *eventBook) of(number uint32) []tenure {
	if int(number) >= b.chart.Numbers() {
		return nil
	}
	return b.tenures[b.first[number]:b.first[number+1]]
}

// judgeOwners looks for seats and tables with two owners.
func (b *eventBook) judgeOwners() {
	checked := 0
	var scratch []tenure
	for n := range b.chart.Slots() {
		list := b.of(uint32(n))
		checked += len(list)
		if len(list) < 2 {
			continue
		}
		scratch = append(scratch[:0], list...)
		if !b.overlapInTime(scratch) {
			b.overlapInRevisions(scratch)
		}
	}
	b.v.checked(b.v.OneOwner, checked)
	for _, t := range b.tenures[b.first[b.chart.Numbers()]:] {
		b.v.broken(b.v.OneOwner, "%s: %s was given a place that the chart does not have", b.name(), b.who(t.claim))
	}
}

func (t *tenure) wasSure() bool { return t.sureFrom <= t.sureTo && t.sureFrom != forever }

// overlapInTime looks for two claims that surely had a place at the same time.
func (b *eventBook) overlapInTime(list []tenure) (found bool) {
	slices.SortFunc(list, func(a, b tenure) int { return cmp.Compare(a.sureFrom, b.sureFrom) })
	var last *tenure
	for i := range list {
		t := &list[i]
		if !t.wasSure() {
			continue
		}
		if last != nil && t.sureFrom < last.sureTo && t.claim != last.claim {
			found = true
			b.v.broken(b.v.OneOwner, "%s: %s belonged to %s from %s until %s, and to %s from %s", b.name(), b.chart.Label(t.number),
				b.who(last.claim), at(last.sureFrom), at(last.sureTo), b.who(t.claim), at(t.sureFrom))
		}
		if last == nil || t.sureTo > last.sureTo {
			last = t
		}
	}
	return found
}

// overlapInRevisions looks for two claims that had a place at the same revision, which is exact where the calls overlapped.
func (b *eventBook) overlapInRevisions(list []tenure) {
	slices.SortFunc(list, func(a, b tenure) int { return cmp.Compare(a.firstRev, b.firstRev) })
	var last *tenure
	for i := range list {
		t := &list[i]
		if t.firstRev == 0 || t.firstRev > t.lastRev {
			continue
		}
		if last != nil && t.firstRev <= last.lastRev && t.claim != last.claim {
			b.v.broken(b.v.OneOwner, "%s: %s belonged to %s from revision %d on, and was given to %s at revision %d", b.name(),
				b.chart.Label(t.number), b.who(last.claim), last.firstRev, b.who(t.claim), t.firstRev)
		}
		if last == nil || t.lastRev > last.lastRev {
			last = t
		}
	}
}

// judgeCapacity looks for areas that surely had more owners at one time than places.
func (b *eventBook) judgeCapacity() {
	for i, area := range b.chart.Areas {
		number := uint32(b.chart.Slots() + i)
		list := b.of(number)
		if len(list) == 0 {
			continue
		}
		b.v.checked(b.v.Capacity, 1)
		var s steps
		for k := range list {
			if t := &list[k]; t.wasSure() && t.sureFrom < t.sureTo {
				s.add(t.sureFrom, t.sureTo, int64(t.quantity))
			}
		}
		s.build()
		if most, when := s.most(); most > int64(area.Capacity) {
			b.v.broken(b.v.Capacity, "%s: %d places of %s had owners at %s, of %d", b.name(), most, area.Key, at(when), area.Capacity)
		}
	}
}

func (b *eventBook) name() string { return b.eventName(b.event) }

// who names a claim for a reader.
func (l *ledger) who(number int32) string {
	c := &l.claims[number]
	word := "hold "
	if c.sale || c.order == isOrder || c.order == cancelled {
		word = "order "
	}
	if c.id.IsZero() {
		return "a " + word + "of unknown outcome"
	}
	return word + c.id.String()
}
