package waitroom

import "github.com/parterre/parterre/actors/waitroom/draw"

// lapseMost bounds the sessions that one Advance ends. The others stay inside a little longer: until the next one, which is due
// at once. A pass of theirs is worth nothing meanwhile.
const lapseMost = 16_384

// Advance does what is due: sessions and calls lapse, the room opens, the next are called. It is cheap where nothing is due:
// it runs with every command of an event that has a room.
func (r *Room) Advance(nowMillis int64, stock Stock) {
	if !r.live {
		return
	}
	r.nowMillis = max(r.nowMillis, nowMillis)
	r.learn(stock)
	r.lapseSessions()
	r.lapseCalls()
	if !r.opened && r.config.Mode <= ModeFIFO && r.nowMillis >= r.config.OpensMillis {
		r.open()
	}
	r.soldOut = r.opened && stock.Free == 0 && stock.Held == 0
	r.pace.fill(r.nowMillis, r.speed())
	r.callNext()
	if phase := r.phaseNow(); phase != r.phase {
		r.phase = phase
		r.revision++
	}
}

func (r *Room) lapseSessions() {
	for range lapseMost {
		first, ok := r.nextLapse()
		if !ok || first.atMillis > r.nowMillis {
			return
		}
		r.end(first.slot)
	}
}

func (r *Room) lapseCalls() {
	for i := range r.lanes[:r.laneCount()] {
		l := &r.lanes[i]
		for l.calls.count() > 0 {
			first := l.calls.cells.at(l.calls.head)
			if first.lapsesMillis > r.nowMillis {
				break
			}
			lapsed := r.lapseCalled(uint8(i), l.lapsed, first.to)
			r.called -= lapsed
			r.pace.freed.count(r.nowMillis, lapsed)
			l.lapsed = first.to
			r.sum -= callElement(uint8(i), first)
			l.calls.pop()
			r.trim(uint8(i))
			r.revision++
		}
	}
}

// open draws, where there is a draw; from then on who joins stands behind.
func (r *Room) open() {
	r.opened = true
	r.pace.openedMillis = r.nowMillis
	for i := range r.lanes {
		if l := &r.lanes[i]; r.lottery && l.given > 0 {
			l.drawn = l.given
			l.order = draw.New(&r.seed, uint8(i), l.drawn)
		}
	}
	r.revision++
}

// callNext calls as many as there are places for, the rate has credit for, and the stock will do for.
func (r *Room) callNext() {
	if r.phaseNow() != PhaseSelling {
		return
	}
	n := r.freePlaces()
	if n == 0 || !r.anyWaiting() {
		return
	}
	n = min(n, r.seekersWanted())
	if r.config.AdmitPerMinute > 0 {
		n = min(n, r.pace.ready())
		r.pace.spend(r.call(n))
		return
	}
	r.call(n)
}

// freePlaces is how many more may be inside or called. Where no rate is set, the cluster's pressure narrows the room.
func (r *Room) freePlaces() uint32 {
	most := r.config.MaxInside
	if r.config.AdmitPerMinute == 0 {
		most = max(1, uint32(uint64(most)*uint64(r.pressure())/fullPressure))
	}
	return most - min(most, r.inside+r.called)
}

func (r *Room) anyWaiting() bool {
	for i := range r.lanes[:r.laneCount()] {
		if r.callable(i) > 0 {
			return true
		}
	}
	return false
}

// NextDueMillis is when Advance has something to do though nothing is asked, by the stock that it saw last. It is later than
// the newest time, but for sessions that Advance left over.
func (r *Room) NextDueMillis() (atMillis int64, ok bool) {
	if !r.live {
		return 0, false
	}
	soonest := func(at int64) {
		if !ok || at < atMillis {
			atMillis, ok = at, true
		}
	}
	if first, any := r.nextLapse(); any {
		soonest(first.atMillis)
	}
	for i := range r.lanes[:r.laneCount()] {
		if l := &r.lanes[i]; l.calls.count() > 0 {
			soonest(l.calls.cells.at(l.calls.head).lapsesMillis)
		}
	}
	if !r.opened && r.config.Mode <= ModeFIFO { // also while it is closed: what was drawn must not wait for somebody to ask
		soonest(r.config.OpensMillis)
	}
	switch r.phase {
	case PhaseBefore:
		soonest(r.config.PreQueueOpensMillis)
	case PhaseSelling:
		if r.config.AdmitPerMinute > 0 && r.freePlaces() > 0 && r.seekersWanted() > 0 && r.anyWaiting() {
			soonest(r.pace.nextMillis(r.speed()))
		}
	}
	return atMillis, ok
}
