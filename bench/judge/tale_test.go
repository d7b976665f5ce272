package judge

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/history"
)

// tale is a history that a test makes up. Times are in milliseconds since the run's start; seats are numbered from 0, the
// table is 6 and the area 7, with room for 10. Holds last 2 s, and a buyer may have 4 places.
type tale struct {
	run *history.Run
	log *history.Log
}

const (
	theTable = 6
	theArea  = 7
)

func newTale() *tale {
	t := &tale{run: history.New()}
	event := t.run.AddEvent("opening", t.run.AddChart(&history.Chart{
		Seats: []string{"A", "B", "C", "D", "E", "F"}, Tables: []string{"T"}, Areas: []history.Area{{Key: "Floor", Capacity: 10}},
	}))
	t.run.Allow(event, 4, 2)
	t.log = t.run.NewLog()
	return t
}

// told is one operation of a tale.
type told struct {
	*tale
	op history.Op
	at int64
}

// id is the id of a hold by its number.
func id(n byte) history.ID { return history.ID{0: 1, 15: n} }

// from begins an operation that lasts from one moment to another.
func (t *tale) from(at, until int64, kind history.Kind, about byte) *told {
	o := &told{tale: t, at: until}
	o.op.Begin(kind, 0, at*1e6)
	if about != 0 {
		o.op.ID = id(about)
	}
	return o
}

func (o *told) seats(numbers ...uint32) *told {
	for _, n := range numbers {
		o.op.Ask(n)
	}
	return o
}

func (o *told) floor(quantity uint32) *told { o.op.AskPlaces(theArea, quantity); return o }
func (o *told) gives(numbers ...uint32) *told {
	for _, n := range numbers {
		o.op.Give(n)
	}
	return o
}
func (o *told) takes(number uint32) *told     { o.op.Take(number); return o }
func (o *told) buyer(n uint64) *told          { o.op.Buyer = n; return o }
func (o *told) key(n uint64) *told            { o.op.Key = n; return o }
func (o *told) flags(f history.Flag) *told    { o.op.Flags |= f; return o }
func (o *told) reference(text string) *told   { o.op.Reference = history.Digest(text); return o }
func (o *told) state(s history.State) *told   { o.op.State = s; return o }
func (o *told) ttl(seconds uint32) *told      { o.op.TTLSeconds = seconds; return o }
func (o *told) atLeast(revision uint64) *told { o.op.MinRevision = revision; return o }
func (o *told) until(millis int64) *told {
	o.op.Deadline = o.run.UnixNano(millis*1e6) / 1e6
	return o
}

// done, refused and lost end an operation.
func (o *told) done(revision uint64) {
	o.op.Revision = revision
	o.op.Answered(200, history.CodeNone, o.at*1e6)
	o.log.Add(&o.op)
}

func (o *told) refused(code history.Code, revision uint64) {
	o.op.Revision = revision
	o.op.Answered(409, code, o.at*1e6)
	o.log.Add(&o.op)
}

func (o *told) lost() {
	o.op.ID = history.ID{}
	o.unknown()
}

func (o *told) unknown() {
	o.op.Broke(o.at * 1e6)
	o.log.Add(&o.op)
}

// hold is an acknowledged hold of some seats, made when it returns.
func (t *tale) hold(at int64, n byte, revision uint64, seats ...uint32) {
	t.from(at, at+5, history.KindHold, n).seats(seats...).gives(seats...).state(history.StateHeld).until(at + 2002).done(revision)
}

func (t *tale) confirm(at int64, n byte, revision uint64, seats ...uint32) {
	t.from(at, at+5, history.KindConfirm, n).reference("psp").gives(seats...).state(history.StateConfirmed).done(revision)
}

func (t *tale) release(at int64, n byte, revision uint64) {
	t.from(at, at+5, history.KindRelease, n).done(revision)
}

func (t *tale) judge(test *testing.T) *Verdict {
	v, err := Judge(t.run, Options{PerEvent: 5 * time.Second, Save: test.TempDir()})
	if err != nil {
		test.Fatal(err)
	}
	return v
}

