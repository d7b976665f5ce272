package audit

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/httpapi/client"
)

// A correct cluster must never be blamed: in each of these histories something looks odd and is right.
func TestWhatMayBeIsNotBlamed(t *testing.T) {
	for _, c := range []struct {
		name    string
		history func(w *world)
	}{
		{"a refusal while the hold is still under way", func(w *world) {
			w.hold(1, 10, 20, 0)
			w.refused(11, 12, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a refusal that began while the seat was held", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.release(1, 10, 20)
			w.refused(19, 40, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a refusal in the 250 ms that a lapse may take", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.refused(340, 341, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a refusal because of a hold whose outcome nobody knows", func(w *world) {
			w.unknown(history.KindHold, 1, 2, 0, 0)
			w.refused(1000, 1001, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a refusal because of a wish whose outcome nobody knows", func(w *world) {
			w.unknown(history.KindWish, 1, 2, 2)
			w.refused(1000, 1001, history.CodeSeatUnavailable, nil, 0, 5)
			w.refused(1000, 1001, history.CodeSeatUnavailable, nil, 5)
		}},
		{"a refusal after a confirmation of unknown outcome", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.open(history.KindConfirm, 1, 10, 11, nil)
			w.refused(1000, 1001, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a refusal after a release of unknown outcome", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.open(history.KindRelease, 1, 10, 11, nil)
			w.refused(1000, 1001, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a new hold after a release of unknown outcome", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.open(history.KindRelease, 1, 10, 11, nil)
			w.hold(2, 20, 21, 0)
		}},
		{"a refusal after an extension of unknown outcome", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.open(history.KindExtend, 1, 10, 11, func(o *history.Op) { o.TTLSeconds = 600 })
			w.refused(1000, 1001, history.CodeSeatUnavailable, nil, 0)
		}},
		{"an extension that made the hold shorter", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.act(history.KindExtend, 1, 10, 11, func(o *history.Op) { o.Deadline = w.deadline(1000) })
			w.hold(2, 1100, 1101, 0)
		}},
		{"two extensions at once, of which the one decided last made the hold shorter", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.act(history.KindExtend, 1, 10, 20, func(o *history.Op) { o.Deadline, o.Revision = w.deadline(1000), 8 })
			w.act(history.KindExtend, 1, 15, 20, func(o *history.Op) { o.Deadline, o.Revision = w.deadline(5000), 7 })
			w.act(history.KindConfirm, 1, 1300, 1301, func(o *history.Op) { o.Answered(410, history.CodeHoldExpired, 1301*ms) })
		}},
		{"an extension of unknown outcome that may have made the hold shorter", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.open(history.KindExtend, 1, 10, 11, func(o *history.Op) { o.TTLSeconds = 1 })
			w.hold(2, 1100, 1101, 0)
			w.act(history.KindConfirm, 1, 1200, 1201, func(o *history.Op) { o.Answered(410, history.CodeHoldExpired, 1201*ms) })
		}},
		{"a new hold from the deadline on", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.hold(2, 99, 101, 0)
		}},
		{"a hold that overlaps the release of the one before", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.release(1, 10, 30)
			w.op(history.KindHold, 2, 11, 20, func(o *history.Op) { o.Give(0); o.Deadline = w.deadline(far) })
		}},
		{"a lapsed hold that was taken again after somebody else had it", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.hold(2, 150, 160, 0)
			w.release(2, 170, 180)
			w.op(history.KindConfirm, 1, 190, 200, func(o *history.Op) { o.Flags |= history.FlagRetake })
		}},
		{"a new hold after an order that could have been taken again was cancelled before its hold's deadline", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.op(history.KindConfirm, 1, 10, 20, func(o *history.Op) { o.Flags |= history.FlagRetake })
			w.op(history.KindCancel, 1, 30, 40, nil)
			w.hold(2, 41, 42, 0)
		}},
		{"a new hold after an order was cancelled and then confirmed once more", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.op(history.KindConfirm, 1, 10, 20, nil)
			w.op(history.KindCancel, 1, 30, 40, nil)
			w.op(history.KindConfirm, 1, 50, 60, func(o *history.Op) { o.State = history.StateCancelled })
			w.op(history.KindConfirm, 1, 70, 80, func(o *history.Op) { o.State, o.Flags = history.StateCancelled, history.FlagRetake })
			w.hold(2, 41, 43, 0)
		}},
		{"an area full of orders that could have been taken again, before their holds' deadlines", func(w *world) {
			w.op(history.KindHold, 1, 1, 2, func(o *history.Op) { o.GivePlaces(floor, 8); o.Deadline = w.deadline(far) })
			w.op(history.KindConfirm, 1, 10, 20, func(o *history.Op) { o.Flags |= history.FlagRetake; o.GivePlaces(floor, 8) })
		}},
		{"a hold of a seat that a change of unknown outcome may have added to what became an order", func(w *world) {
			for i, flags := range []history.Flag{0, history.FlagRetake} {
				n := byte(1 + 2*i)
				w.hold(n, 1, 2, 2*i)
				w.open(history.KindChange, n, 10, 20, func(o *history.Op) { o.Ask(uint32(2*i + 1)) })
				w.op(history.KindConfirm, n, 30, 40, func(o *history.Op) { o.Flags |= flags; o.Give(uint32(2 * i)) })
				w.hold(n+1, 50, 60, 2*i+1)
			}
		}},
		{"a lapsed hold that could not be taken again", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.hold(2, 150, 160, 0)
			w.op(history.KindConfirm, 1, 190, 200, func(o *history.Op) {
				o.Flags |= history.FlagRetake
				o.Answered(409, history.CodeSeatUnavailable, 200*ms)
				o.Give(0)
			})
		}},
		{"a lapsed hold that was given back, and then taken again", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.release(1, 400, 410)
			w.op(history.KindConfirm, 1, 420, 430, func(o *history.Op) { o.Flags |= history.FlagRetake })
		}},
		{"a refusal after a taking again of unknown outcome", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.release(1, 400, 410)
			w.open(history.KindConfirm, 1, 420, 430, func(o *history.Op) { o.Flags |= history.FlagRetake })
			w.refused(1000, 1001, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a seat that was given back by a change", func(w *world) {
			w.hold(1, 1, 2, 0, 1)
			w.act(history.KindChange, 1, 10, 20, func(o *history.Op) { o.Take(0); o.Ask(2) })
			w.hold(2, 21, 22, 0)
			w.refused(21, 22, history.CodeSeatUnavailable, nil, 2)
		}},
		{"a refusal while the seat is being given back by a change", func(w *world) {
			w.hold(1, 1, 2, 0, 1)
			w.act(history.KindChange, 1, 10, 20, func(o *history.Op) { o.Take(0) })
			w.refused(15, 16, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a hold that is read before it is acknowledged", func(w *world) {
			w.hold(1, 1, 20, 0)
			w.act(history.KindReadHold, 1, 5, 6, func(o *history.Op) { o.Answered(404, history.CodeUnknownHold, 6*ms) })
		}},
		{"a seat that a change of unknown outcome may have given back or taken", func(w *world) {
			w.hold(1, 1, 2, 0, 1)
			w.open(history.KindChange, 1, 10, 20, func(o *history.Op) { o.Take(0); o.Ask(2) })
			w.hold(2, 21, 22, 0)
			w.refused(23, 24, history.CodeSeatUnavailable, nil, 2)
		}},
		{"a ticket that was cancelled and sold again", func(w *world) {
			w.sale(1, 1, 2, 0, 1)
			w.act(history.KindCancel, 1, 10, 20, func(o *history.Op) { o.Take(0) })
			w.sale(2, 21, 22, 0)
		}},
		{"an order that was cancelled, perhaps twice, and sold again", func(w *world) {
			w.sale(1, 1, 2, 0)
			w.open(history.KindCancel, 1, 10, 11, nil)
			w.hold(2, 12, 13, 0)
			w.op(history.KindCancel, 1, 14, 15, func(o *history.Op) { o.Revision = 30 })
		}},
		{"places of an area that come and go", func(w *world) {
			w.hold(1, 1, 2, floor, floor, floor, floor, floor, floor)
			w.act(history.KindChange, 1, 10, 11, func(o *history.Op) { o.TakePlaces(floor, 4) })
			w.sale(2, 12, 13, floor, floor, floor, floor, floor, floor, floor, floor)
			w.refused(14, 15, history.CodeNotEnoughSeats, []history.Place{{Number: floor, Quantity: 1}}, floor)
		}},
		{"an order whose hold nobody saw", func(w *world) {
			w.refused(1, 2, history.CodeSeatUnavailable, nil, 0)
			w.op(history.KindConfirm, 1, 10, 11, func(o *history.Op) { o.Give(0) })
		}},
		{"a hold that is read as an order, and a confirmation that is repeated", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.confirm(1, 3, 4)
			w.op(history.KindConfirm, 1, 5, 6, func(o *history.Op) { o.Flags |= history.FlagRepeated })
			w.act(history.KindReadHold, 1, 7, 8, func(o *history.Op) { o.State = history.StateConfirmed })
			w.act(history.KindExtend, 1, 9, 10, func(o *history.Op) { o.Answered(409, history.CodeHoldConfirmed, 10*ms) })
		}},
		{"a hold that is found expired after its deadline", func(w *world) {
			w.holdUntil(1, 1, 2, 100, 0)
			w.act(history.KindConfirm, 1, 100, 101, func(o *history.Op) { o.Answered(410, history.CodeHoldExpired, 101*ms) })
		}},
		{"seats that are refused because of wishes of unknown outcome, of which the history tells the later one first", func(w *world) {
			w.unknown(history.KindWish, 1, 2, 1)
			w.unknown(history.KindWish, 21, 22, 1)
			w.refused(23, 24, history.CodeSeatUnavailable, nil, 1)
			w.refused(3, 4, history.CodeSeatUnavailable, nil, 0)
		}},
		{"a wish that is refused because of wishes of unknown outcome", func(w *world) {
			w.sale(1, 1, 2, 0, 1, 2, 3)
			w.unknown(history.KindWish, 3, 4, 3)
			w.wishRefused(5, 6, 2)
		}},
		{"a wish that is refused for the worst moment of its request", func(w *world) {
			w.hold(1, 10, 11, 0, 1, 2, 3, 4, 5, 6)
			w.release(1, 12, 13)
			w.wishRefused(1, 40, 2)
		}},
		{"a request that was turned away", func(w *world) {
			w.op(history.KindHold, 0, 1, 2, func(o *history.Op) { o.Answered(429, history.CodeOverloaded, 2*ms); o.Ask(0) })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := emptyWorld()
			c.history(w)
			v := w.judgeWith(t, Options{})
			if v.Violations() > 0 {
				t.Error(words(v))
			}
		})
	}
}

