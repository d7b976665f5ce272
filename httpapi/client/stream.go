package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// StreamOptions is what a Stream is made of.
type StreamOptions struct {
	// Outstanding bounds the operations that are under way: Send waits while there are so many. 1,024.
	Outstanding int
}

// Stream is a road for many operations with one connection to one node at a time. It is for use by many goroutines.
//
// When the connection is lost, or its node leaves, the stream goes on with the next node and sends again, under the same
// keys, whatever was not answered; so is what was refused for overload, for want of a leader, or has an unknown outcome,
// up to Options.Attempts times.
type Stream struct {
	client *Client
	places chan struct{} // one for each operation that may be under way

	mu       sync.Mutex
	underWay map[uint64]*sent
	unsent   []*sent // in the order in which they are to be sent
	newest   uint64
	closing  bool
	broken   error // nothing can be sent any more
	idle     chan struct{}

	work chan struct{} // capacity 1: there is something to send, or the stream closes
	stop context.CancelFunc
	done chan struct{} // closed when the stream's goroutines have ended
}

// sent is an operation that is under way.
type sent struct {
	id       uint64
	key      string
	line     []byte
	attempts int
	done     func(*Outcome, error)
}

// ErrClosed says that the stream was closed before the operation was answered; a write may have been decided.
var ErrClosed = errors.New("client: the stream is closed")

// Stream makes a stream. It connects when something is sent. Close it.
func (c *Client) Stream(o StreamOptions) *Stream {
	setDefault(&o.Outstanding, 1_024)
	ctx, stop := context.WithCancel(context.Background())
	s := &Stream{
		client: c, places: make(chan struct{}, o.Outstanding), underWay: map[uint64]*sent{},
		work: make(chan struct{}, 1), stop: stop, done: make(chan struct{}),
	}
	go s.run(ctx)
	return s
}

// Send sends an operation; done is called once with what became of it, by a goroutine that reads the answers and must not
// be held up long. Send waits while StreamOptions.Outstanding are under way. If it returns an error, done is not called.
func (s *Stream) Send(ctx context.Context, o Operation, done func(*Outcome, error)) error {
	o.ensureKey()
	body, err := json.Marshal(&o)
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	select {
	case s.places <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.Lock()
	if s.closing || s.broken != nil {
		err := errors.Join(s.broken, ErrClosed)
		s.mu.Unlock()
		<-s.places
		return err
	}
	s.newest++
	k := &sent{id: s.newest, key: o.Key, done: done}
	k.line = append(strconv.AppendUint([]byte(`{"id":`), k.id, 10), ',')
	k.line = append(append(k.line, body[1:]...), '\n')
	s.underWay[k.id] = k
	s.unsent = append(s.unsent, k)
	s.mu.Unlock()
	s.poke()
	return nil
}

// Do sends an operation and waits for what becomes of it. If ctx ends first, the operation goes on all the same.
func (s *Stream) Do(ctx context.Context, o Operation) (*Outcome, error) {
	type end struct {
		outcome *Outcome
		err     error
	}
	ended := make(chan end, 1)
	if err := s.Send(ctx, o, func(o *Outcome, err error) { ended <- end{o, err} }); err != nil {
		return nil, err
	}
	select {
	case e := <-ended:
		return e.outcome, e.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close takes no further operations, waits until ctx ends at the latest for those under way, and closes the connection.
// What is not answered by then ends with ErrClosed.
func (s *Stream) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.idle == nil {
		s.idle = make(chan struct{})
		if len(s.underWay) == 0 {
			close(s.idle)
		}
	}
	s.closing = true
	idle := s.idle
	s.mu.Unlock()
	var err error
	select {
	case <-idle:
	case <-s.done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.stop()
	<-s.done
	return err
}

func (s *Stream) poke() {
	select {
	case s.work <- struct{}{}:
	default:
	}
}

// answered takes an outcome to whoever waits for it, or has the operation sent again.
func (s *Stream) answered(id uint64, o *Outcome) {
	s.mu.Lock()
	k := s.underWay[id]
	if k == nil { // answered already: it was sent twice, on two connections
		s.mu.Unlock()
		return
	}
	if k.attempts++; o.retryable() && k.attempts < s.client.attempts {
		s.mu.Unlock()
		pause := min(firstWait<<min(k.attempts, 16), lastWait)
		time.AfterFunc(s.client.pause(0, pause), func() { s.again(k) })
		return
	}
	s.forget(k)
	s.mu.Unlock()
	o.Key = k.key
	k.done(o, nil)
	<-s.places
}

// again sends an operation once more, unless it has ended meanwhile.
func (s *Stream) again(k *sent) {
	s.mu.Lock()
	if s.underWay[k.id] == k {
		s.unsent = append(s.unsent, k)
	}
	s.mu.Unlock()
	s.poke()
}

// forget ends an operation; s.mu is held.
func (s *Stream) forget(k *sent) {
	delete(s.underWay, k.id)
	if len(s.underWay) == 0 && s.idle != nil {
		close(s.idle)
	}
}

// fail ends everything that is under way with err, for good.
func (s *Stream) fail(err error) {
	s.mu.Lock()
	s.broken = err
	all := make([]*sent, 0, len(s.underWay))
	for _, k := range s.underWay {
		all = append(all, k)
		s.forget(k)
	}
	s.unsent = nil
	s.mu.Unlock()
	for _, k := range all {
		k.done(nil, err)
		<-s.places
	}
}
