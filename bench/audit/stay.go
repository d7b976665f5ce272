package audit

import "github.com/parterre/parterre/bench/history"

// stay finds which places the claim had, between which changes and cancellations of single tickets.
func (s *settler) stay(c *claim) {
	s.stays = s.stays[:0]
	for _, p := range s.in(c.places) {
		s.join(p, 0, 0, 0)
	}
	for _, a := range s.acts {
		partly := a.kind == history.KindChange || a.kind == history.KindCancel && a.taken.from != a.taken.to
		if !partly || a.outcome != history.Done && a.outcome != history.Unknown {
			continue
		}
		for _, p := range s.in(a.taken) {
			s.leave(p, a)
		}
		for _, p := range s.in(a.added) {
			if a.outcome == history.Done {
				s.join(p, a.called, a.returned, a.revision)
			} else {
				s.join(p, a.called, forever, 0)
			}
		}
	}
}

func (s *settler) join(p history.Place, called, returned int64, revision uint64) {
	s.stays = append(s.stays, stay{
		number: p.Number, quantity: p.Quantity, possFrom: called, sureFrom: returned, possTo: forever, sureTo: forever,
		firstRev: revision, lastRev: allRevisions,
	})
}

// leave ends the stay of a place, or of some of an area's. A history does not say which tickets of an area were given back: those
// of which an act of unknown outcome may have been come last, since these may be others.
func (s *settler) leave(p history.Place, a *act) {
	for _, doubted := range []bool{false, true} {
		for i := 0; i < len(s.stays) && p.Quantity > 0; i++ {
			if y := &s.stays[i]; y.number == p.Number && !y.left && y.doubted == doubted {
				s.split(i, p.Quantity)
				p.Quantity -= s.stays[i].quantity
				s.stays[i].end(a)
			}
		}
	}
}

// split leaves at most so many places to a stay; the others go on in one of their own.
func (s *settler) split(i int, most uint32) {
	if s.stays[i].quantity <= most {
		return
	}
	rest := s.stays[i]
	rest.quantity -= most
	s.stays[i].quantity = most
	s.stays = append(s.stays, rest)
}

// end lets a stay end by an act that was done, or may have been.
func (y *stay) end(a *act) {
	y.sureTo = min(y.sureTo, a.called)
	if a.outcome == history.Unknown {
		y.doubted = true
		y.lastRev = min(y.lastRev, max(y.firstRev, 1)) // it may be gone at any revision after
		return
	}
	y.left = true
	y.possTo = a.returned
	if a.revision > 0 {
		y.lastRev = min(y.lastRev, a.revision-1)
	} else {
		y.lastRev = y.firstRev
	}
}

// noteOrder notes what an order must show at last.
func (s *settler) noteOrder(c *claim, l *life) {
	if l.order != isOrder {
		return
	}
	for _, a := range s.acts {
		if a.outcome == history.Unknown && (a.kind == history.KindCancel || a.kind == history.KindChange) {
			c.loose = true
		}
	}
	from := uint32(len(s.places))
	for _, y := range s.stays {
		if !y.left && y.sureFrom != forever {
			s.places = append(s.places, history.Place{Number: y.number, Quantity: y.quantity})
		}
	}
	c.left = span{from, uint32(len(s.places))}
	if l.cancelReturned != forever || c.left.from == c.left.to {
		c.order, c.left.to = cancelled, c.left.from
	}
}