func TestEachBrokenPromiseIsNamed(t *testing.T) {
	const held, confirmed = history.StateHeld, history.StateConfirmed
	for name, c := range map[string]struct {
		tell       func(*tale)
		rule, says string
	}{
		"a seat held twice": {func(h *tale) {
			h.hold(10, 1, 1, 0, 1)
			h.hold(20, 2, 2, 1, 2)
		}, "linearizable", "B is "},
		"a table sold twice": {func(h *tale) {
			h.hold(10, 1, 1, theTable)
			h.from(20, 25, history.KindSale, 2).seats(theTable).gives(theTable).state(confirmed).done(2)
		}, "linearizable", "T is "},
		"another seat than was asked for": {func(h *tale) {
			h.from(10, 15, history.KindHold, 1).seats(0).gives(1).state(held).until(2012).done(1)
		}, "linearizable", "other places were given"},
		"a lost hold": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindReadHold, 1).refused(history.CodeUnknownHold, 1)
		}, "linearizable", "it is held"},
		"a lost order": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.confirm(20, 1, 2, 0)
			h.from(30, 35, history.KindReadOrder, 1).refused(history.CodeUnknownOrder, 2)
		}, "linearizable", "it is an order"},
		"a lost seat of a hold": {func(h *tale) {
			h.hold(10, 1, 1, 0, 1)
			h.hold(20, 2, 2, 1)
		}, "linearizable", "B is "},
		"a release that did not take place": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.release(20, 1, 2)
			h.from(30, 35, history.KindReadHold, 1).gives(0).state(held).until(2012).done(2)
		}, "linearizable", "it is released"},
		"a confirmation after a release": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.release(20, 1, 2)
			h.confirm(30, 1, 3, 0)
		}, "linearizable", "the hold is released"},
		"a lapse before the deadline": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(1500, 1505, history.KindConfirm, 1).refused(history.CodeHoldExpired, 2)
		}, "linearizable", "it is held"},
		"a seat given away before the deadline": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.hold(1500, 2, 3, 0)
		}, "linearizable", "A is "},
		"a hold alive after its deadline": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.confirm(2400, 1, 2, 0)
		}, "linearizable", "the hold is lapsed"},
		"a seat refused that is free": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindHold, 0).seats(1).gives(1).refused(history.CodeSeatUnavailable, 1)
		}, "linearizable", "B is nobody's"},
		"a seat refused that lapsed": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(2400, 2405, history.KindHold, 0).seats(0).gives(0).refused(history.CodeSeatUnavailable, 1)
		}, "linearizable", "A is nobody's"},
		"a refusal that does not say all": {func(h *tale) {
			h.hold(10, 1, 1, 0, 1)
			h.from(20, 25, history.KindHold, 0).seats(0, 1).gives(0).refused(history.CodeSeatUnavailable, 1)
		}, "linearizable", "did not say so"},
		"an area sold past its room": {func(h *tale) {
			for n := range byte(3) {
				o := h.from(10+10*int64(n), 15+10*int64(n), history.KindSale, n+1).floor(4).state(confirmed)
				o.op.GivePlaces(theArea, 4)
				o.done(uint64(n) + 1)
			}
		}, "linearizable", "8 of the 10 places of Floor"},
		"an area refused that has room": {func(h *tale) {
			o := h.from(10, 15, history.KindHold, 0).floor(4)
			o.op.GivePlaces(theArea, 1)
			o.refused(history.CodeNotEnoughSeats, 1)
		}, "linearizable", "Floor has 10 places left"},
		"a buyer past the limit": {func(h *tale) {
			h.from(10, 15, history.KindHold, 1).buyer(7).seats(0, 1, 2).gives(0, 1, 2).state(held).until(2012).done(1)
			h.from(20, 25, history.KindHold, 2).buyer(7).seats(3, 4).gives(3, 4).state(held).until(2022).done(2)
		}, "linearizable", "has 3 places already, and may have 4"},
		"a buyer refused below the limit": {func(h *tale) {
			h.from(10, 15, history.KindHold, 0).buyer(7).seats(0, 1, 2).refused(history.CodeBuyerLimit, 1)
		}, "linearizable", "the buyer has at most 0"},
		"an order with another reference": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.confirm(20, 1, 2, 0)
			h.from(30, 35, history.KindConfirm, 1).reference("other").flags(history.FlagRepeated).gives(0).state(confirmed).done(2)
		}, "linearizable", "another reference"},
		"an order with other places": {func(h *tale) {
			h.hold(10, 1, 1, 0, 1)
			h.confirm(20, 1, 2, 0, 1)
			h.from(30, 35, history.KindReadOrder, 1).gives(0, 2).state(confirmed).done(2)
		}, "linearizable", "other places"},
		"a retake of what another has": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.hold(2400, 2, 3, 0)
			h.from(2410, 2415, history.KindConfirm, 1).flags(history.FlagRetake).reference("psp").gives(0).state(confirmed).done(4)
		}, "linearizable", "A is "},
		"a change that did not take place": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindChange, 1).seats(1).takes(0).gives(1).state(held).until(2012).done(2)
			h.from(30, 35, history.KindHold, 0).seats(0).gives(0).refused(history.CodeSeatUnavailable, 2)
		}, "linearizable", "A is nobody's"},
		"a cancellation that did not take place": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.confirm(20, 1, 2, 0)
			h.from(30, 35, history.KindCancel, 1).state(history.StateCancelled).done(3)
			h.from(40, 45, history.KindReadMap, 0).flags(history.FlagStrong).seats(0).gives(0).done(3)
		}, "linearizable", "A is nobody's"},
		"a blocked seat sold": {func(h *tale) {
			h.from(10, 15, history.KindBlock, 0).seats(0).done(1)
			h.hold(20, 1, 2, 0)
		}, "linearizable", "A is a hold or block"},
		"a read of a view that never was": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.hold(20, 2, 2, 1)
			h.from(30, 35, history.KindReadMap, 0).seats(0, 1).gives(0, 1).done(1)
		}, "linearizable", "B is nobody's"},
		"a writer who misses his own write": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindReadMap, 0).atLeast(1).seats(0).done(1)
		}, "linearizable", "A is "},
		"a revision used twice": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.hold(20, 2, 1, 1)
		}, "revisions", "two changes have revision 1"},
		"revisions against the calls": {func(h *tale) {
			h.hold(10, 1, 5, 0)
			h.hold(20, 2, 4, 1)
		}, "revisions", "revision 4 was answered"},
		"a stale strong read": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.hold(20, 2, 2, 1)
			h.from(30, 35, history.KindReadMap, 0).flags(history.FlagStrong).done(1)
		}, "revisions", "a stale strong read: revision 1"},
		"a change that nobody asked for": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.hold(20, 2, 3, 1)
		}, "revisions", "1 changes were made that nobody acknowledged, and only 0 can have been"},
		"two answers to one key": {func(h *tale) {
			h.from(10, 15, history.KindHold, 1).key(9).seats(0).gives(0).state(held).until(2012).done(1)
			h.from(20, 25, history.KindHold, 2).key(9).seats(0).gives(0).state(held).until(2022).done(2)
		}, "retries", "the same key"},
		"a key that was forgotten": {func(h *tale) {
			h.from(10, 15, history.KindHold, 1).key(9).seats(0).gives(0).state(held).until(2012).done(1)
			h.from(20, 25, history.KindHold, 0).key(9).seats(0).gives(0).refused(history.CodeSeatUnavailable, 1)
		}, "retries", "done and with refused"},
		"a read older than asked for": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindReadMap, 0).atLeast(4).done(3)
		}, "sessions", "revision 3 was answered to who asked for 4"},
		"a deadline too near": {func(h *tale) {
			h.from(10, 15, history.KindHold, 1).seats(0).gives(0).state(held).until(1500).done(1)
		}, "deadlines", "not within the request"},
		"an extension too far": {func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindExtend, 1).ttl(5).gives(0).state(held).until(5222).done(2)
		}, "deadlines", "not within the request"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newTale()
			c.tell(h)
			v := h.judge(t)
			for _, r := range v.Rules() {
				if r.Name == c.rule && slices.ContainsFunc(r.Details, func(f Finding) bool { return strings.Contains(f.Says, c.says) }) {
					return
				}
			}
			var b strings.Builder
			v.Print(&b)
			t.Errorf("want %s: …%s…\n%s", c.rule, c.says, b.String())
		})
	}
}

