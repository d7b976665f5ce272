package audit

import "github.com/parterre/parterre/httpapi/client"

// bounds are how many places surely and possibly are held or sold.
type bounds struct{ soldLeast, soldMost, heldMost, takenLeast int64 }

// judgePicture compares a node's picture with the tenures at that time.
func (b *eventBook) judgePicture(p *picture) {
	letters := client.Counts{}
	unexplained := 0
	all := bounds{}
	for n, letter := range p.states {
		may := b.boundsOf(uint32(n), p)
		may.soldLeast, may.takenLeast = min(may.soldLeast, 1), min(may.takenLeast, 1) // two owners are told elsewhere
		may.soldMost, may.heldMost = min(may.soldMost, 1), min(may.heldMost, 1)
		all.add(may)
		count(&letters, letter, 1)
		if !b.judgeSlot(uint32(n), letter, may, p) {
			unexplained++
		}
	}
	if allowed := b.straySeats(p.to); unexplained > allowed {
		b.v.broken(b.v.Totals, "%s on %s: %d seats are held or sold that nobody was given, and wishes of unknown outcome explain %d at most",
			b.name(), p.node, unexplained, allowed)
	}
	for i := range p.areas {
		a := &p.areas[i]
		may := b.boundsOf(uint32(b.chart.Slots()+i), p)
		all.add(may)
		b.judgeArea(i, a, may, p)
		letters.Free += a.Free
		letters.Held += a.Held
		letters.Sold += a.Sold
		letters.Blocked += a.Blocked
	}
	b.judgeTotals(p, letters, all)
}

func count(c *client.Counts, letter byte, n int64) {
	switch letter {
	case 'f':
		c.Free += n
	case 'h':
		c.Held += n
	case 's':
		c.Sold += n
	case 'b':
		c.Blocked += n
	}
}

func (a *bounds) add(b bounds) {
	a.soldLeast += b.soldLeast
	a.soldMost += b.soldMost
	a.heldMost += b.heldMost
	a.takenLeast += b.takenLeast
}

// boundsOf are the bounds of one number of the chart while a picture was taken.
func (b *eventBook) boundsOf(number uint32, p *picture) (s bounds) {
	list := b.of(number)
	for i := range list {
		t, q := &list[i], int64(list[i].quantity)
		if t.sure(p.from, p.to) {
			s.takenLeast += q
			if t.order == isOrder {
				s.soldLeast += q
			}
		}
		if !t.possible(p.from, p.to) {
			continue
		}
		if t.order != noOrder {
			s.soldMost += q
		}
		if t.order != isOrder {
			s.heldMost += q
		}
	}
	return s
}

// judgeSlot compares a seat's or table's state with its bounds. False means that nobody was given it, which a wish of
// unknown outcome may explain.
func (b *eventBook) judgeSlot(number uint32, letter byte, may bounds, p *picture) (explained bool) {
	what, rule := "", b.v.Totals
	switch {
	case may.soldLeast > 0 && letter != 's':
		what, rule = "is "+stateWord(letter)+", and was sold to ", b.v.OrdersKept
	case may.takenLeast > 0 && letter != 's' && letter != 'h':
		what, rule = "is "+stateWord(letter)+", and is part of ", b.v.HoldsKept
	case letter == 's' && may.soldMost == 0 && may.takenLeast > 0: // what only may have held it may not have: a wish has it
		what = "is sold, and was only held, by "
	case letter == 'h' && may.heldMost == 0:
		if owner := b.released(number); owner >= 0 && b.straySeats(p.to) == 0 {
			b.v.broken(b.v.ReleasesKept, "%s on %s: %s is held, and was given back by %s", b.name(), p.node, b.chart.Label(number), b.who(owner))
			return true
		}
		return false
	case letter == 's' && may.soldMost == 0:
		return false
	default:
		return true
	}
	b.v.broken(rule, "%s on %s: %s %s%s", b.name(), p.node, b.chart.Label(number), what, b.ownerOf(number, p))
	return true
}

