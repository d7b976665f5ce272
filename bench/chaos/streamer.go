package chaos

import (
	"context"
	"time"

	"github.com/parterre/parterre/httpapi/client"
)

// How a stream is used.
const (
	streamOutstanding = 6
	streamAttempts    = 12
	streamLeave       = 3 * time.Second // to end in order
)

// streamer keeps some operations under way on one stream, which goes on by itself when its node does not.
type streamer struct {
	*shopper
	api      *client.Client
	stream   *client.Stream
	ended    chan ending
	underWay map[*call]time.Time
}

type ending struct {
	call    *call
	outcome *client.Outcome
	err     error
}

func newStreamer(l *load, i int) *streamer {
	endpoints := append(append([]string(nil), l.endpoints[i%len(l.endpoints):]...), l.endpoints[:i%len(l.endpoints)]...)
	api, err := client.New(client.Options{Endpoints: endpoints, Attempts: streamAttempts, AttemptTimeout: 3 * time.Second})
	if err != nil {
		panic(err) // host and port of nodes that run
	}
	return &streamer{
		shopper: l.newShopper("t", i), api: api, ended: make(chan ending, 4*streamOutstanding), underWay: map[*call]time.Time{},
	}
}

func (w *streamer) run(ctx context.Context) {
	defer w.api.Close()
	w.stream = w.api.Stream(client.StreamOptions{Outstanding: streamOutstanding})
	for w.rest(ctx) {
		w.collect()
		w.giveUp()
		if len(w.underWay) < streamOutstanding {
			w.send(ctx)
		}
	}
	w.leave()
}

func (w *streamer) send(ctx context.Context) {
	c := w.next(true)
	o := c.operation()
	w.underWay[c] = time.Now()
	ended := w.ended
	err := w.stream.Send(ctx, client.Operation{Op: o.Op, Event: o.Event, Key: o.Key, Body: o.Body}, func(out *client.Outcome, err error) {
		ended <- ending{c, out, err} // it has room for all that can be under way
	})
	if err != nil {
		w.end(ending{c, nil, err})
		w.again()
	}
}

// collect takes what was answered.
func (w *streamer) collect() {
	for {
		select {
		case e := <-w.ended:
			w.end(e)
		default:
			return
		}
	}
}

// end notes how an operation ended. How often the stream sent it is its own affair: what it was not told may have been
// done by any attempt.
func (w *streamer) end(e ending) {
	if _, known := w.underWay[e.call]; !known {
		return
	}
	delete(w.underWay, e.call)
	switch {
	case e.err != nil:
		e.call.op.Broke(w.log.Now())
	case e.outcome.Status == 429, e.outcome.Status >= 500:
		e.call.op.Broke(w.log.Now())
		e.call.op.Answered(e.outcome.Status, codeOf(e.outcome.Body), w.log.Now())
	default:
		body := []byte(e.outcome.Body)
		if string(body) == "null" {
			body = nil
		}
		w.answered(e.call, e.outcome.Status, body, e.outcome.Revision)
	}
	w.over(e.call)
}

// giveUp leaves a stream that does not answer, and begins another.
func (w *streamer) giveUp() {
	for _, since := range w.underWay {
		if time.Since(since) > patience {
			w.again()
			return
		}
	}
}

func (w *streamer) again() {
	w.leave()
	w.ended = make(chan ending, 4*streamOutstanding)
	w.stream = w.api.Stream(client.StreamOptions{Outstanding: streamOutstanding})
}

// leave ends the stream and everything that was under way on it.
func (w *streamer) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), streamLeave)
	defer cancel()
	_ = w.stream.Close(ctx) // what was not answered by then is told below
	w.collect()
	for c := range w.underWay {
		w.end(ending{c, nil, client.ErrClosed})
	}
}