func TestWhatIsOddButRightIsAccepted(t *testing.T) {
	const held, confirmed = history.StateHeld, history.StateConfirmed
	for name, tell := range map[string]func(*tale){
		"a lost answer explains a refusal": func(h *tale) {
			h.from(10, 15, history.KindHold, 0).seats(0).lost()
			h.from(20, 25, history.KindHold, 0).seats(0).gives(0).refused(history.CodeSeatUnavailable, 1)
		},
		"a lost request is never decided": func(h *tale) {
			h.from(10, 15, history.KindHold, 0).seats(0).lost()
			h.hold(20, 1, 1, 0)
			h.confirm(30, 1, 2, 0)
		},
		"a lost hold comes late, and lapses": func(h *tale) {
			h.from(10, 15, history.KindHold, 0).seats(0).lost()
			h.hold(20, 1, 1, 0)
			h.release(30, 1, 2)
			h.from(40, 45, history.KindHold, 0).seats(0).gives(0).refused(history.CodeSeatUnavailable, 3)
			h.hold(2500, 2, 5, 0)
		},
		"a wish of unknown outcome may have any seat": func(h *tale) {
			o := h.from(10, 15, history.KindWish, 0)
			o.op.Wanted = 2
			o.lost()
			h.from(20, 25, history.KindHold, 0).seats(5).gives(5).refused(history.CodeSeatUnavailable, 1)
		},
		"a confirmation of unknown outcome was done": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindConfirm, 1).reference("psp").unknown()
			h.from(5000, 5005, history.KindReadOrder, 1).gives(0).state(confirmed).done(2)
		},
		"a confirmation of unknown outcome was not done": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindConfirm, 1).reference("psp").unknown()
			h.hold(5000, 2, 3, 0)
		},
		"a release of unknown outcome was done": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindRelease, 1).unknown()
			h.hold(30, 2, 3, 0)
		},
		"an extension of unknown outcome was done": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindExtend, 1).ttl(10).unknown()
			h.confirm(5000, 1, 3, 0)
		},
		"an extension of unknown outcome shortened the hold": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindExtend, 1).ttl(1).unknown()
			h.hold(1200, 2, 4, 0)
		},
		"a change of unknown outcome was done": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(20, 25, history.KindChange, 1).seats(1).takes(0).unknown()
			h.hold(30, 2, 3, 0)
			h.confirm(40, 1, 4, 1)
		},
		"a cancellation of unknown outcome was done": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.confirm(20, 1, 2, 0)
			h.from(30, 35, history.KindCancel, 1).unknown()
			h.hold(40, 2, 4, 0)
		},
		"a hold lapses between two looks at its deadline": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(2005, 2012, history.KindReadHold, 1).gives(0).state(held).until(2012).done(1)
			h.from(2014, 2016, history.KindReadHold, 1).refused(history.CodeHoldExpired, 2)
		},
		"a lapse up to 250 ms late": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.confirm(2200, 1, 2, 0)
		},
		"a lapsed hold is taken again": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.from(2400, 2405, history.KindConfirm, 1).flags(history.FlagRetake).reference("psp").gives(0).state(confirmed).done(3)
			h.from(2410, 2415, history.KindConfirm, 1).reference("psp").flags(history.FlagRepeated).gives(0).state(confirmed).done(3)
		},
		"a release finds the hold lapsed": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.release(2400, 1, 2)
			h.from(2410, 2415, history.KindReadHold, 1).refused(history.CodeHoldExpired, 2)
		},
		"calls that overlap are decided in another order": func(h *tale) {
			h.from(10, 100, history.KindHold, 1).seats(0).gives(0).state(held).until(2050).done(2)
			h.from(20, 90, history.KindHold, 2).seats(1).gives(1).state(held).until(2050).done(1)
		},
		"a refusal by a hold that returns later": func(h *tale) {
			h.from(10, 100, history.KindHold, 1).seats(0).gives(0).state(held).until(2050).done(1)
			h.from(20, 30, history.KindHold, 0).seats(0).gives(0).refused(history.CodeSeatUnavailable, 1)
		},
		"a view that is a moment old": func(h *tale) {
			h.hold(10, 1, 1, 0)
			h.hold(20, 2, 2, 1)
			h.release(30, 1, 3)
			h.from(100, 105, history.KindReadMap, 0).seats(0, 1).gives(0).done(1)
			h.from(110, 115, history.KindReadMap, 0).seats(0, 1).done(0)
		},
		"a request made again is answered again": func(h *tale) {
			h.from(10, 15, history.KindHold, 1).key(9).seats(0).gives(0).state(held).until(2012).done(1)
			h.release(20, 1, 2)
			h.from(30, 35, history.KindHold, 1).key(9).flags(history.FlagReplayed).seats(0).gives(0).state(held).until(2012).done(1)
		},
		"a refusal by a view is not judged": func(h *tale) {
			h.from(10, 15, history.KindHold, 0).flags(history.FlagKeyless).seats(0).gives(0).refused(history.CodeSeatUnavailable, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newTale()
			tell(h)
			if v := h.judge(t); v.Err() != nil {
				var b strings.Builder
				v.Print(&b)
				t.Error(b.String())
			}
		})
	}
}
