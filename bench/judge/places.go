package judge

import (
	"fmt"

	"github.com/parterre/parterre/bench/history"
)

// differs compares the places of a hold with those that an answer gives.
func (c *cell) differs(given []part) string {
	if len(given) == 0 || c.leaves&vague != 0 {
		return ""
	}
	for _, p := range given {
		if have := find(c.parts, p.place); have == nil || p.hi < have.lo || p.hi > have.hi {
			return "it has other places than the answer gives"
		}
	}
	for _, have := range c.parts {
		if have.lo > 0 && find(given, have.place) == nil {
			return "it has places that the answer does not give"
		}
	}
	return ""
}

// acquire sees to it that nobody else has what a hold takes or has, and that it is within the limits: buyers is by how many
// places the buyer has more afterwards.
func (g *group) acquire(s *state, number int32, parts []part, buyers int64) string {
	if buyer := g.buyers[number]; buyer >= 0 && buyers > 0 {
		k := s.stocks.at(buyer)
		if k.lo+buyers > int64(g.c.event.MaxPlacesPerBuyer) {
			return fmt.Sprintf("the buyer has %d places already, and may have %d", k.lo, g.c.event.MaxPlacesPerBuyer)
		}
	}
	for _, p := range parts {
		if g.isArea(p.place) {
			k := s.stocks.at(p.place)
			mine := g.hasOf(s, number, p.place)
			if k.lo-mine+int64(p.lo) > g.rooms[p.place] {
				return fmt.Sprintf("%d of the %d places of %s are surely taken", k.lo-mine, g.rooms[p.place], g.label(p.place))
			}
			continue
		}
		if p.lo == 0 {
			continue
		}
		if why := g.free(s, p.place, number); why != "" {
			return why
		}
	}
	return ""
}

// hasOf is how many of a place a cell surely has.
func (g *group) hasOf(s *state, number, place int32) int64 {
	c := s.cells.at(number)
	if p := find(c.parts, place); p != nil {
		lo, _ := c.has(*p)
		return lo
	}
	return 0
}

// free says that a seat or table is nobody's at this moment, but maybe one hold's.
func (g *group) free(s *state, place, but int32) string {
	k := s.stocks.at(place)
	for _, owner := range k.owners {
		if owner == but {
			continue
		}
		if p := find(s.cells.at(owner).parts, place); p == nil || p.lo == 0 {
			continue // it may have another place instead
		}
		if !g.narrow(s, owner, empty) {
			return fmt.Sprintf("%s is %s's", g.label(place), g.name(owner))
		}
	}
	return ""
}

// taken says that a seat or table is somebody's at this moment, and not one hold's.
func (g *group) taken(s *state, place, but int32, excused bool) string {
	k := s.stocks.at(place)
	possible, last := 0, int32(-1)
	for _, owner := range k.owners {
		if owner != but {
			possible, last = possible+1, owner
		}
	}
	switch {
	case excused:
	case possible == 0:
		return fmt.Sprintf("%s is nobody's", g.label(place))
	case possible == 1:
		g.narrow(s, last, owning)
	}
	return ""
}

// look is a refusal for want of places, or a read of the map: what the answer names is taken, what it does not name is free.
func (g *group) look(s *state, p *operation, but int32) string {
	if p.Code == history.CodeNotEnoughSeats {
		return g.lookAtAreas(s, p, but)
	}
	if !p.names && p.Outcome == history.Refused {
		return g.anyTaken(s, p, but)
	}
	for _, a := range p.asked {
		if g.isArea(a.place) || find(p.given, a.place) != nil {
			continue
		}
		if why := g.free(s, a.place, but); why != "" {
			return why + ", and the answer did not say so"
		}
	}
	for _, t := range p.given {
		if g.isArea(t.place) {
			continue
		}
		if why := g.taken(s, t.place, but, p.excused); why != "" {
			return why
		}
	}
	return ""
}

