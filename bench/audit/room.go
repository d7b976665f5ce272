package audit

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/bench/queue"
)

// viewLag is how long after a call a node may still show a waiting visitor an older picture.
const viewLag = int64(2 * time.Second)

// roomJudge judges what the visitors of the rooms of one run saw.
type roomJudge struct {
	v     *Verdict
	line  *queue.Line
	slack int64

	numbers, order, once, inside *Rule
}

// JudgeRooms adds to a verdict what the visitors of waiting rooms saw. The load must be over.
//
// As with places, a visitor is surely inside from the return of the entry to the call of whatever may have ended it, or to
// the first moment at which a limit may have; so a correct room is never blamed.
func (v *Verdict) JudgeRooms(line *queue.Line, clockSlack time.Duration) {
	if clockSlack <= 0 {
		clockSlack = defaultClockSlack
	}
	j := &roomJudge{v: v, line: line, slack: int64(clockSlack)}
	rule := func(name, says, unit string) *Rule {
		r := &Rule{Name: name, Says: says, Unit: unit}
		v.order = append(v.order, r)
		return r
	}
	j.numbers = rule("numbers", "no number was given twice in a waiting room, and none to who came after one with a higher", "numbers")
	j.order = rule("nobody passed", "nobody was let in while one who stood before went on waiting", "entries")
	j.once = rule("in once", "nobody was let in twice by one number, and no buyer stood inside twice", "entries")
	j.inside = rule("max inside", "never were more inside than the room allows", "moments")
	for lane := range j.lanes() {
		j.judgeNumbers(lane)
		j.judgeOrder(lane)
	}
	j.judgeOnce()
	j.judgeInside()
}

// lanes gives the visits that have a number, lane by lane, and room by room.
func (j *roomJudge) lanes() func(yield func([]*queue.Visit) bool) {
	var all []*queue.Visit
	j.line.Each(func(v *queue.Visit) {
		if v.Joined() {
			all = append(all, v)
		}
	})
	slices.SortStableFunc(all, func(a, b *queue.Visit) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.Lane, b.Lane))
	})
	return func(yield func([]*queue.Visit) bool) {
		for from := 0; from < len(all); {
			to := from
			for to < len(all) && all[to].Event == all[from].Event && all[to].Lane == all[from].Lane {
				to++
			}
			if !yield(all[from:to]) {
				return
			}
			from = to
		}
	}
}

func (j *roomJudge) name(v *queue.Visit) string {
	name := fmt.Sprintf("number %d", v.Number)
	if v.Lane > 0 {
		name += fmt.Sprintf(" of lane %d", v.Lane)
	}
	return name + " of " + j.line.Rooms[v.Event].Event
}

// judgeNumbers: each number was given once, and whoever joined after another's answer has a higher one.
func (j *roomJudge) judgeNumbers(lane []*queue.Visit) {
	j.v.checked(j.numbers, len(lane))
	slices.SortFunc(lane, func(a, b *queue.Visit) int { return cmp.Compare(a.Number, b.Number) })
	for i := 1; i < len(lane); i++ {
		if lane[i].Number == lane[i-1].Number {
			j.v.broken(j.numbers, "%s was given at %s and at %s", j.name(lane[i]), at(lane[i-1].JoinReturned), at(lane[i].JoinReturned))
		}
	}
	// From the highest number down: the earliest answer with a higher number must not lie before this join's call.
	earliest, with := int64(queue.Never), (*queue.Visit)(nil)
	for _, v := range slices.Backward(lane) {
		if with != nil && earliest < v.JoinCalled && with.Number != v.Number {
			j.v.broken(j.numbers, "%s was asked for at %s, after %s had been given", j.name(v), at(v.JoinCalled), j.name(with))
		}
		if v.JoinReturned < earliest {
			earliest, with = v.JoinReturned, v
		}
	}
}