func stateWord(letter byte) string {
	switch letter {
	case 'f':
		return "free"
	case 'h':
		return "held"
	case 's':
		return "sold"
	case 'b':
		return "blocked"
	}
	return "in state " + string(rune(letter))
}

// ownerOf names the claim that may own a place.
func (b *eventBook) ownerOf(number uint32, p *picture) string {
	list := b.of(number)
	for _, surely := range []bool{true, false} {
		for i := range list {
			if t := &list[i]; t.sure(p.from, p.to) || !surely && t.possible(p.from, p.to) {
				return b.who(t.claim)
			}
		}
	}
	return "nobody"
}

// released is the last claim that gave a place back by an acknowledged release, -1 if there is none.
func (b *eventBook) released(number uint32) int32 {
	list := b.of(number)
	for i := len(list) - 1; i >= 0; i-- {
		if b.claims[list[i].claim].ends {
			return list[i].claim
		}
	}
	return -1
}

// straySeats is how many seats wishes of unknown outcome may have.
func (b *eventBook) straySeats(until int64) (n int) {
	for _, s := range b.strays {
		if s.called <= until {
			n += int(s.wanted)
		}
	}
	return n
}

// judgeArea compares an area's counts with its capacity and bounds.
func (b *eventBook) judgeArea(i int, a *client.AreaCounts, may bounds, p *picture) {
	b.v.checked(b.v.Capacity, 1)
	capacity := int64(b.chart.Areas[i].Capacity)
	if a.Held+a.Sold+a.Blocked > capacity || a.Free < 0 {
		b.v.broken(b.v.Capacity, "%s on %s: of %s, %d are held, %d sold and %d blocked, of %d", b.name(), p.node, a.Area, a.Held, a.Sold,
			a.Blocked, capacity)
		return
	}
	switch {
	case a.Sold < may.soldLeast:
		b.v.broken(b.v.OrdersKept, "%s on %s: of %s %d are sold, acknowledged were %d", b.name(), p.node, a.Area, a.Sold, may.soldLeast)
	case a.Sold > may.soldMost:
		b.v.broken(b.v.Totals, "%s on %s: of %s %d are sold, at most %d can be", b.name(), p.node, a.Area, a.Sold, may.soldMost)
	case a.Sold+a.Held < may.takenLeast:
		b.v.broken(b.v.HoldsKept, "%s on %s: of %s %d are held or sold, acknowledged were %d", b.name(), p.node, a.Area, a.Sold+a.Held, may.takenLeast)
	case a.Held > may.heldMost:
		b.v.broken(b.v.Totals, "%s on %s: of %s %d are held, at most %d can be", b.name(), p.node, a.Area, a.Held, may.heldMost)
	}
}

// judgeTotals compares a node's counts with its map, with the chart, and with what was acknowledged.
func (b *eventBook) judgeTotals(p *picture, letters client.Counts, all bounds) {
	b.v.checked(b.v.Totals, b.chart.Places())
	c := p.counts
	if c != letters {
		b.v.broken(b.v.Totals, "%s on %s: its counts say %+v, its map %+v", b.name(), p.node, c, letters)
	}
	if sum := c.Free + c.Held + c.Sold + c.Blocked; sum != int64(b.chart.Places()) {
		b.v.broken(b.v.Totals, "%s on %s: counts %d places, the chart has %d", b.name(), p.node, sum, b.chart.Places())
	}
	stray := int64(b.straySeats(p.to))
	if c.Sold < all.soldLeast || c.Sold > all.soldMost+stray {
		b.v.broken(b.v.Totals, "%s on %s: counts %d sold places, acknowledged were %d, and %d more may be", b.name(), p.node, c.Sold,
			all.soldLeast, all.soldMost+stray-all.soldLeast)
	}
	if c.Held > all.heldMost+stray {
		b.v.broken(b.v.Totals, "%s on %s: counts %d held places, live holds have %d at most", b.name(), p.node, c.Held, all.heldMost+stray)
	}
}
