package judge

import (
	"fmt"
	"slices"

	"github.com/parterre/parterre/bench/history"
)

// begin is the state before everything.
func (g *group) begin() *state {
	s := &state{cells: newTree[*cell](len(g.cells)), stocks: newTree[stock](g.stocks), done: newTree[uint64](len(g.ops)/64 + 2)}
	for i, c := range g.cells {
		next := *c
		g.put(s, int32(i), &next)
	}
	g.passed(s)
	return s
}

// step makes an operation on a state. It returns the state that follows, or why there is none: a sentence's end, "which
// cannot be, since …". The state given is not changed.
func (g *group) step(before *state, p *operation) (*state, string) {
	if next := g.awaited(before, p); next != 0 {
		return nil, fmt.Sprintf("revision %d comes first", next)
	}
	s := *before
	g.until(&s, p)
	var why string
	if p.Outcome == history.Done {
		why = g.happened(&s, p)
	} else {
		why = g.refused(&s, p)
	}
	if why != "" {
		return nil, why
	}
	if p.pin != 0 {
		s.pinned++
	}
	s.depth++
	g.since(&s, p)
	return &s, ""
}

// awaited is the revision that has to come before an operation, 0 if there is none.
func (g *group) awaited(s *state, p *operation) uint64 {
	if p.pin == 0 || s.pinned >= p.before {
		return 0
	}
	return g.pins[s.pinned].pin
}

// open notes what an operation of unknown outcome may do. strangers: somebody may go on with a hold that nobody named.
func open(c *cell, p *operation, strangers bool) {
	switch p.Kind {
	case history.KindHold, history.KindWish, history.KindSale:
		c.leaves |= mayBegin
		if p.Kind != history.KindSale {
			c.leaves |= mayLapse
		}
		c.parts, c.unseen = c.loosen(p.asked), p.Wanted
		if strangers { // it may be one of them
			c.leaves |= mayConfirm | mayRetake | mayRelease | mayCancel | mayExtend | mayLapse
			c.loose = append(slices.Clip(c.loose), &operation{taken: p.asked})
			c.parts = c.loosen(p.asked)
		}
	case history.KindConfirm:
		c.leaves |= mayConfirm
		if p.Has(history.FlagRetake) {
			c.leaves |= mayRetake
		}
	case history.KindRelease:
		c.leaves |= mayRelease
	case history.KindExtend:
		c.leaves |= mayExtend
	case history.KindCancel:
		c.leaves |= mayCancel // what it names may be all that is left
		if len(p.taken) > 0 {
			c.loose = append(slices.Clip(c.loose), p)
			c.parts = p.loosen(c.parts)
		}
	case history.KindChange:
		c.loose = append(slices.Clip(c.loose), p)
		c.parts = p.loosen(c.parts)
	}
}

// loosen is a list of places that an answer tells, with all that may have changed at any time.
func (c *cell) loosen(list []part) []part {
	for _, p := range c.loose {
		list = p.loosen(list)
	}
	return list
}

// loosen is a list of places to which an operation may have added some, and of which it may have taken some.
func (p *operation) loosen(list []part) []part {
	list = slices.Clone(list)
	for _, a := range p.asked {
		list = plus(list, part{place: a.place, hi: a.hi})
	}
	for _, t := range p.taken {
		if have := find(list, t.place); have != nil {
			have.lo -= min(have.lo, t.hi)
		}
	}
	return list
}

// happened makes an acknowledged operation.
func (g *group) happened(s *state, p *operation) string {
	switch p.Kind {
	case history.KindHold, history.KindWish, history.KindSale:
		return g.make(s, p)
	case history.KindConfirm:
		return g.confirm(s, p)
	case history.KindRelease:
		return g.release(s, p)
	case history.KindExtend:
		return g.extend(s, p)
	case history.KindChange:
		return g.change(s, p)
	case history.KindCancel:
		return g.cancel(s, p)
	case history.KindReadHold, history.KindReadOrder:
		return g.read(s, p)
	case history.KindReadMap:
		return g.look(s, p, -1)
	case history.KindBlock, history.KindUnblock:
		return g.block(s, p)
	}
	return ""
}

