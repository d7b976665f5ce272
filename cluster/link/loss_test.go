package link

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/raftlog"
)

func TestConnectionLostAfterTheWriteLeavesTheOutcomeUnknown(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	trip := holds("b", 2).send(t, c, 0)
	b := k.next(t)
	s.cut()
	trip.wantError(t, raftlog.ErrOutcomeUnknown)
	decide(b, 2, nil) // the leader decides it all the same, and tells nobody
}

func TestConnectionLostBeforeTheWriteSentNothing(t *testing.T) {
	d := &decider{}
	s := serve(t, d, ServeOptions{})
	c, g, first := gated(t, s, ClientOptions{})
	queued := holds("queued", 1).send(t, c, 0)
	_ = g.Close()
	first.wantError(t, ErrUnreachable) // its write had begun, and no byte was taken
	queued.wantError(t, ErrUnreachable)
	if seen := d.seen(); len(seen) != 0 {
		t.Errorf("submitted %v, want nothing", seen)
	}
}

// breaking is a connection that takes so many bytes and then breaks.
type breaking struct {
	net.Conn
	left int
}

func (b *breaking) Write(p []byte) (int, error) {
	n, _ := b.Conn.Write(p[:min(len(p), b.left)])
	if b.left -= n; n < len(p) {
		_ = b.Conn.Close()
		return n, errors.New("broken")
	}
	return n, nil
}

func TestHalfAFrameIsNothing(t *testing.T) {
	whole := func(partition uint32) int {
		b, _ := appendCommands(beginRequest(nil, 0, partition), holds("b", 1).batch.Commands, MaxFrameBytes)
		return len(b)
	}
	one, two := whole(1), whole(2)
	for _, c := range []struct {
		name     string
		taken    int // bytes of the flush that holds both frames
		one, two error
	}{
		{"no byte", 0, ErrUnreachable, ErrUnreachable},
		{"all of the first frame but a byte", one - 1, ErrUnreachable, ErrUnreachable},
		{"the first frame", one, raftlog.ErrOutcomeUnknown, ErrUnreachable},
		{"all but a byte", one + two - 1, raftlog.ErrOutcomeUnknown, ErrUnreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKeeper()
			s := serve(t, k, ServeOptions{})
			queued := make(chan struct{})
			client := client(t, ClientOptions{Dial: func(ctx context.Context) (net.Conn, error) {
				<-queued
				conn, err := s.dial(ctx)
				return &breaking{conn, c.taken}, err
			}})
			one, two := holds("b", 1).send(t, client, 1), holds("b", 1).send(t, client, 2)
			close(queued)
			one.wantError(t, c.one)
			two.wantError(t, c.two)
		})
	}
}

func TestWhileThePeerIsDownEverythingIsRefusedAtOnce(t *testing.T) {
	refused := errors.New("connection refused")
	var up atomic.Bool
	s := serve(t, &decider{}, ServeOptions{})
	c := client(t, ClientOptions{Dial: func(ctx context.Context) (net.Conn, error) {
		if !up.Load() {
			return nil, refused
		}
		return s.dial(ctx)
	}})
	first := holds("b", 1).send(t, c, 0) // waits for the first dial
	first.wantError(t, ErrUnreachable)
	if !errors.Is(first.batch.Err, refused) {
		t.Errorf("%v does not say why", first.batch.Err)
	}
	if err := c.Forward(0, time.Now().Add(patience), &holds("b", 1).batch); err != ErrUnreachable {
		t.Fatalf("Forward: %v, want ErrUnreachable at once", err)
	}
	if _, err := c.Exchange(t.Context(), nil); err != ErrUnreachable {
		t.Fatalf("Exchange: %v, want ErrUnreachable at once", err)
	}
	up.Store(true)
	eventually(t, "the redial", c.Connected)
	holds("b", 1).send(t, c, 0).wantDecided(t)
}

