package many

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parterre/parterre/bench/wire"
)

// batches sends one batch after the other until there is nothing left to do.
func (k *worker) batches(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			k.unfinished()
		}
	}()
	at := k.number
	c := wire.New(k.work.Endpoints[at%len(k.work.Endpoints)], wire.Options{Timeout: k.work.Timeout, MaxAnswerBytes: 16 << 20})
	defer c.Close()
	b := batcher{worker: k, conn: c, coder: coder{keyless: k.work.Keyless, prefix: k.prefix}}
	for i := range k.slots {
		k.begin(ctx, &k.slots[i])
	}
	for {
		err := b.round(ctx)
		switch {
		case err == nil && b.idle():
			return nil
		case err == nil && !k.elsewhere:
			k.retryLater()
			k.unsent = k.unsent[:0] // rounds look at the slots' states
			continue
		case errors.Is(err, ErrAnswer) || k.work.Keyless:
			return err
		case err != nil:
			k.broke()
		}
		if k.elsewhere, k.later = false, k.later[:0]; k.overdue(ctx) {
			return fmt.Errorf("many: the end of the run came first: %w", errors.Join(err, errBroken))
		}
		at++
		c.Move(k.work.Endpoints[at%len(k.work.Endpoints)])
		time.Sleep(pause)
	}
}

// batcher sends batches on one connection.
type batcher struct {
	*worker
	conn    *wire.Conn
	coder   coder
	request wire.Request
	asked   []int // slots, in the order of the batch
}

var batchPath = []byte("/v1/batch")

// idle says that no slot has anything to do.
func (b *batcher) idle() bool {
	for i := range b.slots {
		if b.slots[i].state != slotEmpty {
			return false
		}
	}
	return true
}

// round sends a batch of holds, or else of confirmations, and takes the answers.
func (b *batcher) round(ctx context.Context) error {
	step := Hold
	for i := range b.slots { // confirmations go first: their parties hold seats
		if s := &b.slots[i]; s.state != slotEmpty && s.step == Confirm {
			step = Confirm
			break
		}
	}
	now := time.Now()
	body := append(b.request.Body[:0], `{"operations":[`...)
	b.asked = b.asked[:0]
	for i := range b.slots {
		s := &b.slots[i]
		if s.state == slotEmpty || s.step != step {
			continue
		}
		if len(b.asked) > 0 {
			body = append(body, ',')
		}
		body = b.coder.operation(body, s, -1)
		b.asked = append(b.asked, i)
		b.sending(s, now)
	}
	b.request = wire.Request{Method: wire.Post, Path: batchPath, Body: append(body, `]}`...)}
	if len(b.asked) == 0 {
		return nil
	}
	a, err := b.conn.Do(&b.request)
	if err != nil {
		return err
	}
	b.reads++
	if a.Status != 200 {
		if again(a.Status) { // refused whole
			return errBroken
		}
		return fmt.Errorf("%w: batch: status %d: %q", ErrAnswer, a.Status, a.Body)
	}
	return b.take(ctx, a.Body, time.Now())
}

// outcomeStart is how every outcome of a batch begins, and nothing else in an answer: problems begin with their type.
var outcomeStart = []byte(`{"status":`)

// take reads {"results":[{"status":201,"body":{…}},…]}.
func (b *batcher) take(ctx context.Context, results []byte, now time.Time) error {
	rest, begins := bytes.CutPrefix(results, []byte(`{"results":[`))
	rest, ends := bytes.CutSuffix(rest, []byte(`]}`))
	if !begins || !ends {
		return fmt.Errorf("%w: batch: %q", ErrAnswer, results)
	}
	var a answer
	for _, i := range b.asked {
		end := len(rest)
		if next := bytes.Index(rest[min(1, len(rest)):], outcomeStart); next >= 0 {
			end = next // 1 + next is where the next one begins, behind a comma
		}
		if !a.readJSON(rest[:end]) {
			return fmt.Errorf("%w: batch: %q", ErrAnswer, rest[:end])
		}
		rest = rest[min(end+1, len(rest)):]
		s := &b.slots[i]
		if err := b.answered(ctx, s, &a, now); err != nil {
			return err
		}
		if s.state == slotLater {
			b.later = append(b.later, i)
		}
	}
	if len(rest) > 0 {
		return fmt.Errorf("%w: more answers than operations: %q", ErrAnswer, rest)
	}
	return nil
}
