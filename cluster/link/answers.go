package link

import (
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// read takes answers until the connection ends.
func (l *lane) read(conn net.Conn) error {
	frames := newFrameReader(conn, &l.reads)
	var decoder command.Decoder
	for {
		body, err := frames.next()
		var h head
		var rest []byte
		if err == nil {
			h, rest, err = parseHead(body)
		}
		if err == nil {
			switch h.kind {
			case typeAnswer:
				decoder.Reset(rest)
				err = l.answered(h, &decoder)
			case typeExchangeAnswer:
				l.replied(h)
			case typePong: // that it came is all it says
			default:
				err = fmt.Errorf("%w: type %d is not an answer", ErrFrame, h.kind)
			}
		}
		if err != nil {
			if errors.Is(err, ErrFrame) {
				l.client.options.Metrics.malformed.Inc()
			}
			return err
		}
	}
}

// answered hands the results of a frame to its batches, in order. An answer to a frame whose batches have all ended is
// nothing to anybody.
func (l *lane) answered(h head, d *command.Decoder) error {
	l.mu.Lock()
	f := l.pending[h.id]
	delete(l.pending, h.id)
	l.mu.Unlock()
	if f == nil {
		return nil
	}
	refusal := h.code.err()
	left, err := h.count, error(nil)
	if h.count > f.commands || h.count < f.commands && refusal == nil {
		err = fmt.Errorf("%w: %d results for %d commands", ErrFrame, h.count, f.commands)
		left = 0
	}
	for _, w := range f.waiting {
		n := min(left, w.commands)
		left -= n
		if err == nil {
			n, err = take(w, n, d)
		}
		if w.batch == nil {
			continue
		}
		w.batch.Decided = n
		switch {
		case n == w.commands:
			l.client.end(w, nil)
		case err != nil:
			w.batch.Decided = 0
			l.client.end(w, fmt.Errorf("%w: %w", raftlog.ErrOutcomeUnknown, err))
		default:
			l.client.end(w, refusal)
		}
	}
	l.mu.Lock()
	l.recycle(f)
	l.mu.Unlock()
	return err
}

// take decodes the next n results into the batch; the results of one that has ended are read over.
func take(w waiting, n int, d *command.Decoder) (int, error) {
	if w.batch == nil {
		var ended command.Result
		for range n {
			if err := d.Result(&ended); err != nil {
				return 0, fmt.Errorf("%w: %w", ErrFrame, err)
			}
		}
		return n, nil
	}
	b := w.batch
	b.Results = slices.Grow(b.Results[:0], w.commands)[:w.commands]
	for i := range n {
		if err := d.Result(&b.Results[i]); err != nil {
			return 0, fmt.Errorf("%w: %w", ErrFrame, err)
		}
	}
	return n, nil
}

// replied hands an exchange's answer to whoever asked, if anybody still does.
func (l *lane) replied(h head) {
	l.mu.Lock()
	a := l.asked[h.id]
	delete(l.asked, h.id)
	l.mu.Unlock()
	if a != nil {
		a.reply <- reply{payload: slices.Clone(h.payload)}
	}
}
