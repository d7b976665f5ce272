package link

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/raftlog"
)

// ClientOptions says whom a Client talks to and how; zero values are the defaults.
type ClientOptions struct {
	// Peer is the other node's name, for logs and metrics.
	Peer string
	// Dial opens a welcomed connection to the peer.
	Dial func(ctx context.Context) (net.Conn, error)
	// DialTimeout bounds one Dial; 0 = 1 s.
	DialTimeout time.Duration
	// ForwardCommands bounds the commands under way; 0 = 16,384.
	ForwardCommands int
	Logger          *slog.Logger // nil = none
	Metrics         *Metrics     // nil = not counted
}

// Client forwards batches to one peer.
type Client struct {
	options ClientOptions
	metrics *peerMetrics
	base    time.Time // deadlines are kept as nanoseconds since then, which is monotonic and small
	ctx     context.Context
	cancel  context.CancelFunc
	wg      sync.WaitGroup // one goroutine per started lane, its reader, and the sweeper
	sweeper sync.Once

	inFlight atomic.Int64  // commands
	lastID   atomic.Uint64 // of frames, exchanges and pings
	ordinary *lane
	bulk     *lane
}

// NewClient makes a client. It connects, and starts goroutines, when it is first used.
func NewClient(o ClientOptions) *Client {
	if o.DialTimeout <= 0 {
		o.DialTimeout = defaultDialTimeout
	}
	if o.ForwardCommands <= 0 {
		o.ForwardCommands = defaultForwardCommands
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	c := &Client{options: o, metrics: o.Metrics.peer(o.Peer), base: time.Now()}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.ordinary, c.bulk = newLane(c, "ordinary"), newLane(c, "bulk")
	return c
}

// Forward sends the batch to the peer, to be decided there by the partition's group. A batch has 1 to 1,024 commands.
//
// An error means that nothing was sent, and Done is not called: ErrUnreachable while the peer is not connected,
// raftlog.ErrOverloaded when too many commands are under way, raftlog.ErrTooLarge, raftlog.ErrEmptyBatch, and
// raftlog.ErrClosed after Close.
//
// Else the batch, and all it points to, belongs to the client until Done is called, once. Batches end in any order. Err
// is then as the peer's group told it (ErrNotLeader, ErrOverloaded, ErrHalted, ErrTooLarge: nothing was proposed), or
// ErrUnreachable if the batch was not written (nothing was proposed), or raftlog.ErrOutcomeUnknown if the connection was
// lost or the deadline passed after it was. Deadlines are looked at every 50 ms; a deadline that has passed is
// ErrUnreachable as long as nothing was written. Done runs on a goroutine that must not be blocked.
//
// Results keep up to 64 KiB of the received bytes alive (more if the answer is longer). A capacity of b.Results that
// suffices is used.
func (c *Client) Forward(partition uint32, deadline time.Time, b *raftlog.Batch) error {
	n := len(b.Commands)
	switch {
	case n == 0:
		return raftlog.ErrEmptyBatch
	case n > MaxFrameCommands:
		return raftlog.ErrTooLarge
	}
	if c.inFlight.Add(int64(n)) > int64(c.options.ForwardCommands) {
		c.inFlight.Add(-int64(n))
		return raftlog.ErrOverloaded
	}
	b.Decided, b.Err = 0, nil
	w := waiting{batch: b, commands: n, deadline: int64(deadline.Sub(c.base))}
	if err := c.laneOf(b).forward(partition, w); err != nil {
		c.inFlight.Add(-int64(n))
		return err
	}
	return nil
}

// laneOf keeps charts, which may be 34 MiB, from standing before holds.
func (c *Client) laneOf(b *raftlog.Batch) *lane {
	for i := range b.Commands {
		if b.Commands[i].Chart != nil {
			return c.bulk
		}
	}
	return c.ordinary
}

// Exchange sends a payload to the peer's exchange handler and waits for what it answers, until ctx ends. It fails with
// ErrUnreachable while the peer is not connected.
func (c *Client) Exchange(ctx context.Context, payload []byte) ([]byte, error) {
	if len(payload) > MaxExchangeBytes {
		return nil, ErrExchangeTooLarge
	}
	// A copy, since the writer may still read it after ctx has ended.
	a := &ask{payload: append([]byte(nil), payload...), reply: make(chan reply, 1)}
	if err := c.ordinary.exchange(a); err != nil {
		return nil, err
	}
	select {
	case r := <-a.reply:
		return r.payload, r.err
	case <-ctx.Done():
		c.ordinary.forgetAsk(a)
		return nil, ctx.Err()
	}
}

// Abandon ends what waits for the partition: with ErrUnreachable what was not written, with raftlog.ErrOutcomeUnknown
// what was. A node calls it when the peer lost that partition's leadership, instead of waiting for deadlines.
func (c *Client) Abandon(partition uint32) {
	for _, l := range []*lane{c.ordinary, c.bulk} {
		l.abandon(partition)
	}
}

// Connected reports whether commands can be sent at this moment.
func (c *Client) Connected() bool { return c.ordinary.connected() }

// InFlight is the number of commands under way.
func (c *Client) InFlight() int { return int(c.inFlight.Load()) }

// Close ends everything under way (see Forward), closes the connections and waits for the goroutines. It must not be
// called from a Done.
func (c *Client) Close() error {
	c.ordinary.close()
	c.bulk.close()
	c.cancel()
	c.wg.Wait()
	return nil
}

// end gives a batch back to its owner. Nothing of it may be touched afterwards.
func (c *Client) end(w waiting, err error) {
	c.inFlight.Add(-int64(w.commands))
	c.metrics.ended[outcomeOf(err)].Add(float64(w.commands))
	w.batch.Err = err
	w.batch.Done(w.batch)
}

// nowNanos is the time since base.
func (c *Client) nowNanos() int64 { return int64(time.Since(c.base)) }
