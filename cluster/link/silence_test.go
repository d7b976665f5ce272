package link

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parterre/parterre/raftlog"
)

// pipes is a Dial whose other ends come out of a channel.
func pipes() (dial func(context.Context) (net.Conn, error), peers chan net.Conn) {
	peers = make(chan net.Conn, 16)
	return func(context.Context) (net.Conn, error) {
		ours, theirs := net.Pipe()
		peers <- theirs
		return ours, nil
	}, peers
}

func TestPeerThatOwesAnswersAndIsSilentIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peers := pipes()
		c := NewClient(ClientOptions{Peer: "n2", Dial: dial})
		defer c.Close()
		start := time.Now()
		trip := holds("b", 1)
		if err := c.Forward(0, start.Add(time.Hour), &trip.batch); err != nil {
			t.Fatal(err)
		}
		peer := <-peers
		go func() { _, _ = io.Copy(io.Discard, peer) }() // a kernel that takes what a frozen process never reads
		<-trip.done
		if !errors.Is(trip.batch.Err, raftlog.ErrOutcomeUnknown) {
			t.Errorf("error %v, want ErrOutcomeUnknown", trip.batch.Err)
		}
		if took := time.Since(start); took < silenceLimit || took > silenceLimit+2*sweepInterval {
			t.Errorf("given up after %v, want about %v", took, silenceLimit)
		}
	})
}

func TestSlowLeaderThatAnswersPingsIsNotGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peers := pipes()
		c := NewClient(ClientOptions{Peer: "n2", Dial: dial})
		k := newKeeper()
		trip := holds("b", 1)
		if err := c.Forward(0, time.Now().Add(time.Hour), &trip.batch); err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- Serve(t.Context(), <-peers, k, ServeOptions{}) }()
		b := <-k.batches
		time.Sleep(20 * silenceLimit)
		decide(b, 1, nil)
		<-trip.done
		if trip.batch.Err != nil {
			t.Errorf("error %v after a long wait", trip.batch.Err)
		}
		_ = c.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

func TestIdleLinkIsLeftInPeace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peers := pipes()
		c := NewClient(ClientOptions{Peer: "n2", Dial: dial})
		s := &decider{}
		trip := holds("b", 1)
		if err := c.Forward(0, time.Now().Add(time.Hour), &trip.batch); err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- Serve(t.Context(), <-peers, s, ServeOptions{}) }()
		<-trip.done
		time.Sleep(time.Hour)
		if !c.Connected() || len(peers) != 0 {
			t.Error("an idle link was given up")
		}
		_ = c.Close()
		<-served
	})
}

func TestRedialsPauseLongerAndLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials []time.Time
		c := NewClient(ClientOptions{Peer: "n2", Dial: func(context.Context) (net.Conn, error) {
			dials = append(dials, time.Now())
			return nil, errors.New("down")
		}})
		trip := holds("b", 1)
		if err := c.Forward(0, time.Now().Add(time.Hour), &trip.batch); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		_ = c.Close()
		for i := range len(dials) - 1 {
			pause, longest := dials[i+1].Sub(dials[i]), min(firstPause<<i, longestPause)
			if pause < longest/2 || pause > longest {
				t.Errorf("pause %d took %v, want %v to %v", i, pause, longest/2, longest)
			}
		}
		if len(dials) < 10 {
			t.Errorf("%d dials in 10 s", len(dials))
		}
	})
}

func TestSteadyConnectionIsRedialledAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peers := pipes()
		c := NewClient(ClientOptions{Peer: "n2", Dial: dial})
		defer c.Close()
		first := holds("b", 1)
		if err := c.Forward(0, time.Now().Add(time.Hour), &first.batch); err != nil {
			t.Fatal(err)
		}
		peer := <-peers
		go func() { _, _ = io.Copy(io.Discard, peer) }()
		time.Sleep(steadyAfter)
		lostAt := time.Now()
		_ = peer.Close()
		<-first.done
		second := <-peers
		if pause := time.Since(lostAt); pause != 0 {
			t.Errorf("redialled after %v, want at once", pause)
		}
		_ = second.Close()
	})
}