// open adds an operation of unknown outcome on a hold that is known.
func (w *world) open(kind history.Kind, number byte, called, returned int64, change func(o *history.Op)) {
	w.op(kind, number, called, returned, func(o *history.Op) {
		o.Broke(returned * ms)
		o.Revision = 0
		if change != nil {
			change(o)
		}
	})
}

func TestWhatCannotBeJudgedIsCounted(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(o *history.Op){
		"bound to a category": func(o *history.Op) { o.Wanted, o.Flags = 2, history.FlagNarrowed },
		"neighbours":          func(o *history.Op) { o.Wanted, o.Flags = 2, history.FlagTogether },
		"no quantity":         func(*history.Op) {},
		"an area, not asked":  func(o *history.Op) { o.Give(floor) },
		"without a key":       func(o *history.Op) { o.Code, o.Flags = history.CodeSeatUnavailable, history.FlagKeyless; o.Give(0) },
	} {
		w := emptyWorld()
		w.op(history.KindWish, 0, 1, 2, func(o *history.Op) {
			o.Answered(409, history.CodeNotEnoughSeats, 2*ms)
			refuse(o)
		})
		v := w.judgeWith(t, Options{})
		if r := v.FreeSeats; r.Violations != 0 || r.Checked != 0 || r.Unchecked != 1 || r.Caveat() == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// Nodes may show whatever an open outcome can have come to.
func TestNodesMayShowWhatAnOpenOutcomeCameTo(t *testing.T) {
	t.Parallel()
	confirmed := func(n *node, o *order) { n.orders[id(1)] = o }
	oneOfFloor := func(o *history.Op) { o.TakePlaces(floor, 1) }
	standing := func(left int) func(*node) { // of the order's places
		return func(n *node) {
			n.floor = client.Counts{Free: 10 - int64(left), Sold: int64(left)}
			confirmed(n, &order{state: "confirmed", places: slices.Repeat([]int{floor}, left)})
		}
	}
	for _, c := range []struct {
		name    string
		history func(w *world)
		node    func(n *node)
	}{
		{"an open hold was made", func(w *world) { w.unknown(history.KindHold, 1, 2, 0, 0) }, func(n *node) { n.states[0] = 'h' }},
		{"an open hold was not made", func(w *world) { w.unknown(history.KindHold, 1, 2, 0, 0) }, func(*node) {}},
		{"an open sale was made", func(w *world) { w.unknown(history.KindSale, 1, 2, 0, 0) }, func(n *node) { n.states[0] = 's' }},
		{"an open wish was fulfilled", func(w *world) { w.unknown(history.KindWish, 1, 2, 2) }, func(n *node) { n.states[3], n.states[4] = 'h', 'h' }},
		{"an open sale of a wish took what an open hold asked for", func(w *world) {
			w.unknown(history.KindHold, 1, 2, 0, 3)
			w.unknown(history.KindSale, 3, 4, 1)
		}, func(n *node) { n.states[3] = 's' }},
		{"an open confirmation was made", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.open(history.KindConfirm, 1, 3, 4, nil)
		}, func(n *node) { n.states[0] = 's' }},
		{"an open confirmation was not made", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.open(history.KindConfirm, 1, 3, 4, nil)
		}, func(n *node) { n.states[0] = 'h' }},
		{"an open release was made", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.open(history.KindRelease, 1, 3, 4, nil)
		}, func(*node) {}},
		{"an open release was not made", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.open(history.KindRelease, 1, 3, 4, nil)
		}, func(n *node) { n.states[0] = 'h' }},
		{"an open cancellation was made", func(w *world) {
			w.sale(1, 1, 2, 0)
			w.open(history.KindCancel, 1, 3, 4, nil)
		}, func(n *node) { confirmed(n, &order{state: "cancelled"}) }},
		{"an open cancellation was not made", func(w *world) {
			w.sale(1, 1, 2, 0)
			w.open(history.KindCancel, 1, 3, 4, nil)
		}, func(n *node) { n.states[0] = 's'; confirmed(n, &order{state: "confirmed", places: []int{0}}) }},
		{"an open cancellation of a ticket was made", func(w *world) {
			w.sale(1, 1, 2, 0, 1)
			w.open(history.KindCancel, 1, 3, 4, func(o *history.Op) { o.Take(0) })
		}, func(n *node) { n.states[1] = 's'; confirmed(n, &order{state: "confirmed", places: []int{1}}) }},
		{"an open cancellation of a standing place was made, and one of another place after it", func(w *world) {
			w.sale(1, 1, 2, floor, floor, floor, floor)
			w.open(history.KindCancel, 1, 3, 4, oneOfFloor)
			w.act(history.KindCancel, 1, 5, 6, oneOfFloor)
		}, standing(2)},
		{"an open cancellation of a standing place was not made, and one after it was", func(w *world) {
			w.sale(1, 1, 2, floor, floor, floor, floor)
			w.open(history.KindCancel, 1, 3, 4, oneOfFloor)
			w.act(history.KindCancel, 1, 5, 6, oneOfFloor)
		}, standing(3)},
		{"two open cancellations of standing places were made", func(w *world) {
			w.sale(1, 1, 2, floor, floor, floor, floor)
			w.open(history.KindCancel, 1, 3, 4, oneOfFloor)
			w.open(history.KindCancel, 1, 5, 6, oneOfFloor)
		}, standing(2)},
		{"an open change was made", func(w *world) {
			w.hold(1, 1, 2, 0, 1)
			w.open(history.KindChange, 1, 3, 4, func(o *history.Op) { o.Take(0); o.Ask(2) })
		}, func(n *node) { n.states[1], n.states[2] = 'h', 'h' }},
		{"a hold lapsed", func(w *world) { w.holdUntil(1, 1, 2, 30, 0) }, func(*node) {}},
		{"a hold whose deadline was a moment ago is still there", func(w *world) { w.holdUntil(1, 1, 2, over, 0) }, func(n *node) { n.states[0] = 'h' }},
		{"a seat was blocked and refused", func(w *world) { w.refused(1, 2, history.CodeSeatUnavailable, nil, 0) }, func(n *node) { n.states[0] = 'b' }},
		{"blocked seats and places leave too few", func(w *world) {
			w.wishRefused(1, 2, 6)
			w.refused(3, 4, history.CodeNotEnoughSeats, []history.Place{{Number: floor, Quantity: 3}}, floor)
		}, func(n *node) {
			n.states[0], n.states[1], n.states[2] = 'b', 'b', 'b'
			n.floor = client.Counts{Free: 2, Blocked: 8}
		}},
		{"a released hold was forgotten", func(w *world) {
			w.hold(1, 1, 2, 0)
			w.release(1, 3, 4)
		}, func(*node) {}},
		{"the node is busy for a moment", func(w *world) { w.sale(1, 1, 2, 0) }, func(n *node) {
			n.states[0], n.busy = 's', 1
			confirmed(n, &order{state: "confirmed", places: []int{0}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := emptyWorld()
			c.history(w)
			w.each(c.node)
			if v := w.judge(t); v.Violations() > 0 {
				t.Error(words(v))
			}
		})
	}
}

