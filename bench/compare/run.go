package compare

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/parterre/parterre/bench/peers"
)

// Run does all rounds. What a peer cannot do is in the result, with its reason, and no error; an error ends the run: ctx's,
// or one of Parterre's own systems, which the run is about.
func Run(ctx context.Context, o Options) (*Result, error) {
	r := newResult(&o)
	pools := map[string]int{}
	start, longest := time.Now(), time.Duration(0)
	for round := range o.Rounds {
		begun := time.Now()
		if o.Within > 0 && round > 0 && begun.Sub(start)+longest > o.Within {
			r.end(round)
			break
		}
		for _, i := range turns(len(o.Systems), round) {
			t := &turn{o: &o, system: &o.Systems[i], state: r.systems[i], result: r, round: round, pools: pools}
			if err := t.run(ctx); err != nil {
				return r, err
			}
		}
		longest = max(longest, time.Since(begun))
	}
	return r, nil
}

// turn is one system's turn in a round: started, measured and stopped.
type turn struct {
	o      *Options
	system *System
	state  *systemState
	result *Result
	round  int
	pools  map[string]int // by pooled cell: the number of connections that did best
	server peers.Server
}

func (t *turn) run(ctx context.Context) (err error) {
	if t.state.absent != "" {
		return nil
	}
	dir := filepath.Join(t.o.Dir, fmt.Sprintf("%s-%d", t.state.facts.Name, t.round))
	if err := os.Mkdir(dir, 0o711); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	setup := peers.Setup{Dir: dir, Hall: t.o.Hall, HoldTTL: peers.HoldTTL, Log: t.o.Log}
	if t.server, err = t.system.Peer.Start(ctx, setup); err != nil {
		if ctx.Err() != nil || t.system.Ours {
			return fmt.Errorf("%s: %w", t.state.facts.Title, err)
		}
		t.state.absent = err.Error()
		t.progress("%s is ABSENT: %v", t.state.facts.Title, err)
		return nil
	}
	defer func() { err = errors.Join(err, t.server.Close()) }()
	t.state.version = t.server.Version()
	for _, i := range turns(len(t.state.cells), t.round) {
		if err := t.cell(ctx, t.state.cells[i]); err != nil {
			return err
		}
	}
	if t.system.Ours {
		return t.specials(ctx)
	}
	return nil
}

func (t *turn) progress(format string, args ...any) {
	if t.o.Progress != nil {
		t.o.Progress(fmt.Sprintf("round %d: ", t.round+1) + fmt.Sprintf(format, args...))
	}
}

// cell measures one cell. A peer's failure is the cell's; ours ends the run.
func (t *turn) cell(ctx context.Context, c *cellState) error {
	pool, err := t.pool(ctx, &c.Cell)
	var m *Measured
	if err == nil {
		m, err = t.measure(ctx, measurement{
			mode: c.Mode, work: c.Work, clients: c.Clients, pool: pool, duration: t.o.Duration, warmUp: t.o.warmUp(), check: true,
		})
	}
	if err != nil {
		if ctx.Err() != nil || t.system.Ours {
			return fmt.Errorf("%s: %w", c.String(), err)
		}
		c.failure, err = err.Error(), nil
		t.progress("%s: FAILED: %s", c.String(), c.failure)
	} else {
		t.progress("%s: %.0f orders/s, hold p99 %s", c.String(), m.OrdersPerSecond(), micros(m.Hold.ValueAtQuantile(99)))
	}
	c.pool, c.rounds[t.round] = pool, m
	return err
}

// pool is how many connections the cell gets: what did best in a trial in the first round.
func (t *turn) pool(ctx context.Context, c *Cell) (int, error) {
	sizes := fitting(c.Mode.Pools, c.Clients)
	if len(sizes) == 0 {
		return 0, nil
	}
	name := t.state.facts.Name + "/" + c.Mode.Name
	if !t.o.Thin {
		name += fmt.Sprintf("/%d", c.Clients)
	}
	if size, ok := t.pools[name]; ok {
		return size, nil
	}
	best := 0.0
	for _, size := range sizes {
		m, err := t.measure(ctx, measurement{
			mode: c.Mode, work: c.Work, clients: c.Clients, pool: size, duration: min(t.o.Duration, trialMost), warmUp: t.o.warmUp() / 2,
		})
		if err != nil {
			return 0, err
		}
		t.progress("%s: trial with %d connections: %.0f orders/s", c.String(), size, m.OrdersPerSecond())
		if m.OrdersPerSecond() > best {
			best, t.pools[name] = m.OrdersPerSecond(), size
		}
	}
	return t.pools[name], nil
}

// measurement is what measure is asked for.
type measurement struct {
	mode             peers.Mode
	work             Work
	clients, pool    int
	duration, warmUp time.Duration
	rate             float64 // of an open loop
	events           int     // 0: as many as are needed
	spread           bool
	check            bool // the server's totals
}

// measure drives fresh events, warm-up first, and checks what came of it.
func (t *turn) measure(ctx context.Context, k measurement) (m *Measured, err error) {
	if k.events == 0 {
		k.events = t.o.events(k.mode, k.duration)
	}
	if err := t.server.Fresh(ctx, k.mode.Name, k.events, k.work == Best); err != nil {
		return nil, fmt.Errorf("fresh events: %w", err)
	}
	load := Load{
		Picker: NewPicker(t.o.Hall, k.work, k.events, k.spread, t.o.Seed+uint64(t.round)),
		Ledger: NewLedger(t.o.Hall, k.events), Width: max(1, k.mode.Width), Duration: k.warmUp,
	}
	runtime.GC() // the events before these are garbage by now
	if d, ok := t.server.(peers.Driver); ok && d.Drives(k.mode.Name) {
		m, err = driven(ctx, d, &k, &load)
	} else {
		m, err = t.drive(ctx, &k, &load)
	}
	if err != nil || !k.check {
		return m, err
	}
	totals, err := t.server.Totals(ctx)
	if err != nil {
		return nil, fmt.Errorf("totals: %w", err)
	}
	return m, load.Ledger.Check(totals)
}

// drive drives clients of a mode: warm-up first.
func (t *turn) drive(ctx context.Context, k *measurement, load *Load) (m *Measured, err error) {
	clients, err := t.server.Open(ctx, k.mode.Name, k.clients, k.pool)
	if err != nil {
		return nil, err
	}
	if k.warmUp > 0 {
		_, err = Drive(ctx, clients, *load)
	}
	if err == nil {
		load.Duration, load.Rate = k.duration, k.rate
		m, err = Drive(ctx, clients, *load)
	}
	for _, c := range clients {
		err = errors.Join(err, c.Close())
	}
	return m, err
}

// driven lets a server drive itself, with the same parties and the same ledger.
func driven(ctx context.Context, d peers.Driver, k *measurement, load *Load) (*Measured, error) {
	run := func(duration time.Duration) (*peers.Driven, error) {
		r, err := d.Drive(ctx, k.mode, k.clients, k.pool, duration, load.Picker.Next, load.Ledger.Sold)
		if err = errors.Join(ctx.Err(), err); err == nil && r.Orders == 0 {
			err = ErrNothingSold
		}
		return r, err
	}
	if k.warmUp > 0 {
		if _, err := run(k.warmUp); err != nil {
			return nil, err
		}
	}
	r, err := run(k.duration)
	if err != nil {
		return nil, err
	}
	return &Measured{
		Orders: r.Orders, Tickets: r.Tickets, Refused: r.Refused, Retried: r.Retried, Elapsed: r.Elapsed,
		Hold: r.Hold, Confirm: r.Confirm, Order: newHistogram(),
	}, nil
}
