package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/queue"
)

const second = int64(time.Second)

// fairLine is a room for two, in which every second somebody joins, and every second one who was inside buys.
func fairLine() (*queue.Line, []*queue.Visit) {
	l := &queue.Line{Rooms: []queue.Room{{Event: "e", Mode: "fifo", MaxInside: 2, IdleSeconds: 60, StaySeconds: 300}}}
	var visits []*queue.Visit
	for i := range int64(10) {
		v := l.Add()
		v.Begin(0, i*second)
		v.JoinReturned = v.JoinCalled + second/10
		v.Number, v.Place, v.Placed, v.Buyer, v.Session = uint64(i), uint64(i), true, uint64(i+1), uint64(i+100)
		v.WaitingCalled = v.JoinReturned
		v.Called, v.ReadyReturned = (i+5)*second, (i+5)*second
		v.EnterCalled, v.EnterReturned = v.Called+second/10, v.Called+second/5
		v.EndCalled, v.EndReturned, v.End = v.EnterReturned+second, v.EnterReturned+second+second/20, queue.Ordered
		visits = append(visits, v)
	}
	return l, visits
}

func judged(l *queue.Line) *Verdict {
	v := &Verdict{}
	v.JudgeRooms(l, 0)
	return v
}

func TestAFairRoomIsNotBlamed(t *testing.T) {
	l, visits := fairLine()
	visits[9].EndCalled, visits[9].EndReturned = queue.Never, queue.Never // stays until a limit
	late := l.Add()                                                       // and one who never got an answer
	late.Begin(0, 3*second)
	v := judged(l)
	if v.Err() != nil {
		var told strings.Builder
		v.Print(&told)
		t.Error(told.String())
	}
	for _, r := range v.Rules() {
		if r.Checked == 0 {
			t.Errorf("%s: nothing was checked", r.Name)
		}
	}
}

func TestEachFaultOfARoomIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		rule  string
		fault func([]*queue.Visit)
	}{
		"a number given twice":             {"numbers", func(v []*queue.Visit) { v[4].Number = v[3].Number }},
		"a later arrival with a lower one": {"numbers", func(v []*queue.Visit) { v[4].Number, v[5].Number = v[5].Number, v[4].Number }},
		"one who is passed":                {"nobody passed", func(v []*queue.Visit) { v[4].WaitingCalled = v[9].EnterReturned + viewLag + second }},
		"a number let in again":            {"in once", func(v []*queue.Visit) { v[4].Twice = true }},
		"a buyer inside twice":             {"in once", func(v []*queue.Visit) { v[5].Buyer, v[4].EndCalled = v[4].Buyer, v[4].EndCalled+second }},
		"one too many": {"max inside", func(v []*queue.Visit) {
			v[3].EndCalled, v[4].EndCalled = v[3].EndCalled+5*second, v[4].EndCalled+5*second
		}},
		"a limit that is not one": {"max inside", func(v []*queue.Visit) {
			for _, v := range v[:3] {
				v.EndCalled, v.EndReturned = queue.Never, queue.Never
			}
		}},
	} {
		l, visits := fairLine()
		c.fault(visits)
		found := false
		for _, r := range judged(l).Rules() {
			found = found || r.Name == c.rule && r.Violations > 0
		}
		if !found {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestWhatIsNotSureIsNoFault(t *testing.T) {
	for name, doubt := range map[string]func([]*queue.Visit){
		"joins of two that were under way at once": func(v []*queue.Visit) {
			v[4].JoinReturned = v[5].JoinCalled + second/2
			v[4].Number, v[5].Number = v[5].Number, v[4].Number
		},
		"a picture that lags": func(v []*queue.Visit) { v[4].WaitingCalled = v[5].EnterReturned + viewLag/2 },
		"a session that two devices show": func(v []*queue.Visit) {
			v[5].Session, v[5].Buyer = v[4].Session, v[4].Buyer
		},
		"an entry that lapsed unseen": func(v []*queue.Visit) {
			for i := range v[:4] {
				v[i].EnterCalled = v[i].EnterReturned - 61*second
				v[i].EndCalled = queue.Never
			}
		},
	} {
		l, visits := fairLine()
		doubt(visits)
		if v := judged(l); v.Err() != nil {
			var told strings.Builder
			v.Print(&told)
			t.Errorf("%s: %s", name, told.String())
		}
	}
}
