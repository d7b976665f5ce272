package waitroom

import "github.com/parterre/parterre/actors/waitroom/draw"

// Room is the waiting room of one event. One goroutine uses it.
type Room struct {
	config     Config
	configSum  uint64 // hash of config, seed, ring and admits
	live       bool   // settings were put
	lottery    bool   // who is there before the opening is drawn
	opened     bool
	paused     bool
	closed     bool // by OpClose
	soldOut    bool
	nowMillis  int64
	serial     uint64 // of the newest session
	seed       [32]byte
	ring       []KeyRecord // by age; replaced, never changed
	ringNumber uint32      // of the newest key
	lifeMillis int64       // the longest that a token was ever given
	admits     [][16]byte  // keys of the newest OpAdmit, the oldest first

	lanes  [MaxLanes]lane
	turn   turn
	pace   pace
	trade  trade
	inside uint32
	called uint32 // who may still come

	sessions  paged[session]
	slots     uint32 // ever in use
	freeSlots []uint32
	holding   uint32 // sessions with a hold
	heap      []due
	byNumber  index
	byBuyer   index
	byHold    index

	phase    Phase  // as of the newest change
	revision uint64 // adds one at each change that a picture shows
	sum      uint64 // hash of sessions, fates and calls
}

// lane is one line of visitors.
type lane struct {
	given    uint64     // numbers
	drawn    uint64     // numbers that were in the draw
	frontier uint64     // places below it were called
	lapsed   uint64     // the calls of places below it are over
	order    *draw.Draw // of those drawn; nil before the draw, and where nobody was
	fates    fates
	calls    queue[call]
}

// call is a stretch of places that were called together, from the end of the one before.
type call struct {
	to           uint64
	lapsesMillis int64
}

// New is a room without settings: nobody needs a pass, and nothing but OpPut can be asked of it.
func New() *Room {
	r := &Room{}
	r.blankSessions()
	for i := range r.lanes {
		r.lanes[i].fates = newFates()
		r.lanes[i].calls.cells = paged[call]{shift: callPageShift}
	}
	r.configSum = r.sumSettings()
	return r
}

// Do does one operation at a time of the log, by the event's stock. a may be nil where nobody waits for the answer.
func (r *Room) Do(nowMillis int64, q *Request, stock Stock, a *Answer) {
	if a == nil {
		a = new(Answer)
	}
	*a = Answer{}
	r.Advance(nowMillis, stock)
	switch {
	case q.Op == OpPut:
		r.put(nowMillis, q, a)
	case !r.live:
		a.Code = CodeNoRoom
	default:
		r.operate(q, a)
	}
	r.Advance(nowMillis, stock)
	a.Phase = r.phase
}

func (r *Room) operate(q *Request, a *Answer) {
	switch q.Op {
	case OpJoin:
		r.join(q, a)
	case OpEnter:
		r.enter(q, a)
	case OpLeave:
		r.leave(q, a)
	case OpPause, OpResume:
		r.setPaused(q.Op == OpPause)
	case OpRate:
		r.setRate(q, a)
	case OpAdmit:
		r.admit(q, a)
	case OpClose:
		r.close()
	case OpRotate:
		r.rotate(q, a)
	case OpTick:
		r.setPressure(q.Pressure)
	default:
		a.Code = CodeInvalid
		a.Field, a.Reason = "op", "is unknown"
	}
}

// Revision adds one at each change that a picture shows.
func (r *Room) Revision() uint64 { return r.revision }

// laneCount is the lanes in use, the public one included.
func (r *Room) laneCount() int { return 1 + len(r.config.Lanes) }

// queues reports whether visitors need a pass to buy.
func (r *Room) queues() bool { return r.live && r.config.Mode != ModeOpen }

// isClosed reports whether nobody joins and nobody is let in.
func (r *Room) isClosed() bool { return r.closed || r.config.Mode == ModeClosed }

// phaseNow is how far the queue is.
func (r *Room) phaseNow() Phase {
	switch {
	case !r.live:
		return 0
	case r.isClosed():
		return PhaseClosed
	case r.config.Mode == ModeOpen:
		return PhaseOpen
	case r.nowMillis < r.config.PreQueueOpensMillis:
		return PhaseBefore
	case !r.opened:
		return PhasePreQueue
	case r.paused:
		return PhasePaused
	case r.soldOut:
		return PhaseSoldOut
	}
	return PhaseSelling
}

// place is where a number stands in the lane's line: its own before the draw.
func (l *lane) place(number uint64) uint64 {
	if l.order != nil {
		return l.order.Place(number)
	}
	return number
}
