package audit

import (
	"cmp"
	"slices"
	"time"

	"github.com/parterre/parterre/bench/history"
)

// blocked is what no client owns and nobody can have: as the nodes show it when the load is over.
type blocked struct {
	slots map[uint32]bool
	seats int64
	areas []int64
}

// refusalJudge judges an event's refusals.
type refusalJudge struct {
	*eventBook
	blocked blocked
	excused map[uint32]bool // seats whose only possible owner is a wish of unknown outcome
	seats   *steps          // seats that may have had owners
	areas   []*steps        // the same of each area
}

// judgeRefusals looks for refusals of what was free throughout the request.
func (b *eventBook) judgeRefusals(blocked blocked) {
	j := &refusalJudge{eventBook: b, blocked: blocked, excused: map[uint32]bool{}, areas: make([]*steps, len(b.chart.Areas))}
	narrowed, keyless, unasked := int64(0), int64(0), int64(0)
	slices.SortStableFunc(b.refusals, func(a, b refusal) int { return cmp.Compare(a.returned, b.returned) }) // see excuse
	for i := range b.refusals {
		r := &b.refusals[i]
		switch {
		case r.flags&history.FlagKeyless != 0:
			keyless++
			continue
		case r.code == history.CodeSeatUnavailable:
			j.seatsTaken(r)
		case r.named.from != r.named.to:
			if !j.areasTaken(r) {
				unasked++
				continue
			}
		case r.wanted == 0:
			unasked++
			continue
		case r.flags&(history.FlagNarrowed|history.FlagTogether) != 0:
			narrowed++
			continue
		default:
			j.wishRefused(r)
		}
		b.v.checked(b.v.FreeSeats, 1)
	}
	rule := b.v.FreeSeats
	rule.unchecked(keyless, "requests without a key of the caller's may be refused by a picture that is a moment old")
	rule.unchecked(unasked, "the history does not say what was asked for")
	rule.unchecked(narrowed, "wishes for neighbours, or bound to categories, sections or prices, are not judged by counts")
}

// seatsTaken judges a refusal that names seats or tables.
func (j *refusalJudge) seatsTaken(r *refusal) {
	if r.named.from == r.named.to {
		j.v.broken(j.v.FreeSeats, "%s: a request at %s was refused as seat_unavailable, and no seat was named", j.name(), at(r.called))
	}
	for _, p := range j.in(r.named) {
		if int(p.Number) >= j.chart.Slots() {
			j.v.broken(j.v.FreeSeats, "%s: a refusal at %s names a seat that the chart does not have", j.name(), at(r.called))
			continue
		}
		if !j.possiblyTaken(p.Number, r) {
			j.v.broken(j.v.FreeSeats, "%s: %s was refused to a request from %s to %s, and nobody can have owned it then", j.name(),
				j.chart.Label(p.Number), at(r.called), at(r.returned))
		}
	}
}

func (j *refusalJudge) possiblyTaken(number uint32, r *refusal) bool {
	list := j.of(number)
	for i := range list {
		if list[i].possFrom > r.returned {
			break // they are in the order of possFrom
		}
		if list[i].possible(r.called, r.returned) {
			return true
		}
	}
	return j.blocked.slots[number] || j.excuse(number, r)
}

// excuse says that a wish of unknown outcome may have the seat: all of them together no more than they asked for. Refusals must
// come in the order of time: what later wishes excuse is not taken from earlier ones.
func (j *refusalJudge) excuse(number uint32, r *refusal) bool {
	wanted := 0
	for _, s := range j.strays {
		if s.called <= r.returned {
			wanted += int(s.wanted)
		}
	}
	if wanted == 0 || int(number) >= len(j.chart.Seats) {
		return false
	}
	j.excused[number] = true
	return len(j.excused) <= wanted
}

// areasTaken judges a refusal that names areas: there must have been a moment with fewer places left than asked for.
func (j *refusalJudge) areasTaken(r *refusal) (judged bool) {
	for _, p := range j.in(r.named) {
		i := int(p.Number) - j.chart.Slots()
		asked := int64(j.askedOf(r, p.Number))
		if i < 0 || i >= len(j.areas) {
			j.v.broken(j.v.FreeSeats, "%s: a refusal at %s names an area that the chart does not have", j.name(), at(r.called))
			judged = true
			continue
		}
		if asked == 0 {
			continue
		}
		judged = true
		capacity := int64(j.chart.Areas[i].Capacity)
		owned := j.areaSteps(i).mostIn(r.called, r.returned) + j.blocked.area(i)
		if owned+asked <= capacity {
			j.v.broken(j.v.FreeSeats, "%s: %d places of %s were refused to a request from %s to %s, when at most %d of %d can have had owners",
				j.name(), asked, j.chart.Areas[i].Key, at(r.called), at(r.returned), owned, capacity)
		}
	}
	return judged
}

func (b *blocked) area(i int) int64 {
	if i < len(b.areas) {
		return b.areas[i]
	}
	return 0
}

func (j *refusalJudge) askedOf(r *refusal, number uint32) (quantity uint32) {
	for _, p := range j.in(r.asked) {
		if p.Number == number {
			quantity += p.Quantity
		}
	}
	return quantity
}

// wishRefused judges a wish for so many seats anywhere, neighbours or not: it is refused only when fewer are free.
func (j *refusalJudge) wishRefused(r *refusal) {
	seats, wanted := int64(len(j.chart.Seats)), int64(r.wanted)
	owned := j.seatSteps().mostIn(r.called, r.returned) + j.blocked.seats
	for _, p := range j.in(r.asked) { // with tables or areas, those are decided first and named
		if int(p.Number) < len(j.chart.Seats) {
			wanted += int64(p.Quantity)
		}
	}
	if owned+wanted <= seats {
		j.v.broken(j.v.FreeSeats, "%s: a wish for %d seats from %s to %s was refused, when at most %d of %d can have had owners", j.name(),
			wanted, at(r.called), at(r.returned), owned, seats)
	}
}

// seatSteps counts seats that may have had owners: each once, however many claims may have it.
func (j *refusalJudge) seatSteps() *steps {
	if j.seats != nil {
		return j.seats
	}
	j.seats = &steps{}
	for n := range j.chart.Seats {
		list := j.of(uint32(n))
		for i := 0; i < len(list); {
			from, to := list[i].possFrom, list[i].possTo
			for i++; i < len(list) && list[i].possFrom <= to; i++ {
				to = max(to, list[i].possTo)
			}
			j.seats.add(from, after(to), 1)
		}
	}
	for _, s := range j.strays {
		j.seats.add(s.called, forever, int64(s.wanted))
	}
	j.seats.build()
	return j.seats
}

func (j *refusalJudge) areaSteps(i int) *steps {
	if j.areas[i] != nil {
		return j.areas[i]
	}
	s := &steps{}
	list := j.of(uint32(j.chart.Slots() + i))
	for k := range list {
		s.add(list[k].possFrom, after(list[k].possTo), int64(list[k].quantity))
	}
	s.build()
	j.areas[i] = s
	return s
}

// after makes the end of a closed interval that of a half-open one.
func after(t int64) int64 {
	if t == forever {
		return forever
	}
	return t + 1
}

// at is a time since the run's start for a reader.
func at(t int64) string {
	if t == forever {
		return "ever after"
	}
	return time.Duration(t).Round(10 * time.Microsecond).String()
}
