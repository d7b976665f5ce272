// Package peertest holds every peer to the same promises: what Parterre is compared with must be correct, too, or the figures
// compare nothing. It is for the peers' tests.
package peertest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/peers"
)

// Hall is small, so that it can be sold out: 400 seats.
var Hall = peers.Hall{Sections: 4, RowsPerSection: 5, SeatsPerRow: 20}

// testTimeout bounds everything that is done with one peer.
const testTimeout = 90 * time.Second

// Start starts a peer whose holds last so long, and ends it with the test.
func Start(t *testing.T, peer peers.Peer, holdTTL time.Duration) (context.Context, peers.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	t.Cleanup(cancel)
	work, remove, err := peers.Workspace("")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(work, "peer")
	if err := os.Mkdir(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var lines []string
	server, err := peer.Start(ctx, peers.Setup{Dir: dir, Hall: Hall, HoldTTL: holdTTL, Log: func(process, line string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, process+": "+line)
	}})
	if err == nil {
		t.Cleanup(func() {
			if err := errors.Join(server.Close(), remove()); err != nil {
				t.Error(err)
			}
		})
		return ctx, server
	}
	mu.Lock()
	defer mu.Unlock()
	for _, line := range lines {
		t.Log(line)
	}
	t.Fatal(errors.Join(err, remove()))
	return nil, nil
}

// Promises tests every mode of a peer.
func Promises(t *testing.T, peer peers.Peer) {
	ctx, server := Start(t, peer, peers.HoldTTL)
	if server.Version() == "" {
		t.Error("it does not say its version")
	}
	for _, mode := range peer.Facts().Modes {
		t.Run(mode.Name, func(t *testing.T) {
			t.Run("a seat has one owner", func(t *testing.T) { oneOwner(ctx, t, server, mode) })
			t.Run("a contest has one winner", func(t *testing.T) { contest(ctx, t, server, mode) })
			t.Run("best available sells neighbours, and a hall out", func(t *testing.T) { sellOut(ctx, t, server, mode) })
		})
	}
}

