package chaos

import (
	"context"
	"errors"
	"time"

	"github.com/parterre/parterre/bench/wire"
)

// How a shopper asks.
const (
	patience         = 12 * time.Second // for a decision; then the outcome stays as it is
	impatientPercent = 3                // of calls are given up after their first attempt, as by a page that is closed
	repeatPercent    = 4                // of decided writes are made again with the same key
	longestPause     = 300 * time.Millisecond
)

// requestTimeouts are how long a connection waits for an answer; workers differ.
var requestTimeouts = []time.Duration{800 * time.Millisecond, 2 * time.Second, 5 * time.Second}

// single asks one request at a time.
type single struct {
	*shopper
	conn *wire.Conn
	at   int // number of the node
}

func newSingle(l *load, i int) *single {
	at := i % len(l.endpoints)
	return &single{
		shopper: l.newShopper("s", i), at: at,
		conn: wire.New(l.endpoints[at], wire.Options{Timeout: requestTimeouts[i/len(l.endpoints)%len(requestTimeouts)]}),
	}
}

func (w *single) run(ctx context.Context) {
	defer w.conn.Close()
	stop := context.AfterFunc(ctx, w.conn.Interrupt)
	defer stop()
	for w.rest(ctx) {
		c := w.next(false)
		w.decide(ctx, c)
		w.over(c)
		if c.status != 0 && len(c.key) > 0 && w.random.IntN(100) < repeatPercent {
			w.repeat(c)
		}
	}
}

// decide asks until an answer decides, patience ends, or the shopper gives up.
func (w *single) decide(ctx context.Context, c *call) {
	until := time.Now().Add(patience)
	impatient := !w.load.patient && w.random.IntN(100) < impatientPercent
	for {
		if pause, decided := w.attempt(c); decided || impatient || time.Now().After(until) || !sleep(ctx, pause) {
			return
		}
	}
}

// attempt asks once. If that decided nothing, the next attempt is made after a pause, perhaps elsewhere.
func (w *single) attempt(c *call) (pause time.Duration, decided bool) {
	r := c.request()
	c.op.Node = uint32(w.at + 1)
	answer, err := w.conn.Do(&r)
	switch {
	case errors.Is(err, wire.ErrNotSent):
		c.op.NotSent(w.log.Now())
		w.move()
		return 5 * time.Millisecond, false
	case err != nil:
		c.op.Broke(w.log.Now())
		w.move()
		return time.Millisecond, false
	}
	if w.answered(c, answer.Status, answer.Body, answer.Revision) {
		return 0, true
	}
	if w.random.IntN(2) == 0 {
		w.move()
	}
	return min(max(answer.RetryAfter, 20*time.Millisecond), longestPause), false
}

// move goes on with the next node.
func (w *single) move() {
	w.at = (w.at + 1) % len(w.load.endpoints)
	w.conn.Move(w.load.endpoints[w.at])
}

// repeat makes a decided call again, at the next node: the answer must be the first one.
func (w *single) repeat(c *call) {
	w.move()
	r := c.request()
	answer, err := w.conn.Do(&r)
	if err != nil || answer.Status == 429 || answer.Status >= 500 {
		return // not decided again: it says nothing
	}
	w.sameAgain(c, answer.Status, answer.Body)
}