// make makes a hold or sale.
func (g *group) make(s *state, p *operation) string {
	c := s.cells.at(p.cell)
	if c.phases&absent == 0 {
		return "its id is that of another one"
	}
	if p.Wanted == 0 && p.Kind != history.KindWish && len(p.asked) > 0 && !slices.Equal(p.asked, p.given) {
		return "other places were given than were asked for"
	}
	if p.Wanted > 0 && total(p.given) < int64(p.Wanted) {
		return fmt.Sprintf("%d seats were wished for and fewer given", p.Wanted)
	}
	if why := g.acquire(s, p.cell, p.given, total(p.given)); why != "" {
		return why
	}
	next := *c
	next.phases, next.parts, next.unseen, next.deadline, next.reference = held, c.loosen(p.given), 0, p.deadline, p.Reference
	if p.Kind == history.KindSale {
		next.phases = confirmed
	}
	g.put(s, p.cell, &next)
	return ""
}

// confirm makes a hold an order.
func (g *group) confirm(s *state, p *operation) string {
	c := s.cells.at(p.cell)
	if p.Has(history.FlagRepeated) {
		if c.reference != 0 && p.Reference != 0 && c.reference != p.Reference {
			return "it was confirmed with another reference"
		}
		return g.expect(s, p, confirmed|cancelled)
	}
	from := held
	if p.Has(history.FlagRetake) {
		from |= lapsed
	}
	if c.phases&from == 0 {
		return "the hold is " + c.phases.String()
	}
	if why := c.differs(p.given); why != "" {
		return why
	}
	next := *c
	next.give(p.given)
	buyers := int64(0)
	if c.phases&held == 0 {
		for _, p := range next.parts {
			buyers += int64(p.lo)
		}
	}
	if why := g.acquire(s, p.cell, next.parts, buyers); why != "" {
		return why
	}
	next.phases, next.deadline, next.reference = confirmed, forever, p.Reference
	g.put(s, p.cell, &next)
	return ""
}

// release gives a hold back, or finds that it has ended.
func (g *group) release(s *state, p *operation) string {
	c := s.cells.at(p.cell)
	if c.phases&(held|released|lapsed) == 0 {
		return "the hold is " + c.phases.String()
	}
	next := *c
	next.phases &= released | lapsed
	if c.phases&held != 0 {
		next.phases |= released
	}
	g.put(s, p.cell, &next)
	return ""
}

func (g *group) extend(s *state, p *operation) string {
	if why := g.expect(s, p, held); why != "" {
		return why
	}
	next := *s.cells.at(p.cell)
	next.phases, next.deadline = held, p.deadline
	g.put(s, p.cell, &next)
	return ""
}

func (g *group) change(s *state, p *operation) string {
	c := s.cells.at(p.cell)
	if c.phases&held == 0 || c.leaves&vague != 0 {
		return g.expect(s, p, held)
	}
	want, added := slices.Clone(c.parts), int64(0)
	for _, t := range p.taken {
		have := find(want, t.place)
		if have == nil || have.hi < t.hi {
			return g.label(t.place) + " is not in the hold"
		}
		have.lo, have.hi = have.lo-min(have.lo, t.hi), have.hi-t.hi
		added -= int64(t.hi)
	}
	want = slices.DeleteFunc(want, func(p part) bool { return p.hi == 0 })
	for _, a := range p.asked {
		want = plus(want, a)
		added += int64(a.hi)
	}
	next := *c
	next.phases, next.parts = held, want
	if why := next.differs(p.given); why != "" {
		return why
	}
	next.give(p.given)
	if why := g.acquire(s, p.cell, next.parts, max(0, added)); why != "" {
		return why
	}
	g.put(s, p.cell, &next)
	return ""
}

