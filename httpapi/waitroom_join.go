package httpapi

import (
	"context"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/actors/waitroom/pass"
)

// maxRecentJoins is how many joins that came with a key this node remembers; a repeated one is then the same join.
const maxRecentJoins = 65_536

// joiners are those who join rooms at this node. Numbers are given by the log, in blocks: while a block of a room's lane is
// under way, who comes gathers for the next, so that a rush of any size costs the log a few entries a second.
//
// mu is a leaf. A join's result is written before its done is closed, and never after.
type joiners struct {
	mu     sync.Mutex
	lines  map[lineKey]*joinLine
	recent map[seatmap.Key]*join
	order  []seatmap.Key // of recent, the oldest at next
	next   int
}

type lineKey struct {
	event string
	lane  uint8
}

// joinLine is those who gather for the next block of one lane.
type joinLine struct{ waiting []*join }

// join is one visitor's wish for a number.
type join struct {
	line  lineKey
	buyer uint64
	done  chan struct{}

	number uint64
	millis int64 // log time
	wrong  *problem
}

// enter gathers a join. A key that was heard before gives the join of then, if it is the same one.
func (a *api) enterLine(j *join, key seatmap.Key, keyed bool) (*join, *problem) {
	l := &a.joiners
	l.mu.Lock()
	defer l.mu.Unlock()
	if keyed {
		if known := l.recent[key]; known != nil {
			if known.line != j.line || known.buyer != j.buyer {
				return nil, &problem{code: seatmap.CodeIdempotencyMismatch.String()}
			}
			return known, nil
		}
		l.remember(key, j)
	}
	line := l.lines[j.line]
	if line == nil {
		line = &joinLine{}
		if l.lines == nil {
			l.lines = map[lineKey]*joinLine{}
		}
		l.lines[j.line] = line
		go a.giveNumbers(j.line, line)
	}
	line.waiting = append(line.waiting, j) // at most Limits.RoomJoins: each is a request in that lane
	return j, nil
}

// remember keeps a join by its key, and forgets the oldest. The caller has mu.
func (l *joiners) remember(key seatmap.Key, j *join) {
	if l.recent == nil {
		l.recent = map[seatmap.Key]*join{}
	}
	if len(l.order) < maxRecentJoins {
		l.order = append(l.order, key)
	} else {
		delete(l.recent, l.order[l.next])
		l.order[l.next] = key
		l.next = (l.next + 1) % maxRecentJoins
	}
	l.recent[key] = j
}

// forget lets a join that got no number be tried again under its key.
func (l *joiners) forget(joins []*join) {
	l.mu.Lock()
	defer l.mu.Unlock()
	failed := make(map[*join]bool, len(joins))
	for _, j := range joins {
		failed[j] = true
	}
	for key, j := range l.recent {
		if failed[j] {
			delete(l.recent, key)
		}
	}
}

// giveNumbers reserves block after block until nobody waits.
func (a *api) giveNumbers(key lineKey, line *joinLine) {
	l := &a.joiners
	for {
		l.mu.Lock()
		n := min(len(line.waiting), waitroom.MaxJoin)
		if n == 0 {
			delete(l.lines, key)
			l.mu.Unlock()
			return
		}
		block := line.waiting[:n:n]
		line.waiting = line.waiting[n:]
		l.mu.Unlock()
		a.giveBlock(key, block)
	}
}

// giveBlock has the log give a block of numbers, the first to who came first.
func (a *api) giveBlock(key lineKey, block []*join) {
	// Of none of the requests: the others' wishes do not end with one of them.
	ctx, cancel := context.WithTimeout(context.Background(), a.limits.RequestTimeout)
	defer cancel()
	result, err := a.submitRoom(ctx, key.event, &waitroom.Request{Op: waitroom.OpJoin, Lane: key.lane, Count: uint32(len(block))}, callKey{})
	wrong := a.problemOfResult(result, err)
	if wrong != nil {
		a.joiners.forget(block)
	}
	for i, j := range block {
		if j.wrong = wrong; wrong == nil {
			j.number, j.millis = result.Room.First+uint64(i), result.NowMillis
		}
		close(j.done)
	}
}

// postVisitor is POST /v1/events/{event}/room/visitors.
func (a *api) postVisitor(c *gin.Context) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	var body joining
	if !a.body(c, a.limits.BodyBytes, true, func(d *decoder) { decodeJoining(d, &body) }) {
		return
	}
	key, ok := keyOf(c)
	if !ok {
		return
	}
	view, ok := a.roomOf(c, event)
	if !ok {
		return
	}
	j := &join{line: lineKey{event: event}, buyer: pass.BuyerHash(event, body.buyer), done: make(chan struct{})}
	var p *problem
	if j.line.lane, p = a.laneOf(event, view.Figures(), &body); p == nil {
		j, p = a.enterLine(j, digest(event+"\x00"+key.text), key.callers)
	}
	if p == nil {
		p = waitForNumber(c, j)
	}
	if p != nil {
		refuse(c, p)
		return
	}
	a.welcome(c, event, view, j)
}

func waitForNumber(c *gin.Context, j *join) *problem {
	select {
	case <-j.done:
		return j.wrong
	case <-c.Request.Context().Done():
		return &problem{code: codeOutcomeUnknown}
	}
}

// laneOf is the lane that somebody wishes to join. Another than the public one takes an invitation.
func (a *api) laneOf(event string, room *waitroom.Figures, j *joining) (uint8, *problem) {
	lane, ok := uint8(0), j.lane == "" || j.lane == publicLane
	for i := range room.Config.Lanes {
		if room.Config.Lanes[i].Key == j.lane {
			lane, ok = uint8(i+1), true
		}
	}
	switch {
	case !ok:
		return 0, invalid("lane", "is not a lane of this room")
	case j.invitation == "" && lane == 0:
		return 0, nil
	case j.invitation == "":
		return 0, &problem{code: codeInvitationRequired}
	}
	p, wrong := a.checkPaper(j.invitation, pass.KindInvitation, event, room.Ring)
	switch {
	case wrong != nil:
		return 0, wrong
	case p.Belongs(pass.BuyerHash(event, j.buyer)) != nil:
		return 0, problemOfPaper(pass.KindInvitation, pass.ErrBorrowed)
	case j.lane == "":
		return p.Lane, nil // the invitation says it
	case p.Lane != lane:
		return 0, problemOfPaper(pass.KindInvitation, pass.ErrKind)
	}
	return lane, nil
}

// welcome gives who joined a token.
func (a *api) welcome(c *gin.Context, event string, view *actors.RoomView, j *join) {
	paper := pass.Paper{
		Kind: pass.KindToken, Lane: j.line.lane, Number: j.number, IssuedMillis: j.millis, LifeSeconds: view.Figures().Config.TokenLifeSeconds, Buyer: j.buyer,
	}
	token, p := signPaper(&paper, event, view.Figures().Ring)
	if p != nil {
		refuse(c, p)
		return
	}
	v := visitor{event: event, view: view, paper: paper}
	answer(c, http.StatusCreated, func(w *writer) { a.encodeVisitor(w, &v, paperText{"token", token}) })
}
