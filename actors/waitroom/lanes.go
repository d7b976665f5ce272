package waitroom

// turn is the lane whose turn it is, and how many more it may call before the next one's: weighted round robin among lanes
// with people waiting, which is deficit round robin (Shreedhar and Varghese, 1995) where everybody weighs the same.
type turn struct {
	lane uint8
	left uint32
}

func (r *Room) share(lane uint8) uint32 {
	share := r.config.PublicShare
	if lane != PublicLane {
		share = r.config.Lanes[lane-1].Share
	}
	return max(share, 1)
}

// callable is how many of a lane wait for their call and can have it.
func (r *Room) callable(lane int) uint64 {
	l := &r.lanes[lane]
	return min(l.given-l.frontier, maxSpan-min(maxSpan, l.frontier-l.fates.floor()))
}

// call calls at most n, in the lanes' turns, and returns how many.
func (r *Room) call(n uint32) (called uint32) {
	for called < n {
		t := &r.turn
		waiting := r.callable(int(t.lane))
		if t.left == 0 || waiting == 0 {
			next, alone, ok := r.nextLane(t.lane)
			if !ok {
				break
			}
			*t = turn{lane: next, left: r.share(next)}
			if alone {
				t.left = max(t.left, n-called)
			}
			continue
		}
		m := uint32(min(uint64(n-called), uint64(t.left), waiting))
		r.callIn(t.lane, m)
		t.left -= m
		called += m
	}
	if r.turn.left > r.share(r.turn.lane) { // it was alone
		r.turn.left = 0
	}
	return called
}

// nextLane is the first lane after the given one, itself last, in which somebody waits.
func (r *Room) nextLane(after uint8) (lane uint8, alone, ok bool) {
	lanes := r.laneCount()
	for step := 1; step <= lanes; step++ {
		i := (int(after) + step) % lanes
		if r.callable(i) == 0 {
			continue
		}
		if ok {
			return lane, false, true
		}
		lane, alone, ok = uint8(i), true, true
	}
	return lane, alone, ok
}

// callIn calls the next m of a lane.
func (r *Room) callIn(lane uint8, m uint32) {
	l := &r.lanes[lane]
	l.frontier += uint64(m)
	l.fates.words.reach((l.frontier + placesPerWord - 1) / placesPerWord)
	c := call{to: l.frontier, lapsesMillis: r.nowMillis + millis(r.config.EnterWithinSeconds)}
	if l.calls.count() > 0 {
		last := l.calls.cells.at(l.calls.tail - 1)
		c.lapsesMillis = max(c.lapsesMillis, last.lapsesMillis)
		if c.lapsesMillis == last.lapsesMillis {
			r.sum += callElement(lane, &c) - callElement(lane, last)
			*l.calls.cells.edit(l.calls.tail - 1) = c
			r.countCalls(m)
			return
		}
	}
	l.calls.push(c)
	r.sum += callElement(lane, &c)
	r.countCalls(m)
}

func (r *Room) countCalls(m uint32) {
	r.called += m
	r.pace.calls.count(r.nowMillis, m)
	r.revision++
}
