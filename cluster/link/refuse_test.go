package link

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/raftlog"
)

func TestRefusalsTravelAsWhatTheyAre(t *testing.T) {
	strange := errors.New("no such partition here")
	for _, c := range []struct {
		told           error
		atOnce, byDone error
	}{
		{raftlog.ErrNotLeader, raftlog.ErrNotLeader, raftlog.ErrNotLeader},
		{raftlog.ErrOverloaded, raftlog.ErrOverloaded, raftlog.ErrOverloaded},
		{raftlog.ErrHalted, raftlog.ErrHalted, raftlog.ErrHalted},
		{raftlog.ErrClosed, raftlog.ErrNotLeader, raftlog.ErrNotLeader}, // that node's group, not ours
		{raftlog.ErrTooLarge, raftlog.ErrTooLarge, raftlog.ErrTooLarge},
		{fmt.Errorf("%w: raft says so", raftlog.ErrOutcomeUnknown), raftlog.ErrOutcomeUnknown, raftlog.ErrOutcomeUnknown},
		{strange, ErrUnreachable, raftlog.ErrOutcomeUnknown}, // refused at once is never proposed; later, who knows
	} {
		t.Run(c.told.Error(), func(t *testing.T) {
			atOnce := serve(t, submitFunc(func(uint32, *raftlog.Batch) error { return c.told }), ServeOptions{})
			holds("b", 2).send(t, client(t, ClientOptions{Dial: atOnce.dial}), 3).wantError(t, c.atOnce)
			byDone := serve(t, submitFunc(func(_ uint32, b *raftlog.Batch) error {
				decide(b, 0, c.told)
				return nil
			}), ServeOptions{})
			holds("b", 2).send(t, client(t, ClientOptions{Dial: byDone.dial}), 3).wantError(t, c.byDone)
		})
	}
}

func TestUnknownCodeMayMeanAnything(t *testing.T) {
	if err := code(200).err(); err != raftlog.ErrOutcomeUnknown {
		t.Errorf("a code of a newer version is %v", err)
	}
}

func TestForwardedCommandIsNeverForwardedAgain(t *testing.T) {
	var calls [2]atomic.Int32
	// Two nodes that each believe the other leads.
	for i := range calls {
		s := serve(t, submitFunc(func(uint32, *raftlog.Batch) error {
			calls[i].Add(1)
			return raftlog.ErrNotLeader
		}), ServeOptions{})
		c := client(t, ClientOptions{Dial: s.dial})
		holds("b", 1).send(t, c, 0).wantError(t, raftlog.ErrNotLeader)
	}
	if a, b := calls[0].Load(), calls[1].Load(); a != 1 || b != 1 {
		t.Errorf("submitted %d and %d times, want once each", a, b)
	}
}

func TestDecidedPartOfAFrameIsSharedOutInOrder(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c, g, _ := gated(t, s, ClientOptions{})
	one, two, three := holds("one", 2).send(t, c, 0), holds("two", 2).send(t, c, 0), holds("three", 2).send(t, c, 0)
	close(g.open)
	decide(k.next(t), 1, nil) // the gate's own
	decide(k.next(t), 3, raftlog.ErrOutcomeUnknown)
	one.wantDecided(t)
	if b := two.wait(t); b.Decided != 1 || !errors.Is(b.Err, raftlog.ErrOutcomeUnknown) || b.Results[0].Answer.Buyer != "two-0" {
		t.Errorf("the divided batch: decided %d, error %v", b.Decided, b.Err)
	}
	three.wantError(t, raftlog.ErrOutcomeUnknown)
}

func TestClientRefusesBeyondItsLimit(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial, ForwardCommands: 10})
	full := holds("b", 10).send(t, c, 0)
	over := holds("over", 1)
	if err := c.Forward(0, time.Now().Add(patience), &over.batch); err != raftlog.ErrOverloaded {
		t.Fatalf("Forward: %v, want ErrOverloaded", err)
	}
	decide(k.next(t), 10, nil)
	full.wantDecided(t)
	over.send(t, c, 0)
	decide(k.next(t), 1, nil)
	over.wantDecided(t)
}

func TestServerRefusesBeyondItsLimitAndGoesOnReading(t *testing.T) {
	k := newKeeper()
	s := serve(t, k, ServeOptions{Commands: 4, Exchange: func(b []byte) []byte { return b }})
	c := client(t, ClientOptions{Dial: s.dial})
	full := holds("b", 4).send(t, c, 0)
	kept := k.next(t)
	holds("over", 1).send(t, c, 0).wantError(t, raftlog.ErrOverloaded)
	if got, err := c.Exchange(t.Context(), []byte("still there?")); err != nil || string(got) != "still there?" {
		t.Errorf("Exchange: %q, %v", got, err)
	}
	decide(kept, 4, nil)
	full.wantDecided(t)
	again := holds("again", 4).send(t, c, 0)
	decide(k.next(t), 4, nil)
	again.wantDecided(t)
}

func TestUnreadableCommandIsRefusedAndTheConnectionLivesOn(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{})
	c := client(t, ClientOptions{Dial: s.dial})
	holds("b", 1).send(t, c, 0).wantDecided(t)
	newer := holds("b", 1)
	newer.batch.Commands[0].Kind = 99 // of a newer version
	newer.send(t, c, 0).wantError(t, ErrMalformed)
	holds("b", 1).send(t, c, 0).wantDecided(t)
	if n := s.connections(); n != 1 {
		t.Errorf("%d connections were needed, want one", n)
	}
}
