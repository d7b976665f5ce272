package waitroom

import (
	"fmt"
	"math/bits"
)

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBroken, fmt.Sprintf(format, args...))
}

// Verify checks every invariant of the state, in time proportional to it. It never panics, whatever was restored.
func (r *Room) Verify() error {
	for slot := range r.slots {
		s := r.sessions.at(uint64(slot))
		if s.serial != 0 && int(s.lane) < r.laneCount() && r.lanes[s.lane].place(s.number) != s.place {
			return broken("session %d: %d is not the place of number %d", s.serial, s.place, s.number)
		}
	}
	return r.verify()
}

// verify is Verify without drawing every place again, which would take a while: the state hash stands for that.
func (r *Room) verify() error {
	for _, check := range []func() error{r.verifyScalars, r.verifyKeys, r.verifyLanes, r.verifySessions, r.verifyHeap} {
		if err := check(); err != nil {
			return err
		}
	}
	if again := r.Rehash(); again != r.Hash() {
		return broken("hash is %016x, from scratch %016x", r.Hash(), again)
	}
	return nil
}

func (r *Room) verifyScalars() error {
	if !r.live {
		blank := r.nowMillis == 0 && r.serial == 0 && r.ring == nil && r.config.Mode == 0 && !r.opened && r.inside == 0
		if !blank {
			return broken("a room without settings has state")
		}
		return nil
	}
	if field, reason := r.config.fault(); field != "" {
		return broken("%s %s", field, reason)
	}
	switch {
	case r.phase < PhaseBefore || r.phase > PhaseOpen:
		return broken("phase %d", r.phase)
	case r.pace.pressure < leastPressure || r.pace.pressure > fullPressure:
		return broken("pressure %d", r.pace.pressure)
	case r.pace.credit > perCall+MaxPerMinute*fullPressure*burstMillis:
		return broken("credit %d", r.pace.credit)
	case r.pace.atMillis > r.nowMillis:
		return broken("credit of the future")
	case int(r.turn.lane) >= r.laneCount() || r.turn.left > MaxShare:
		return broken("turn %+v", r.turn)
	case r.trade.places > 2*forgetPlaces || r.trade.lapsed > 2*forgetPlaces || r.trade.orders > r.trade.places:
		return broken("trade %+v", r.trade)
	}
	return nil
}

func (r *Room) verifyKeys() error {
	if r.live && (len(r.ring) == 0 || len(r.ring) > MaxKeys || r.ring[len(r.ring)-1].Number != r.ringNumber) {
		return broken("%d keys, the newest is not %d", len(r.ring), r.ringNumber)
	}
	for i, k := range r.ring {
		newest := i == len(r.ring)-1
		if newest != (k.RetiredMillis == 0) || i > 0 && k.Number != r.ring[i-1].Number+1 {
			return broken("key %d", k.Number)
		}
	}
	if len(r.admits) > rememberedAdmits {
		return broken("%d admits remembered", len(r.admits))
	}
	return nil
}

func (r *Room) verifyLanes() error {
	var called uint32
	for i := range r.lanes {
		l := &r.lanes[i]
		if i >= r.laneCount() && (l.given > 0 || l.frontier > 0) {
			return broken("lane %d is in use", i)
		}
		if err := l.verify(i); err != nil {
			return err
		}
		if l.drawn > 0 && !(r.opened && r.lottery) || l.frontier > 0 && !r.opened {
			return broken("lane %d was drawn or called before the opening", i)
		}
		n, _ := r.countFates(uint8(i))
		called += n
	}
	if called != r.called {
		return broken("%d called, counted %d", r.called, called)
	}
	return nil
}

func (l *lane) verify(number int) error {
	if l.drawn > l.given || l.frontier > l.given || l.lapsed > l.frontier || l.fates.floor() > l.lapsed || (l.order != nil) != (l.drawn > 0) {
		return broken("lane %d: given %d, drawn %d, called %d, lapsed %d, floor %d", number, l.given, l.drawn, l.frontier, l.lapsed, l.fates.floor())
	}
	if end := l.fates.words.end() * placesPerWord; end < l.frontier {
		return broken("lane %d: fates end at %d", number, end)
	}
	for at := l.fates.words.base; at < l.fates.words.end(); at++ {
		word, first := *l.fates.words.at(at), at*placesPerWord
		if first+placesPerWord > l.frontier {
			if rest := l.frontier - min(l.frontier, first); word>>(2*rest) != 0 {
				return broken("lane %d: fates beyond the frontier", number)
			}
		}
		if open := ^(word | word>>1) & lowBits; open != 0 && first+uint64(bits.TrailingZeros64(open)/2) < l.lapsed {
			return broken("lane %d: word %d has a call that should have lapsed", number, at)
		}
	}
	from, last := l.lapsed, int64(0)
	for n := l.calls.head; n < l.calls.tail; n++ {
		c := l.calls.cells.at(n)
		if c.to <= from || c.lapsesMillis < last {
			return broken("lane %d: call %+v after %d", number, *c, from)
		}
		from, last = c.to, c.lapsesMillis
	}
	if from != l.frontier {
		return broken("lane %d: calls end at %d, the frontier is %d", number, from, l.frontier)
	}
	return nil
}

func (r *Room) verifySessions() error {
	var inside, holding, fates uint32
	for i := range r.lanes {
		_, n := r.countFates(uint8(i))
		fates += n
	}
	for slot := range r.slots {
		s := r.sessions.at(uint64(slot))
		if s.serial == 0 {
			continue
		}
		inside++
		if s.hold != 0 {
			holding++
		}
		if err := r.verifySession(slot, s); err != nil {
			return err
		}
	}
	if inside != r.inside || fates != inside || holding != r.holding || inside+uint32(len(r.freeSlots)) != r.slots {
		return broken("%d inside, %d sessions, %d fates; %d holding, counted %d", r.inside, inside, fates, r.holding, holding)
	}
	return nil
}

// verifySession finds the session by each index: whichever is found first must be this one, so that there is no second.
func (r *Room) verifySession(slot uint32, s *session) error {
	if s.serial > r.serial || int(s.lane) >= r.laneCount() || s.number >= r.lanes[s.lane].given {
		return broken("session %+v", *s)
	}
	l := &r.lanes[s.lane]
	if s.place < l.fates.floor() || s.place >= l.frontier || l.fates.at(s.place) != fateInside {
		return broken("session %d: place %d is not inside", s.serial, s.place)
	}
	if other, ok := r.sessionOf(s.lane, s.number); !ok || other != slot {
		return broken("session %d is not the only one of its number", s.serial)
	}
	if other, ok := r.sessionOfBuyer(s.buyer); s.buyer != 0 && (!ok || other != slot) {
		return broken("session %d is not the only one of its buyer", s.serial)
	}
	if other, ok := r.sessionOfHold(s.hold); s.hold != 0 && (!ok || other != slot) {
		return broken("session %d is not the only one of its hold", s.serial)
	}
	return nil
}

func (r *Room) verifyHeap() error {
	if len(r.heap) != int(r.inside) {
		return broken("%d in the heap, %d inside", len(r.heap), r.inside)
	}
	for at := range r.heap {
		d := &r.heap[at]
		s := r.sessions.at(uint64(d.slot))
		if s.serial != d.serial || int(s.position) != at || d.atMillis > s.dueMillis() || at > 0 && d.before(&r.heap[(at-1)/2]) {
			return broken("heap %d: %+v", at, *d)
		}
	}
	return nil
}