func TestANodeThatDoesNotAnswerIsNoVerdict(t *testing.T) {
	t.Parallel()
	w := goodWorld()
	w.nodes[1].refuses = 400
	_, err := Judge(t.Context(), w.run, Options{Endpoints: endpoints(t, w)})
	if err == nil {
		t.Error("a verdict without the second node")
	}
}

func TestAMapOfAnotherHallIsNoVerdict(t *testing.T) {
	t.Parallel()
	w := goodWorld()
	w.chart.Seats = append(w.chart.Seats, "A-9")
	if _, err := Judge(t.Context(), w.run, Options{Endpoints: endpoints(t, w)}); err == nil {
		t.Error("a verdict on a hall with one more seat")
	}
}

func TestStepsFindTheGreatestValueOfAnyInterval(t *testing.T) {
	var s steps
	s.add(10, 20, 1)
	s.add(15, 30, 2)
	s.add(30, math.MaxInt64, 5)
	s.build()
	for _, c := range []struct{ from, to, want int64 }{
		{0, 9, 0}, {0, 10, 1}, {9, 14, 1}, {15, 15, 3}, {19, 19, 3}, {20, 29, 2}, {20, 30, 5}, {0, 1000, 5}, {16, 25, 3}, {29, 29, 2}, {1000, 2000, 5},
	} {
		if got := s.mostIn(c.from, c.to); got != c.want {
			t.Errorf("most in [%d, %d]: %d, want %d", c.from, c.to, got, c.want)
		}
	}
	empty := steps{}
	empty.build()
	if got := empty.mostIn(0, 100); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
}

