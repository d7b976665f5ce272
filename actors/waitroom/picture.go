package waitroom

import "github.com/parterre/parterre/actors/waitroom/draw"

// Picture is an immutable picture of a room: cheap to take (page pointers), for any number of readers.
type Picture struct {
	figures Figures
	opened  bool
	narrow  bool   // there is no place for another one: who comes next waits for who leaves
	freed   uint32 // places that came free, a minute
	counted uint64 // calls or, where it is narrow, places that came free: on how many the rate rests
	lines   [MaxLanes]line
}

// line is what a picture knows of a lane's visitors.
type line struct {
	order *draw.Draw
	fates fates
	calls queue[call]
}

// Picture takes a picture. The pages that it shows are copied when the room changes them next.
func (r *Room) Picture() *Picture {
	p := &Picture{opened: r.opened, narrow: r.freePlaces() == 0}
	rate, counted := r.pace.calls.perMinute(r.nowMillis, r.pace.openedMillis)
	p.freed, p.counted = r.pace.freed.perMinute(r.nowMillis, r.pace.openedMillis)
	if !p.narrow {
		p.counted = counted
	}
	f := &p.figures
	*f = Figures{
		Revision: r.revision, Config: r.config, Phase: r.phase, Lanes: r.laneCount(), Inside: r.inside, Called: r.called,
		RatePerMinute: rate, Pressure: r.pressure(), Stock: r.trade.stock,
		SeedHash: draw.SeedHash(&r.seed), Ring: r.ring,
	}
	if r.opened {
		f.Seed = r.seed
	}
	for i := range f.Lanes {
		l := &r.lanes[i]
		f.Given[i], f.Drawn[i], f.Frontier[i], f.Waiting[i] = l.given, l.drawn, l.frontier, l.given-l.frontier
		p.lines[i] = line{order: l.order, fates: fates{l.fates.words.share()}, calls: l.calls.share()}
	}
	return p
}

// Figures are the picture's counters; nobody changes them.
func (p *Picture) Figures() *Figures { return &p.figures }

// Config is the room's settings; nobody changes them.
func (p *Picture) Config() *Config { return &p.figures.Config }

// Revision is the room's at the moment of the picture.
func (p *Picture) Revision() uint64 { return p.figures.Revision }

// Pressure is what the leader told last, in thousandths.
func (p *Picture) Pressure() uint32 { return p.figures.Pressure }

// Status says where a visitor stands. It allocates nothing.
func (p *Picture) Status(lane uint8, number uint64, nowMillis int64) Status {
	f := &p.figures
	s := Status{State: StateUnknown}
	if int(lane) >= f.Lanes || number >= f.Given[lane] {
		s.PollAfterSeconds = pollSoon
		return s
	}
	s.Place = number
	if order := p.lines[lane].order; order != nil {
		s.Place = order.Place(number)
	}
	if s.Place < f.Frontier[lane] {
		p.called(&s, lane, nowMillis)
	} else {
		s.Ahead = s.Place - f.Frontier[lane]
		s.State = p.waiting()
	}
	p.estimate(&s, lane, number, nowMillis)
	return s
}

// waiting is the state of who was not called.
func (p *Picture) waiting() State {
	switch {
	case p.figures.Phase == PhaseOpen:
		return StateOpen
	case p.figures.Phase == PhaseClosed:
		return StateClosed
	case !p.opened:
		return StatePreQueue
	case p.figures.Phase == PhaseSoldOut:
		return StateSoldOut
	}
	return StateWaiting
}

// called is the state of who was called, and until when they may enter.
func (p *Picture) called(s *Status, lane uint8, nowMillis int64) {
	l := &p.lines[lane]
	s.State = StateLapsed
	if s.Place < l.fates.floor() {
		return
	}
	switch l.fates.at(s.Place) {
	case fateInside:
		s.State = StateInside
	case fateLeft:
		s.State = StateLeft
	case fateCalled:
		s.EnterByMillis = lapseOf(&l.calls, s.Place)
		switch {
		case p.figures.Phase == PhaseClosed:
			s.State = StateClosed
		case nowMillis < s.EnterByMillis:
			s.State = StateReady
		}
	}
}

// lapseOf is when the call of a place lapses.
func lapseOf(calls *queue[call], place uint64) int64 {
	from, to := calls.head, calls.tail
	for from < to {
		if middle := from + (to-from)/2; calls.cells.at(middle).to > place {
			to = middle
		} else {
			from = middle + 1
		}
	}
	if from == calls.tail {
		return 0
	}
	return calls.cells.at(from).lapsesMillis
}