// anyTaken is a refusal that does not say which of the seats are taken.
func (g *group) anyTaken(s *state, p *operation, but int32) string {
	if p.excused {
		return ""
	}
	for _, a := range p.asked {
		k := s.stocks.at(a.place)
		if len(k.owners) > 1 || len(k.owners) == 1 && k.owners[0] != but {
			return ""
		}
	}
	return "all that it asked for is free"
}

// lookAtAreas is a refusal that names areas, or none of several.
func (g *group) lookAtAreas(s *state, p *operation, but int32) string {
	short := false
	for _, a := range p.asked {
		k := s.stocks.at(a.place)
		if !g.isArea(a.place) {
			if why := g.free(s, a.place, but); why != "" && p.names {
				return why + ", and the answer did not say so"
			}
			continue
		}
		room, named := g.rooms[a.place], find(p.given, a.place) != nil
		switch {
		case p.names && !named && k.lo+int64(a.hi) > room:
			return fmt.Sprintf("%s has too few places left, and the answer did not say so", g.label(a.place))
		case named && k.hi+int64(a.hi) <= room:
			return fmt.Sprintf("%s has %d places left", g.label(a.place), room-k.hi)
		case k.hi+int64(a.hi) > room:
			short = true
		}
	}
	if !short && !p.names {
		return "there are places enough"
	}
	return ""
}

// limited is a refusal for the buyer's sake.
func (g *group) limited(s *state, p *operation) string {
	if p.buyer < 0 {
		return ""
	}
	wants := total(p.asked) + int64(p.Wanted) - total(p.taken)
	if p.Kind == history.KindConfirm {
		wants = total(s.cells.at(p.cell).parts)
	}
	if k := s.stocks.at(p.buyer); k.hi+wants <= int64(g.c.event.MaxPlacesPerBuyer) {
		return fmt.Sprintf("the buyer has at most %d places, and may have %d", k.hi, g.c.event.MaxPlacesPerBuyer)
	}
	return ""
}

// block takes places off sale or puts them back.
func (g *group) block(s *state, p *operation) string {
	for _, a := range p.asked {
		number := g.blocks[a.place]
		next := *s.cells.at(number)
		if !g.isArea(a.place) {
			if why := g.free(s, a.place, number); why != "" {
				return why
			}
			next.phases = held
			if p.Kind == history.KindUnblock {
				next.phases = released
			}
			g.put(s, number, &next)
			continue
		}
		have := next.parts[0]
		if p.Kind == history.KindUnblock {
			if have.hi < a.hi {
				return fmt.Sprintf("at most %d places of %s are blocked", have.hi, g.label(a.place))
			}
			have.lo, have.hi = have.lo-min(have.lo, a.hi), have.hi-a.hi
		} else {
			if k := s.stocks.at(a.place); k.lo+int64(a.hi) > g.rooms[a.place] {
				return fmt.Sprintf("%d of the %d places of %s are surely taken", k.lo, g.rooms[a.place], g.label(a.place))
			}
			have.lo, have.hi = have.lo+a.hi, have.hi+a.hi
		}
		next.parts = []part{have}
		g.put(s, number, &next)
	}
	return ""
}

// openBlock lets a block of unknown outcome be made or undone at any time from now on.
func (g *group) openBlock(s *state, p *operation) {
	for _, a := range p.asked {
		number := g.blocks[a.place]
		next := *s.cells.at(number)
		if !g.isArea(a.place) {
			next.leaves |= mayBlock
		} else if have := next.parts[0]; p.Kind == history.KindBlock {
			have.hi += a.hi
			next.parts = []part{have}
		} else {
			have.lo -= min(have.lo, a.hi)
			next.parts = []part{have}
		}
		g.put(s, number, &next)
	}
}

// refusedBlock is a block that was refused for somebody's sake.
func (g *group) refusedBlock(s *state, p *operation) string {
	for _, t := range p.given {
		if g.isArea(t.place) {
			continue
		}
		number, ok := g.blocks[t.place]
		if !ok {
			number = -1
		}
		if why := g.taken(s, t.place, number, p.excused); why != "" {
			return why
		}
	}
	return ""
}
