package judge

import "slices"

// phase is a set of what a hold may be.
type phase uint8

const (
	absent    phase = 1 << iota // not made (yet)
	held                        // of a block: it stands
	confirmed                   // an order
	released                    // of a block: it does not stand
	lapsed
	cancelled

	owning = held | confirmed
	empty  = absent | released | lapsed | cancelled
)

// leave is a set of what may happen to a hold without anybody having been told: an operation of unknown outcome was called.
type leave uint16

const (
	mayBegin   leave = 1 << iota // the hold or sale itself
	mayConfirm                   //
	mayRetake                    // the confirmation may take the places again
	mayRelease                   //
	mayCancel                    // all of the order
	mayExtend                    // so that the deadline is not known
	mayLapse                     // whatever the deadline
	mayBlock                     // a block may be made and undone at any time
	vague                        // its beginning is not in the history: it may have any of its parts
)

// part is a number of places behind one number of the group: between lo and hi of them, 1 of a seat.
type part struct {
	place  int32
	lo, hi uint32
}

// cell is one hold, order or block: all that it may be, as far as answers tell. It is never changed, only replaced.
type cell struct {
	phases phase
	leaves leave
	// deadline is its newest, in nanoseconds since the run's start; forever = not known.
	deadline int64
	// may and must are the newest deadlines of which it is time that the hold may have lapsed, or must have.
	may, must int64
	reference uint64
	parts     []part
	// loose are changes and cancellations of unknown outcome, which may be made at any time, and so change any answer's places.
	loose []*operation
	// unseen is how many seats a wish of unknown outcome may have, nobody knows which. Only its buyer's limit counts them.
	unseen uint32
}

// stock is a place, or a buyer: who may have how many of it now.
type stock struct {
	owners []int32 // cells that may have any; never changed in place
	lo, hi int64   // how many are surely and possibly had
}

// state is all that a group of operations may have made of its places. It is immutable.
type state struct {
	cells  tree[*cell]
	stocks tree[stock] // of places, then of buyers
	sum    [2]uint64   // hash of all cells

	// What follows from which operations are in order, and so need not be compared:
	depth, pinned int32        // how many are, and how many of them tell a revision
	done          tree[uint64] // a bit for each, in the order of returns
	front         int32        // how many of the first to return are
	may, must     int32        // marks that have passed
}

// equal is only asked about states after the same operations.
func (s *state) equal(o *state) bool { return s.sum == o.sum }

// close adds what a hold may have become by itself, and takes away what it must have ceased to be.
func (c *cell) close(sale bool) {
	p := c.phases
	if p&absent != 0 && c.leaves&mayBegin != 0 {
		if sale {
			p |= confirmed
		} else {
			p |= held
		}
	}
	if p&held != 0 {
		if c.leaves&mayConfirm != 0 {
			p |= confirmed
		}
		if c.leaves&mayRelease != 0 {
			p |= released
		}
		if c.leaves&mayLapse != 0 || c.deadline <= c.may {
			p |= lapsed
		}
		if c.leaves&(mayExtend|mayBegin|mayBlock) == 0 && c.deadline <= c.must {
			p &^= held
		}
	}
	if p&lapsed != 0 && c.leaves&mayRetake != 0 {
		p |= confirmed
	}
	if p&confirmed != 0 && c.leaves&mayCancel != 0 {
		p |= cancelled
	}
	if c.leaves&mayBlock != 0 {
		p |= held | released
	}
	c.phases = p
}

// has is how many of a part the cell surely and possibly has.
func (c *cell) has(p part) (lo, hi int64) {
	if c == nil || c.phases&owning == 0 {
		return 0, 0
	}
	if c.phases&^owning == 0 {
		lo = int64(p.lo)
	}
	return lo, int64(p.hi)
}

// put replaces a cell in the state, and counts what it has.
func (g *group) put(s *state, number int32, next *cell) {
	next.close(g.sales[number])
	old := s.cells.at(number)
	if old != nil {
		g.count(s, number, old, -1)
		xor(&s.sum, old.hash(number))
	}
	g.count(s, number, next, 1)
	xor(&s.sum, next.hash(number))
	s.cells = s.cells.with(number, next)
}

func (g *group) count(s *state, number int32, c *cell, sign int64) {
	lo, hi := c.has(part{hi: c.unseen})
	for _, p := range c.parts {
		l, h := c.has(p)
		if h == 0 {
			continue
		}
		lo, hi = lo+l, hi+h
		s.add(p.place, number, sign*l, sign*h)
	}
	if buyer := g.buyers[number]; buyer >= 0 && hi > 0 {
		s.add(buyer, number, sign*lo, sign*hi)
	}
}

func (s *state) add(at, number int32, lo, hi int64) {
	k := s.stocks.at(at)
	k.lo, k.hi = k.lo+lo, k.hi+hi
	if hi > 0 {
		k.owners = append(slices.Clip(k.owners), number)
	} else {
		i := slices.Index(k.owners, number)
		k.owners = slices.Delete(slices.Clone(k.owners), i, i+1)
	}
	s.stocks = s.stocks.with(at, k)
}

// narrow says that a cell is one of some phases at this moment. It returns false if it cannot be.
func (g *group) narrow(s *state, number int32, to phase) bool {
	c := s.cells.at(number)
	p := c.phases & to
	if p == 0 {
		return false
	}
	if p != c.phases {
		next := *c
		next.phases = p
		g.put(s, number, &next)
	}
	return true
}

func xor(sum *[2]uint64, with [2]uint64) {
	sum[0] ^= with[0]
	sum[1] ^= with[1]
}

// hash is of everything in the cell: 128 bits, so that two states are taken for one with negligible probability.
func (c *cell) hash(number int32) [2]uint64 {
	h := [2]uint64{0x9e3779b97f4a7c15 ^ uint64(number), 0xc2b2ae3d27d4eb4f + uint64(number)}
	h = mix(h, uint64(c.phases)|uint64(c.leaves)<<8)
	h = mix(h, uint64(c.deadline))
	h = mix(h, uint64(c.may))
	h = mix(h, uint64(c.must))
	h = mix(h, c.reference)
	h = mix(h, uint64(c.unseen))
	for _, p := range c.parts {
		h = mix(h, uint64(p.place))
		h = mix(h, uint64(p.lo)|uint64(p.hi)<<32)
	}
	return h
}

func mix(h [2]uint64, v uint64) [2]uint64 {
	return [2]uint64{scramble(h[0] ^ v), scramble(h[1] + v*0xff51afd7ed558ccd)}
}

// scramble is the finalizer of splitmix64.
func scramble(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
