package compare

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/peers"
)

// memory is a peer that sells in memory: correct, or in one of some ways not.
type memory struct {
	facts  peers.Facts
	fault  string // "", "start", "twice", "forgets", "error", "slow"
	starts *[]string
	delay  time.Duration

	mu     sync.Mutex
	owners map[[2]int]int64
	orders map[int64]int
	pools  []int
}

var errBroken = errors.New("broken")

// mostInMemory is more than so slow a peer sells to the tests' clients.
const mostInMemory = 20_000

func newMemory(name string, modes ...peers.Mode) *memory {
	if len(modes) == 0 {
		modes = []peers.Mode{{Name: "plain", Title: "plain", Road: peers.Single, MostPerSecond: mostInMemory}}
	}
	return &memory{delay: 500 * time.Microsecond, facts: peers.Facts{Name: name, Title: "The " + name, Copies: 1, Durability: "none", CanLose: "all", Modes: modes}}
}

func (m *memory) Facts() peers.Facts { return m.facts }

func (m *memory) Start(context.Context, peers.Setup) (peers.Server, error) {
	if m.starts != nil {
		*m.starts = append(*m.starts, m.facts.Name)
	}
	if m.fault == "start" {
		return nil, peers.ErrMissing
	}
	return m, nil
}

func (m *memory) Version() string { return m.facts.Name + " 1" }

func (m *memory) Fresh(context.Context, string, int, bool) error {
	m.owners, m.orders = map[[2]int]int64{}, map[int64]int{}
	return nil
}

func (m *memory) Open(_ context.Context, _ string, clients, pool int) ([]peers.Client, error) {
	m.pools = append(m.pools, pool)
	return slices.Repeat([]peers.Client{m}, clients), nil
}

func (m *memory) Close() error { return nil }

func (m *memory) Hold(_ context.Context, parties []*peers.Party) error {
	time.Sleep(m.delay)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range parties {
		p.Outcome = peers.Held
		if len(p.Seats) == 0 {
			for seat := int32(0); len(p.Seats) < p.Quantity; seat++ {
				if m.owners[[2]int{p.Event, int(seat)}] == 0 {
					p.Seats = append(p.Seats, seat)
				}
			}
		}
		for _, seat := range p.Seats {
			if m.owners[[2]int{p.Event, int(seat)}] != 0 && m.fault != "twice" {
				p.Outcome = peers.Refused
			}
		}
		for _, seat := range p.Seats {
			if p.Outcome == peers.Held {
				m.owners[[2]int{p.Event, int(seat)}] = p.Number
			}
		}
	}
	return nil
}

func (m *memory) Confirm(_ context.Context, parties []*peers.Party) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range parties {
		m.orders[p.Number] = len(p.Seats)
		if m.fault == "error" && len(m.orders) > 20 {
			return errBroken
		}
	}
	return nil
}

func (m *memory) Totals(context.Context) (t peers.Totals, err error) {
	for _, n := range m.orders {
		t.Orders++
		t.Tickets += int64(n)
	}
	if m.fault == "forgets" {
		t.Orders--
	}
	return t, nil
}
