package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
)

// batchMost is the most operations in one batch.
const batchMost = 12

// batcher asks for many operations with one request.
type batcher struct {
	*shopper
	conn *wire.Conn
	at   int
}

func newBatcher(l *load, i int) *batcher {
	at := i % len(l.endpoints)
	return &batcher{
		shopper: l.newShopper("b", i), at: at,
		conn: wire.New(l.endpoints[at], wire.Options{Timeout: requestTimeouts[1+i/len(l.endpoints)%2]}),
	}
}

// restsABatch is how many of a shopper's rests lie between two batches.
const restsABatch = 3

func (w *batcher) pause(ctx context.Context) bool {
	for range restsABatch {
		if !w.rest(ctx) {
			return false
		}
	}
	return true
}

func (w *batcher) run(ctx context.Context) {
	defer w.conn.Close()
	stop := context.AfterFunc(ctx, w.conn.Interrupt)
	defer stop()
	for w.pause(ctx) {
		calls := make([]*call, 1+w.random.IntN(batchMost))
		for i := range calls {
			calls[i] = w.next(true)
		}
		w.decide(ctx, calls)
		for _, c := range calls {
			w.over(c)
		}
	}
}

// decide asks until all are decided; what is not is asked again, together.
func (w *batcher) decide(ctx context.Context, open []*call) {
	until := time.Now().Add(patience)
	for {
		open = w.attempt(open)
		if len(open) == 0 || time.Now().After(until) || !sleep(ctx, 30*time.Millisecond) {
			return
		}
	}
}

// attempt asks once, and returns what is still open.
func (w *batcher) attempt(calls []*call) (open []*call) {
	body := struct {
		Operations []operation `json:"operations"`
	}{}
	for _, c := range calls {
		body.Operations = append(body.Operations, c.operation())
		c.op.Node = uint32(w.at + 1)
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Errorf("chaos: a batch that cannot be written: %w", err)) // of our own making
	}
	answer, err := w.conn.Do(&wire.Request{Method: wire.Post, Path: []byte("/v1/batch"), Body: text})
	if err == nil && answer.Status == 200 {
		return w.results(calls, answer.Body)
	}
	for _, c := range calls {
		switch {
		case errors.Is(err, wire.ErrNotSent):
			c.op.NotSent(w.log.Now())
		case err != nil:
			c.op.Broke(w.log.Now())
		case answer.Status < 500 && answer.Status != 429:
			w.load.problem("a batch was answered with %d: %s", answer.Status, answer.Body)
			c.op.Broke(w.log.Now())
		default:
			c.op.Answered(answer.Status, codeOf(answer.Body), w.log.Now())
		}
	}
	w.move()
	return calls
}

// codeOf reads a problem's code.
func codeOf(body []byte) history.Code {
	var p struct{ Code string }
	if json.Unmarshal(body, &p) != nil {
		return history.CodeOther
	}
	return history.CodeOf(p.Code)
}

func (w *batcher) results(calls []*call, body []byte) (open []*call) {
	var answer struct {
		Results []struct {
			Status   int
			Revision uint64
			Body     json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Results) != len(calls) {
		w.load.problem("the answer to a batch of %d cannot be read: %v: %s", len(calls), err, body)
		for _, c := range calls {
			c.op.Broke(w.log.Now())
		}
		return nil
	}
	for i, r := range answer.Results {
		if string(r.Body) == "null" {
			r.Body = nil
		}
		if !w.answered(calls[i], r.Status, r.Body, r.Revision) {
			open = append(open, calls[i])
		}
	}
	return open
}

func (w *batcher) move() {
	w.at = (w.at + 1) % len(w.load.endpoints)
	w.conn.Move(w.load.endpoints[w.at])
}