func (g *group) cancel(s *state, p *operation) string {
	c := s.cells.at(p.cell)
	if len(p.taken) == 0 {
		if c.phases&(confirmed|cancelled) == 0 {
			return "there is no such order: it is " + c.phases.String()
		}
		next := *c
		next.phases = cancelled
		g.put(s, p.cell, &next)
		return ""
	}
	if c.phases&confirmed == 0 || c.leaves&vague != 0 {
		return g.expect(s, p, confirmed)
	}
	next := *c
	next.parts = slices.Clone(c.parts)
	next.phases = confirmed
	for _, t := range p.taken {
		have := find(next.parts, t.place)
		if have == nil || have.hi < t.hi {
			return g.label(t.place) + " is not part of the order"
		}
		have.lo, have.hi = have.lo-min(have.lo, t.hi), have.hi-t.hi
	}
	next.parts = slices.DeleteFunc(next.parts, func(p part) bool { return p.hi == 0 })
	switch {
	case len(next.parts) == 0 || p.State == history.StateCancelled:
		next.phases = cancelled
	case len(p.given) > 0:
		if why := next.differs(p.given); why != "" {
			return why
		}
		next.give(p.given)
	}
	g.put(s, p.cell, &next)
	return ""
}

// give notes the places that an answer tells, if it does.
func (c *cell) give(given []part) {
	if len(given) > 0 && c.leaves&vague == 0 {
		c.parts = c.loosen(given)
	}
}

// read reads a hold or order.
func (g *group) read(s *state, p *operation) string {
	phases := held | confirmed | cancelled
	switch p.State {
	case history.StateHeld:
		phases = held
	case history.StateConfirmed:
		phases = confirmed
	case history.StateCancelled:
		phases = cancelled
	}
	if p.Kind == history.KindReadOrder {
		phases &= confirmed | cancelled
	}
	if why := g.expect(s, p, phases); why != "" {
		return why
	}
	c := s.cells.at(p.cell)
	next := *c
	if phases&owning == phases && len(p.given) > 0 {
		if why := c.differs(p.given); why != "" {
			return why
		}
	}
	if phases == held && p.deadline != forever {
		if c.deadline != p.deadline && c.deadline != forever && c.leaves&mayExtend == 0 {
			return "the deadline is another"
		}
		next.deadline = p.deadline
		g.put(s, p.cell, &next)
	}
	if phases == confirmed && p.Reference != 0 {
		if c.reference != 0 && c.reference != p.Reference && c.leaves&mayConfirm == 0 {
			return "the order has another reference"
		}
	}
	return ""
}

// refused makes an operation that was refused: it looks, and changes nothing.
func (g *group) refused(s *state, p *operation) string {
	switch p.Code {
	case history.CodeHoldExpired:
		return g.expect(s, p, lapsed)
	case history.CodeHoldReleased:
		return g.expect(s, p, released)
	case history.CodeHoldConfirmed:
		return g.expect(s, p, confirmed|cancelled)
	case history.CodeUnknownHold:
		return g.expect(s, p, absent)
	case history.CodeUnknownOrder:
		return g.expect(s, p, absent|held|released|lapsed)
	case history.CodeBuyerLimit:
		return g.limited(s, p)
	}
	switch p.Kind {
	case history.KindHold, history.KindSale:
		return g.look(s, p, -1)
	case history.KindChange:
		if why := g.expect(s, p, held); why != "" {
			return why
		}
		return g.look(s, p, p.cell)
	case history.KindConfirm: // a retake that came too late
		if why := g.expect(s, p, lapsed); why != "" {
			return why
		}
		look := *p
		look.asked = slices.DeleteFunc(slices.Clone(s.cells.at(p.cell).parts), func(p part) bool { return p.lo == 0 })
		return g.look(s, &look, p.cell)
	case history.KindBlock, history.KindUnblock:
		return g.refusedBlock(s, p)
	}
	return ""
}

// expect says what the operation's hold must be at this moment.
func (g *group) expect(s *state, p *operation, phases phase) string {
	was := s.cells.at(p.cell).phases
	if !g.narrow(s, p.cell, phases) {
		return "it is " + was.String()
	}
	return ""
}
