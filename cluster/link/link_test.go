package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/raftlog"
)

const patience = time.Minute // of tests, for what must happen

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// decider is a Submitter that decides everything at once, as a leader would: every hold is granted.
type decider struct {
	mu     sync.Mutex
	frames []submitted
}

type submitted struct {
	partition uint32
	commands  int
}

func (d *decider) SubmitLocal(partition uint32, b *raftlog.Batch) error {
	d.mu.Lock()
	d.frames = append(d.frames, submitted{partition, len(b.Commands)})
	d.mu.Unlock()
	decide(b, len(b.Commands), nil)
	return nil
}

func (d *decider) seen() []submitted {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]submitted(nil), d.frames...)
}

// decide ends a batch as a group would.
func decide(b *raftlog.Batch, decided int, err error) {
	if cap(b.Results) < len(b.Commands) {
		b.Results = make([]command.Result, len(b.Commands))
	}
	b.Results = b.Results[:len(b.Commands)]
	for i := range decided {
		request, answer := &b.Commands[i].Request, &b.Results[i].Answer
		answer.Reset()
		b.Results[i].Index, b.Results[i].NowMillis = 7, 1_800_000_000_000
		answer.Created, answer.State, answer.Buyer, answer.ID = true, seatmap.HoldHeld, request.Buyer, request.ID
		for _, label := range request.Add.Seats {
			answer.Places = append(answer.Places, seatmap.Place{Kind: seatmap.PlaceSeat, Label: label, Category: "1", Price: 6500, Quantity: 1})
		}
	}
	b.Decided, b.Err = decided, err
	b.Done(b)
}

// keeper is a Submitter that keeps batches until the test decides them.
type keeper struct{ batches chan *raftlog.Batch }

func newKeeper() *keeper { return &keeper{make(chan *raftlog.Batch, 4096)} }

func (k *keeper) SubmitLocal(_ uint32, b *raftlog.Batch) error {
	k.batches <- b
	return nil
}

func (k *keeper) next(t *testing.T) *raftlog.Batch {
	t.Helper()
	select {
	case b := <-k.batches:
		return b
	case <-time.After(patience):
		t.Fatal("no batch was submitted")
		return nil
	}
}

// submitFunc makes a Submitter of a function.
type submitFunc func(partition uint32, b *raftlog.Batch) error

func (f submitFunc) SubmitLocal(partition uint32, b *raftlog.Batch) error { return f(partition, b) }

// server serves links on loopback until the test ends.
type server struct {
	listener net.Listener
	cancel   context.CancelFunc
	wg       sync.WaitGroup

	mu       sync.Mutex
	accepted []net.Conn
}

func serve(t testing.TB, s Submitter, o ServeOptions) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	srv := &server{listener: l, cancel: cancel}
	srv.wg.Add(1)
	go func() {
		defer srv.wg.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			srv.mu.Lock()
			srv.accepted = append(srv.accepted, conn)
			srv.mu.Unlock()
			srv.wg.Add(1)
			go func() {
				defer srv.wg.Done()
				_ = Serve(ctx, conn, s, o)
			}()
		}
	}()
	t.Cleanup(srv.close)
	return srv
}

func (s *server) close() {
	_ = s.listener.Close()
	s.cancel()
	s.wg.Wait()
}

// cut closes the connections accepted so far.
func (s *server) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.accepted {
		_ = c.Close()
	}
	s.accepted = nil
}

func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.accepted)
}

func (s *server) dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", s.listener.Addr().String())
}

// client is a Client of the server, closed with the test.
func client(t testing.TB, o ClientOptions) *Client {
	t.Helper()
	o.Peer = "n2"
	c := NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// trip is a batch and the channel on which it comes back.
type trip struct {
	batch raftlog.Batch
	done  chan struct{}
}

// holds is a batch of n holds for a buyer.
func holds(buyer string, n int) *trip {
	t := &trip{done: make(chan struct{})}
	for i := range n {
		t.batch.Commands = append(t.batch.Commands, command.Command{
			Kind: command.KindEvent, Event: "opening",
			Request: seatmap.Request{
				Op: seatmap.OpHold, Key: seatmap.Key{1, byte(i)}, Fingerprint: 99, ID: seatmap.ID{2, byte(i)},
				Buyer: fmt.Sprintf("%s-%d", buyer, i), Add: seatmap.Selection{Seats: []string{"A-1-1", "A-1-2"}},
			},
		})
	}
	t.batch.Done = func(*raftlog.Batch) { close(t.done) }
	return t
}

func (tr *trip) send(t *testing.T, c *Client, partition uint32) *trip {
	t.Helper()
	if err := c.Forward(partition, time.Now().Add(patience), &tr.batch); err != nil {
		t.Fatal(err)
	}
	return tr
}

func (tr *trip) wait(t *testing.T) *raftlog.Batch {
	t.Helper()
	select {
	case <-tr.done:
		return &tr.batch
	case <-time.After(patience):
		t.Fatal("the batch did not come back")
		return nil
	}
}

// wantDecided waits for the batch and checks that every result is its own command's.
func (tr *trip) wantDecided(t *testing.T) {
	t.Helper()
	b := tr.wait(t)
	if b.Err != nil || b.Decided != len(b.Commands) {
		t.Fatalf("decided %d of %d, error %v", b.Decided, len(b.Commands), b.Err)
	}
	for i := range b.Commands {
		if got, want := b.Results[i].Answer.Buyer, b.Commands[i].Request.Buyer; got != want {
			t.Fatalf("result %d is of buyer %q, want %q", i, got, want)
		}
	}
}

// wantError waits for the batch, of which nothing may be decided.
func (tr *trip) wantError(t *testing.T, want error) {
	t.Helper()
	if b := tr.wait(t); !errors.Is(b.Err, want) || b.Decided != 0 {
		t.Fatalf("decided %d, error %v; want none, %v", b.Decided, b.Err, want)
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// gate is a connection whose writes wait until it is opened.
type gate struct {
	net.Conn
	open   chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newGate(c net.Conn) *gate {
	return &gate{Conn: c, open: make(chan struct{}), closed: make(chan struct{})}
}

func (g *gate) Write(b []byte) (int, error) {
	select {
	case <-g.open:
		return g.Conn.Write(b)
	case <-g.closed:
		return 0, net.ErrClosed
	}
}

func (g *gate) Close() error {
	g.once.Do(func() { close(g.closed) })
	return g.Conn.Close()
}

// gated is a client whose first write is under way and waits for the gate: everything forwarded from now on queues.
func gated(t *testing.T, s *server, o ClientOptions) (*Client, *gate, *trip) {
	t.Helper()
	gates := make(chan *gate, 1)
	o.Dial = func(ctx context.Context) (net.Conn, error) {
		conn, err := s.dial(ctx)
		if err != nil {
			return nil, err
		}
		g := newGate(conn)
		select {
		case gates <- g:
		default:
			close(g.open) // later connections are not held up
		}
		return g, nil
	}
	c := client(t, o)
	first := holds("first", 1).send(t, c, 0)
	eventually(t, "the first write", c.ordinary.writing.Load)
	return c, <-gates, first
}