// judgeOrder: nobody was told to wait long after somebody behind was let in.
func (j *roomJudge) judgeOrder(lane []*queue.Visit) {
	placed := slices.DeleteFunc(slices.Clone(lane), func(v *queue.Visit) bool { return !v.Placed })
	slices.SortFunc(placed, func(a, b *queue.Visit) int { return cmp.Compare(a.Place, b.Place) })
	earliest, with := int64(queue.Never), (*queue.Visit)(nil)
	for _, v := range slices.Backward(placed) {
		if v.WaitingCalled != queue.Never && with != nil && earliest < v.WaitingCalled-viewLag {
			j.v.broken(j.order, "%s (place %d) was told to wait at %s; place %d was in at %s", j.name(v), v.Place, at(v.WaitingCalled), with.Place, at(earliest))
		}
		if v.Inside() {
			j.v.checked(j.order, 1)
			if v.EnterReturned < earliest {
				earliest, with = v.EnterReturned, v
			}
		}
	}
}

// stayed is when somebody was surely inside.
type stayed struct {
	visit    *queue.Visit
	from, to int64
}

// surely is when a visit was surely inside; false if it never was.
func (j *roomJudge) surely(v *queue.Visit) (stayed, bool) {
	if !v.Inside() || v.Session == 0 {
		return stayed{}, false
	}
	room := &j.line.Rooms[v.Event]
	acted := v.EnterCalled
	if v.ActedCalled != queue.Never {
		acted = max(acted, v.ActedCalled)
	}
	to := min(v.EndCalled, v.EnterCalled+room.StaySeconds*int64(time.Second), acted+room.IdleSeconds*int64(time.Second))
	s := stayed{v, v.EnterReturned, to - j.slack}
	return s, s.from < s.to
}

// judgeOnce: a number opens the door once, and a buyer is inside once.
func (j *roomJudge) judgeOnce() {
	var named []stayed
	j.line.Each(func(v *queue.Visit) {
		if v.Inside() {
			j.v.checked(j.once, 1)
		}
		if v.Twice {
			j.v.broken(j.once, "%s was let in again after its session had ended", j.name(v))
		}
		if s, ok := j.surely(v); ok && v.Buyer != 0 {
			named = append(named, s)
		}
	})
	slices.SortFunc(named, func(a, b stayed) int {
		return cmp.Or(cmp.Compare(a.visit.Event, b.visit.Event), cmp.Compare(a.visit.Buyer, b.visit.Buyer), cmp.Compare(a.from, b.from))
	})
	for i := 1; i < len(named); i++ {
		a, b := named[i-1], named[i]
		same := a.visit.Event == b.visit.Event && a.visit.Buyer == b.visit.Buyer
		if same && a.visit.Session != b.visit.Session && b.from < a.to {
			j.v.broken(j.once, "buyer %d was inside by %s and by %s at %s", a.visit.Buyer, j.name(a.visit), j.name(b.visit), at(b.from))
		}
	}
}

// judgeInside counts who was surely inside whenever somebody came in.
func (j *roomJudge) judgeInside() {
	type step struct {
		at    int64
		event uint32
		by    int
	}
	var steps []step
	seen := map[[2]uint64]bool{} // a session counts once, whoever shows its pass
	j.line.Each(func(v *queue.Visit) {
		if s, ok := j.surely(v); ok && !seen[[2]uint64{uint64(v.Event), v.Session}] {
			seen[[2]uint64{uint64(v.Event), v.Session}] = true
			steps = append(steps, step{s.from, v.Event, 1}, step{s.to, v.Event, -1})
		}
	})
	slices.SortFunc(steps, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	inside := make([]int64, len(j.line.Rooms))
	for _, s := range steps {
		inside[s.event] += int64(s.by)
		if s.by < 0 {
			continue
		}
		j.v.checked(j.inside, 1)
		if room := &j.line.Rooms[s.event]; inside[s.event] > room.MaxInside {
			j.v.broken(j.inside, "%d were inside %s at %s, which allows %d", inside[s.event], room.Event, at(s.at), room.MaxInside)
		}
	}
}
