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

// leave ends the stay of a place, or of some of an area's.
func (s *settler) leave(p history.Place, a *act) {
	for i := 0; i < len(s.stays) && p.Quantity > 0; i++ {
		y := &s.stays[i]
		if y.number != p.Number || y.left {
			continue
		}
		if y.quantity > p.Quantity {
			rest := *y
			rest.quantity -= p.Quantity
			s.stays = append(s.stays, rest)
			y = &s.stays[i]
			y.quantity = p.Quantity
		}
		p.Quantity -= y.quantity
		y.sureTo = min(y.sureTo, a.called)
		if a.outcome == history.Unknown {
			y.lastRev = min(y.lastRev, max(y.firstRev, 1)) // it may be gone at any revision after
			continue
		}
		y.left = true
		y.possTo = a.returned
		if a.revision > 0 {
			y.lastRev = min(y.lastRev, a.revision-1)
		} else {
			y.lastRev = y.firstRev
		}
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