func TestLostConnectionIsDialledAgain(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	for range 3 {
		eventually(t, "a batch that gets through", func() bool {
			trip := holds("b", 1)
			return c.Forward(0, time.Now().Add(patience), &trip.batch) == nil && trip.wait(t).Err == nil
		})
		s.cut()
	}
}

func TestNothingIsDialledBeforeItIsNeeded(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c := client(t, ClientOptions{Dial: func(context.Context) (net.Conn, error) {
		t.Error("dialled")
		return nil, errors.New("unwanted")
	}})
	if c.Connected() || s.connections() != 0 {
		t.Error("connected without need")
	}
}

func TestPassedDeadlineLeavesTheOutcomeUnknown(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c, g, first := gated(t, s, ClientOptions{})
	hasty, patient := holds("hasty", 2), holds("patient", 2).send(t, c, 0)
	if err := c.Forward(0, time.Now().Add(300*time.Millisecond), &hasty.batch); err != nil {
		t.Fatal(err)
	}
	close(g.open)
	decide(k.next(t), 1, nil)
	first.wantDecided(t)
	kept := k.next(t) // one frame for both
	hasty.wantError(t, raftlog.ErrOutcomeUnknown)
	if n := c.InFlight(); n != 2 {
		t.Errorf("%d commands in flight, want those of the patient batch", n)
	}
	decide(kept, 4, nil)
	patient.wantDecided(t)
}

func TestLateAnswerIsNothingToAnybody(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	hasty := holds("hasty", 1)
	if err := c.Forward(0, time.Now().Add(200*time.Millisecond), &hasty.batch); err != nil {
		t.Fatal(err)
	}
	kept := k.next(t)
	hasty.wantError(t, raftlog.ErrOutcomeUnknown)
	decide(kept, 1, nil)
	next := holds("next", 1).send(t, c, 0)
	decide(k.next(t), 1, nil)
	next.wantDecided(t)
}

func TestDeadlineThatPassesInTheQueueSentNothing(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c, g, first := gated(t, s, ClientOptions{})
	hasty := holds("hasty", 1)
	if err := c.Forward(0, time.Now().Add(time.Millisecond), &hasty.batch); err != nil {
		t.Fatal(err)
	}
	hasty.wantError(t, ErrUnreachable)
	close(g.open)
	first.wantDecided(t)
}

func TestAbandonEndsWhatWaitsForAPartition(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	lost := holds("lost", 2).send(t, c, 1)
	k.next(t)
	other := holds("other", 1).send(t, c, 2)
	kept := k.next(t)
	c.Abandon(1)
	lost.wantError(t, raftlog.ErrOutcomeUnknown)
	decide(kept, 1, nil)
	other.wantDecided(t)
}

func TestAbandonTellsWhatWasNotSent(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c, g, first := gated(t, s, ClientOptions{})
	queued := holds("queued", 1).send(t, c, 1)
	c.Abandon(1)
	queued.wantError(t, ErrUnreachable)
	close(g.open)
	first.wantDecided(t)
	holds("later", 1).send(t, c, 1).wantDecided(t)
}

func TestCloseEndsEverything(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	sent := holds("sent", 1).send(t, c, 0)
	k.next(t)
	asked := make(chan error, 1)
	go func() {
		_, err := c.Exchange(context.Background(), nil)
		asked <- err
	}()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	sent.wantError(t, raftlog.ErrOutcomeUnknown)
	if err := <-asked; err != nil && !errors.Is(err, ErrUnreachable) && !errors.Is(err, raftlog.ErrClosed) {
		t.Errorf("Exchange: %v", err)
	}
	if err := c.Forward(0, time.Now().Add(patience), &holds("b", 1).batch); err != raftlog.ErrClosed {
		t.Errorf("Forward after Close: %v, want ErrClosed", err)
	}
	if n := c.InFlight(); n != 0 {
		t.Errorf("%d commands in flight after Close", n)
	}
}
