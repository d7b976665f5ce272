package link

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/parterre/parterre/raftlog"
)

func TestExchangeBringsTheHandlersAnswer(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{Exchange: func(b []byte) []byte { return append([]byte("re: "), b...) }})
	c := client(t, ClientOptions{Dial: s.dial})
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			got, err := c.Exchange(t.Context(), fmt.Append(nil, "status ", i))
			if want := fmt.Sprint("re: status ", i); err != nil || string(got) != want {
				t.Errorf("got %q, %v; want %q", got, err, want)
			}
		})
	}
	wg.Wait()
}

func TestExchangeTakesPayloadsUpToItsLimit(t *testing.T) {
	s := serve(t, &decider{}, ServeOptions{Exchange: func(b []byte) []byte { return b }})
	c := client(t, ClientOptions{Dial: s.dial})
	payload := bytes.Repeat([]byte{7}, MaxExchangeBytes)
	if got, err := c.Exchange(t.Context(), payload); err != nil || !bytes.Equal(got, payload) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := c.Exchange(t.Context(), append(payload, 7)); err != ErrExchangeTooLarge {
		t.Errorf("one byte more: %v", err)
	}
}

func TestExchangeEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, &decider{}, ServeOptions{Exchange: func(b []byte) []byte {
		<-release
		return b
	}})
	defer close(release)
	c := client(t, ClientOptions{Dial: s.dial})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Exchange(ctx, []byte("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Exchange: %v, want the deadline", err)
	}
	if n := len(c.ordinary.asked) + len(c.ordinary.asks); n != 0 {
		t.Errorf("%d exchanges are still kept", n)
	}
}

func TestExchangesUnderWayAreBounded(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, &decider{}, ServeOptions{Exchange: func(b []byte) []byte {
		<-release
		return b
	}})
	c := client(t, ClientOptions{Dial: s.dial})
	var wg sync.WaitGroup
	for range maxExchanges {
		wg.Go(func() {
			if _, err := c.Exchange(t.Context(), []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "all exchanges under way", func() bool {
		c.ordinary.mu.Lock()
		defer c.ordinary.mu.Unlock()
		return len(c.ordinary.asked)+len(c.ordinary.asks) == maxExchanges
	})
	if _, err := c.Exchange(t.Context(), nil); err != raftlog.ErrOverloaded {
		t.Errorf("one more: %v, want ErrOverloaded", err)
	}
	close(release)
	wg.Wait()
}

func TestExchangeOnALostConnectionIsUnreachable(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := serve(t, &decider{}, ServeOptions{Exchange: func(b []byte) []byte {
		close(entered)
		<-release
		return b
	}})
	c := client(t, ClientOptions{Dial: s.dial})
	go func() {
		<-entered
		s.cut()
		close(release)
	}()
	if _, err := c.Exchange(t.Context(), []byte("x")); !errors.Is(err, ErrUnreachable) {
		t.Errorf("Exchange: %v, want ErrUnreachable", err)
	}
}