func TestASampleIsSpreadEvenly(t *testing.T) {
	var list []lookup
	for i := range int32(10) {
		list = append(list, lookup{claim: i})
	}
	some := sample(list, 3)
	if len(some) != 3 || some[0].claim != 0 || some[1].claim != 3 || some[2].claim != 6 || len(sample(list, 0)) != 10 {
		t.Errorf("%+v", some)
	}
}

// A million operations must not keep a run waiting: were judging quadratic in them, this test would not end.
func TestALargeHistoryIsJudgedQuickly(t *testing.T) {
	t.Parallel()
	run := history.New()
	chart := &history.Chart{Name: "big"}
	for range 50_000 {
		chart.Seats = append(chart.Seats, fmt.Sprint("s", len(chart.Seats)))
	}
	number := run.AddChart(chart)
	const events, perEvent = 4, 12_500
	for range events {
		run.AddEvent("big", number)
	}
	log, clock, o := run.NewLog(), int64(0), history.Op{}
	for e := range uint32(events) {
		for i := range perEvent {
			name := history.ID{0: 1, 1: byte(e), 2: byte(i >> 16), 3: byte(i >> 8), 4: byte(i)}
			for _, kind := range []history.Kind{history.KindHold, history.KindConfirm} {
				o.Begin(kind, e, clock)
				o.ID = name
				o.Answered(201, history.CodeNone, clock+1000)
				o.Give(uint32(2 * i))
				o.Give(uint32(2*i + 1))
				o.Deadline = run.Start().UnixMilli() + far
				log.Add(&o)
				clock += 500
			}
			o.Begin(history.KindHold, e, clock)
			o.Answered(409, history.CodeSeatUnavailable, clock+1000)
			o.Give(uint32(2 * i))
			log.Add(&o)
		}
	}
	begin := time.Now()
	v, err := Judge(t.Context(), run, Options{})
	if err != nil || v.Violations() > 0 || v.FreeSeats.Checked != events*perEvent || v.Orders != events*perEvent {
		t.Fatal(err, words(v), v.FreeSeats.Checked, v.Orders)
	}
	t.Logf("%d operations in %s", v.Operations, time.Since(begin))
}
