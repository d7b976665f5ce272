package waitroom

// The state hash is a sum of element hashes, one for each session, each word of fates that is not zero, and each call; a change
// subtracts what was and adds what is. Hash folds the sum with the scalars. What follows from the rest (counts, indexes, the
// heap, the draw's order, the revision of views) is left out: Verify compares it.

// Seeds tell the kinds of elements apart. Never renumber: replicas of different builds compare hashes.
const (
	seedSession = iota + 1
	seedFates
	seedCall
	seedSettings
	seedRoom
)

func fateElement(lane uint8, at, word uint64) uint64 {
	if word == 0 {
		return 0
	}
	return finish(fold(fold(seedFates|uint64(lane)<<8, at), word))
}

func callElement(lane uint8, c *call) uint64 {
	return finish(fold(fold(seedCall|uint64(lane)<<8, c.to), uint64(c.lapsesMillis)))
}

func (s *session) element() uint64 {
	x := fold(fold(fold(seedSession|uint64(s.lane)<<8, s.serial), s.number), s.place)
	x = fold(fold(x, s.buyer), s.hold)
	return finish(fold(fold(fold(x, uint64(s.enteredMillis)), uint64(s.idleMillis)), uint64(s.endsMillis)))
}

// sum is the hash of the settings without their texts' equality being proved.
func (c *Config) sum() uint64 {
	x := fold(fold(seedSettings|uint64(c.Mode)<<8, uint64(c.PreQueueOpensMillis)), uint64(c.OpensMillis))
	for _, v := range c.words() {
		x = fold(x, uint64(*v))
	}
	x = fold(x, uint64(len(c.Lanes)))
	for _, lane := range c.Lanes {
		x = fold(foldText(x, lane.Key), uint64(lane.Share))
	}
	return foldText(x, c.ShopURL)
}

func (r *Room) sumSettings() uint64 {
	x := foldBytes(r.config.sum(), r.seed[:])
	for i := range r.ring {
		k := &r.ring[i]
		x = fold(fold(fold(x, uint64(k.Number)), uint64(k.MadeMillis)), uint64(k.RetiredMillis))
		x = foldBytes(x, k.Secret[:])
	}
	x = fold(fold(x, uint64(len(r.ring))), uint64(r.ringNumber))
	for i := range r.admits {
		x = foldBytes(x, r.admits[i][:])
	}
	return fold(fold(x, uint64(len(r.admits))), uint64(r.lifeMillis))
}

// Hash is the state hash: the same state, the same hash, on every replica.
func (r *Room) Hash() uint64 { return r.hash(r.sum, r.configSum) }

// Rehash computes Hash from scratch.
func (r *Room) Rehash() uint64 {
	var sum uint64
	for slot := range uint64(r.slots) {
		if s := r.sessions.at(slot); s.serial != 0 {
			sum += s.element()
		}
	}
	for i := range r.lanes {
		l := &r.lanes[i]
		for at := l.fates.words.base; at < l.fates.words.end(); at++ {
			sum += fateElement(uint8(i), at, *l.fates.words.at(at))
		}
		for n := l.calls.head; n < l.calls.tail; n++ {
			sum += callElement(uint8(i), l.calls.cells.at(n))
		}
	}
	return r.hash(sum, r.sumSettings())
}

func (r *Room) hash(sum, settings uint64) uint64 {
	x := fold(fold(fold(seedRoom|r.flags()<<8|uint64(r.phase)<<16, sum), settings), uint64(r.nowMillis))
	x = fold(fold(x, r.serial), uint64(r.turn.lane)|uint64(r.turn.left)<<8)
	for i := range r.lanes[:r.laneCount()] {
		l := &r.lanes[i]
		x = fold(fold(fold(x, l.given), l.drawn), l.frontier)
		x = fold(fold(x, l.lapsed), l.fates.floor())
	}
	x = fold(fold(x, r.pace.credit), uint64(r.pace.atMillis))
	x = fold(fold(x, uint64(r.pace.pressure)), uint64(r.pace.openedMillis))
	x = r.pace.freed.fold(r.pace.calls.fold(x))
	t := &r.trade
	x = fold(fold(x, uint64(t.stock.Free)|uint64(t.stock.Held)<<32), uint64(t.stock.Sold))
	x = fold(fold(x, uint64(t.orders)|uint64(t.places)<<32), uint64(t.lapsed))
	return finish(fold(x, r.revision))
}

func (c *recent) fold(x uint64) uint64 {
	x = fold(x, c.newest)
	for _, n := range c.counts {
		x = fold(x, uint64(n))
	}
	return x
}

const flagCount = 7

func (r *Room) flags() uint64 {
	return bit(r.live) | bit(r.lottery)<<1 | bit(r.opened)<<2 | bit(r.paused)<<3 | bit(r.closed)<<4 | bit(r.soldOut)<<5 |
		bit(r.trade.known)<<6
}

func (r *Room) setFlags(flags uint64) {
	for i, flag := range []*bool{&r.live, &r.lottery, &r.opened, &r.paused, &r.closed, &r.soldOut, &r.trade.known} {
		*flag = flags>>i&1 == 1
	}
}