// Open makes fresh events and clients that are closed with the test.
func Open(ctx context.Context, t *testing.T, server peers.Server, mode peers.Mode, clients int, best bool) []peers.Client {
	t.Helper()
	if err := server.Fresh(ctx, mode.Name, 2, best); err != nil {
		t.Fatal(err)
	}
	list, err := server.Open(ctx, mode.Name, clients, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range list {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return list
}

// Party asks for seats, or for the best available.
func Party(number int64, event, quantity int, seats ...int32) *peers.Party {
	p := &peers.Party{}
	p.Reset()
	p.Number, p.Event, p.Quantity, p.Seats = number, event, quantity, append(p.Seats, seats...)
	return p
}

// Hold asks one party's hold.
func Hold(ctx context.Context, t *testing.T, c peers.Client, p *peers.Party) peers.Outcome {
	t.Helper()
	if err := c.Hold(ctx, []*peers.Party{p}); err != nil {
		t.Fatalf("hold of %v: %v", p.Seats, err)
	}
	return p.Outcome
}

// Confirm confirms one party's hold.
func Confirm(ctx context.Context, t *testing.T, c peers.Client, p *peers.Party) {
	t.Helper()
	if err := c.Confirm(ctx, []*peers.Party{p}); err != nil {
		t.Fatalf("confirm: %v", err)
	}
}

func wantTotals(ctx context.Context, t *testing.T, server peers.Server, want peers.Totals) {
	t.Helper()
	got, err := server.Totals(ctx)
	if err != nil || got != want {
		t.Errorf("the server says %+v, %v; want %+v", got, err, want)
	}
}

func oneOwner(ctx context.Context, t *testing.T, server peers.Server, mode peers.Mode) {
	c := Open(ctx, t, server, mode, 1, false)[0]
	first := Party(1, 0, 3, 20, 21, 22)
	if Hold(ctx, t, c, first) != peers.Held {
		t.Fatal("free seats were refused")
	}
	if Hold(ctx, t, c, Party(2, 0, 2, 22, 23)) != peers.Refused {
		t.Error("a held seat was given to another party")
	}
	Confirm(ctx, t, c, first)
	if Hold(ctx, t, c, Party(3, 0, 1, 20)) != peers.Refused {
		t.Error("a sold seat was given to another party")
	}
	// What was refused left nothing behind, and another event is another hall.
	for _, p := range []*peers.Party{Party(4, 0, 1, 23), Party(5, 1, 3, 20, 21, 22)} {
		if Hold(ctx, t, c, p) != peers.Held {
			t.Errorf("free seats %v of event %d were refused", p.Seats, p.Event)
		} else {
			Confirm(ctx, t, c, p)
		}
	}
	wantTotals(ctx, t, server, peers.Totals{Orders: 3, Tickets: 7})
}

func contest(ctx context.Context, t *testing.T, server peers.Server, mode peers.Mode) {
	const callers, seats = 8, 12
	clients := Open(ctx, t, server, mode, callers, false)
	var all sync.WaitGroup
	won := make([]int64, callers)
	errs := make([]error, callers)
	for i, c := range clients {
		all.Go(func() {
			for seat := int32(0); seat < seats && errs[i] == nil; seat++ {
				p := Party(int64(i*seats)+int64(seat)+1, 0, 2, seat*3, seat*3+1)
				if errs[i] = c.Hold(ctx, []*peers.Party{p}); errs[i] == nil && p.Outcome == peers.Held {
					won[i]++
					errs[i] = c.Confirm(ctx, []*peers.Party{p})
				}
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, n := range won {
		total += n
	}
	if total != seats {
		t.Errorf("%d contests have %d winners", seats, total)
	}
	wantTotals(ctx, t, server, peers.Totals{Orders: seats, Tickets: 2 * seats})
}

func sellOut(ctx context.Context, t *testing.T, server peers.Server, mode peers.Mode) {
	c := Open(ctx, t, server, mode, 1, true)[0]
	sold := map[int32]bool{}
	number := int64(0)
	for ; len(sold) < Hall.Seats(); number++ {
		p := Party(number+1, 0, 4)
		if Hold(ctx, t, c, p) != peers.Held {
			t.Fatalf("refused with %d of %d seats sold, all in fours", len(sold), Hall.Seats())
		}
		for i, seat := range p.Seats {
			if sold[seat] || i > 0 && seat != p.Seats[i-1]+1 {
				t.Fatalf("party got %v: sold before, or not neighbours", p.Seats)
			}
			sold[seat] = true
		}
		Confirm(ctx, t, c, p)
	}
	if Hold(ctx, t, c, Party(number+1, 0, 1)) != peers.Refused {
		t.Error("a sold-out hall sold a seat")
	}
	wantTotals(ctx, t, server, peers.Totals{Orders: number, Tickets: int64(Hall.Seats())})
}

// Lapse tests that a hold lapses and its seats can be had again, chosen ones and the best available, and that a lapsed hold is
// not confirmed once its seats are another's.
func Lapse(t *testing.T, peer peers.Peer) {
	ctx, server := Start(t, peer, time.Second)
	for _, mode := range peer.Facts().Modes {
		t.Run(mode.Name, func(t *testing.T) {
			c := Open(ctx, t, server, mode, 1, false)[0]
			late := Party(1, 0, 2, 0, 1)
			if Hold(ctx, t, c, late) != peers.Held {
				t.Fatal("free seats were refused")
			}
			number := int64(2)
			for deadline := time.Now().Add(10 * time.Second); ; number++ {
				again := Party(number, 0, 2, 1, 2)
				if Hold(ctx, t, c, again) == peers.Held {
					Confirm(ctx, t, c, again)
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("a lapsed hold's seats are never free again")
				}
				time.Sleep(50 * time.Millisecond)
			}
			if err := c.Confirm(ctx, []*peers.Party{late}); !errors.Is(err, peers.ErrLost) {
				t.Errorf("a lapsed hold was confirmed: %v", err)
			}
			wantTotals(ctx, t, server, peers.Totals{Orders: 1, Tickets: 2})
		})
	}
}
