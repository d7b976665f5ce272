package many

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// pause is the time before what was refused for the moment is asked again, or another node is tried.
const pause = 5 * time.Millisecond

// stream keeps the worker's operations under way until there are no more.
func (k *worker) stream(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			k.unfinished()
		}
	}()
	for i := range k.slots {
		k.begin(ctx, &k.slots[i])
	}
	c := conn{timeout: k.work.Timeout}
	for at := k.number; ; at++ {
		err := c.open(k.work.Endpoints[at%len(k.work.Endpoints)], k.work.Msgpack)
		if err == nil {
			err = k.converse(ctx, &c)
		}
		if c.Conn != nil {
			_ = c.Close() // whatever it says, the connection is gone
		}
		if err == nil || errors.Is(err, ErrAnswer) || k.work.Keyless {
			return err
		}
		if k.broke(); k.overdue(ctx) {
			return fmt.Errorf("many: the end of the run came first: %w", err)
		}
		time.Sleep(pause)
	}
}

// overdue says that the run was to end so long ago that what is under way is given up.
func (k *worker) overdue(ctx context.Context) bool {
	if ctx.Err() == nil {
		return false
	}
	if k.end.IsZero() {
		k.end = time.Now()
	}
	return time.Since(k.end) > k.work.Timeout
}

// converse sends what is to be sent, takes the answers that come, and so on, until no operation is left.
func (k *worker) converse(ctx context.Context, c *conn) error {
	coder := coder{msgpack: k.work.Msgpack, keyless: k.work.Keyless, prefix: k.prefix}
	now := time.Now()
	k.unsent, k.later = k.unsent[:0], k.later[:0]
	underWay := 0
	for i := range k.slots {
		if k.slots[i].state != slotEmpty {
			underWay++
			k.unsent = append(k.unsent, i)
		}
	}
	for underWay > 0 {
		b := c.begin()
		for _, i := range k.unsent {
			s := &k.slots[i]
			b = coder.operation(b, s, i)
			if !coder.msgpack {
				b = append(b, '\n')
			}
			k.sending(s, now)
		}
		k.unsent = k.unsent[:0]
		if err := c.send(b); err != nil {
			return err
		}
		if err := c.receive(now); err != nil {
			return err
		}
		k.reads++
		now = time.Now()
		ended, err := k.take(ctx, c, now)
		if err != nil {
			return err
		}
		underWay -= ended
		if underWay > 0 && (c.ended || k.elsewhere) {
			k.elsewhere = false
			return errBroken
		}
		k.retryLater()
	}
	return c.finish()
}

// take takes all answers that have come whole. It returns how many slots have nothing more to do.
func (k *worker) take(ctx context.Context, c *conn, now time.Time) (ended int, err error) {
	at := 0
	var a answer
	for at < len(c.data) {
		n, err := a.next(c.data[at:], k.work.Msgpack)
		if err != nil {
			return ended, err
		}
		if n == 0 {
			break
		}
		at += n
		if a.status == 0 { // it keeps the connection alive
			continue
		}
		if a.id < 0 && again(a.status) {
			return ended, errBroken // the node leaves
		}
		if a.id < 0 || a.id >= len(k.slots) || k.slots[a.id].state != slotSent {
			return ended, fmt.Errorf("%w: nobody asked: id %d, status %d, %q", ErrAnswer, a.id, a.status, a.body)
		}
		s := &k.slots[a.id]
		if err := k.answered(ctx, s, &a, now); err != nil {
			return ended, err
		}
		switch s.state {
		case slotEmpty:
			ended++
		case slotUnsent:
			k.unsent = append(k.unsent, a.id)
		case slotLater:
			k.later = append(k.later, a.id)
		}
	}
	c.data = c.data[:copy(c.data, c.data[at:])]
	return ended, nil
}

// next reads the answer at the beginning of b and returns its length, 0 if it has not come whole.
func (a *answer) next(b []byte, msgpack bool) (int, error) {
	*a = answer{id: -1}
	if msgpack {
		if b[0] == 0xc0 {
			return 1, nil
		}
		return a.readMsgpack(b)
	}
	n := bytes.IndexByte(b, '\n')
	if n <= 0 {
		return n + 1, nil // an empty line, or a part
	}
	if !a.readJSON(b[:n]) {
		return 0, fmt.Errorf("%w: %q", ErrAnswer, b[:n])
	}
	return n + 1, nil
}

// retryLater pauses if something was refused for the moment, and makes it ready to be sent again.
func (k *worker) retryLater() {
	if len(k.later) == 0 {
		return
	}
	time.Sleep(pause)
	k.unsent = append(k.unsent, k.later...)
	k.later = k.later[:0]
}
