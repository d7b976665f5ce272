package chaos

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/audit"
)

// Limits of a run.
const (
	readyPatience = 60 * time.Second // for a sound cluster to become ready
	// decidePatience is how soon a ready cluster must decide something.
	decidePatience = 10 * time.Second
	// lifetime is how long an event is on sale.
	lifetime = 30 * time.Second
	// maxGenerations bounds the events of a run: the last ones stay on sale.
	maxGenerations = 240
)

// HistoryFile is the history's name in Options.Dir.
const HistoryFile = "run.history"

// Run starts a cluster, breaks it by the schedule under load, heals it and judges what came of it. An error means that there
// is no verdict; a promise that was broken stands in the result. Everything that was started has ended when it returns.
func Run(ctx context.Context, o Options) (*Result, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	generations := min(maxGenerations, 1+int(o.Duration/lifetime))
	return runWith(ctx, &o, sales{generations, lifetime}, func(ctx context.Context, r *runner) error { return r.rounds(ctx) })
}

// runWith does something to a cluster under load, and judges it.
func runWith(ctx context.Context, o *Options, s sales, do func(context.Context, *runner) error) (*Result, error) {
	r := &runner{o: o, result: newResult(o)}
	defer func() { r.result.Elapsed = time.Since(r.result.Start) }()
	err := r.run(ctx, s, do)
	if r.world != nil {
		err = errors.Join(err, r.world.close())
	}
	if r.load != nil {
		err = errors.Join(err, r.load.run.Save(filepath.Join(o.Dir, HistoryFile)))
		r.result.Problems = append(r.result.Problems, r.load.found()...)
		r.result.tally(r.load.tally)
	}
	return r.result, err
}

// sales are the generations of events of a run, and how long each is on sale; 0 = until it is turned.
type sales struct {
	generations int
	lifetime    time.Duration
}

// runner is a run under way.
type runner struct {
	o      *Options
	world  *world
	load   *load
	result *Result
	usage  *usage
	// upgraded says that the old nodes have been, or are being, brought to the newer version.
	upgraded bool
}

func (r *runner) run(ctx context.Context, s sales, do func(context.Context, *runner) error) (err error) {
	if r.world, err = newWorld(r.o, r.result.problem); err != nil {
		return err
	}
	if err := r.waitReady(ctx); err != nil {
		return err
	}
	var hosts []string
	for _, n := range r.world.nodes() {
		hosts = append(hosts, n.HTTP)
	}
	if r.load, err = newLoad(ctx, r.o, r.world.api, hosts, s.generations); err != nil {
		return err
	}
	if r.usage, err = newUsage(ctx, r.world); err != nil {
		return err
	}
	driven, stop := context.WithCancel(ctx)
	var driving sync.WaitGroup
	driving.Go(func() { r.load.drive(driven, r.o, s.lifetime) })
	loaded := time.Now()
	err = do(driven, r)
	r.result.Loaded = time.Since(loaded)
	stop()
	driving.Wait()
	if err != nil {
		return err
	}
	return r.judge(ctx)
}

// rounds performs the schedule.
func (r *runner) rounds(ctx context.Context) error {
	s := Schedule{Seed: r.o.Seed, Kinds: r.o.Kinds, Partitions: partitions, Length: r.o.RoundLength, Gap: r.o.Gap, Alone: r.o.Alone}
	since := time.Now()
	until := since.Add(r.o.Duration)
	for number := 1; time.Now().Before(until); number++ {
		round := r.withUpgrade(s.Round(number), since)
		r.o.say("%s", round)
		r.perform(ctx, round)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := r.recover(ctx, round); err != nil {
			return err
		}
	}
	return nil
}

// perform injects a round's faults, each when it is due, and returns when all are over.
func (r *runner) perform(ctx context.Context, round Round) {
	start := time.Now()
	var all sync.WaitGroup
	for _, f := range round.Faults {
		if !sleep(ctx, time.Until(start.Add(f.At))) {
			break
		}
		do := func() {
			began := time.Now()
			met, err := r.world.inject(ctx, f)
			r.result.injected(f.Kind, err)
			r.o.say("  %8s %-15s %s, %s%s", began.Sub(start).Round(time.Millisecond), f.Kind, met,
				time.Since(began).Round(time.Millisecond), wordOf(err))
		}
		if round.Alone {
			do()
			sleep(ctx, aloneGap) // one that took longer than it was planned must not run into the next
		} else {
			all.Go(do)
		}
	}
	all.Wait()
}

func wordOf(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errSkipped):
		return " skipped: another fault has those nodes"
	}
	return " FAILED: " + err.Error()
}

// recover heals the cluster and sees that it is ready and decides again.
func (r *runner) recover(ctx context.Context, round Round) error {
	if err := r.world.heal(); err != nil {
		return fmt.Errorf("chaos: heal after round %d: %w", round.Number, err)
	}
	healed := time.Now()
	if err := r.waitReady(ctx); err != nil {
		if ctx.Err() == nil {
			r.result.problem("NOT READY: %s after round %d, every fault being over: %v", readyPatience, round.Number, err)
		}
		return err
	}
	ready := time.Since(healed)
	before := r.load.tally.decided()
	for r.load.tally.decided() == before {
		if time.Since(healed) > ready+decidePatience {
			r.result.problem("NOTHING IS DECIDED: %s after round %d, the cluster being ready", decidePatience, round.Number)
			return nil
		}
		if !sleep(ctx, 10*time.Millisecond) {
			return ctx.Err()
		}
	}
	r.result.recovered(ready)
	r.usage.sample(ctx)
	r.o.say("  healed: ready after %s", ready.Round(time.Millisecond))
	sleep(ctx, 300*time.Millisecond)
	return nil
}

func (r *runner) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	return r.world.waitReady(ctx)
}

// judge looks at everything that is left, the load being over.
func (r *runner) judge(ctx context.Context) error {
	slack := 20 * time.Millisecond
	if r.o.has(ClockStep, ClockDrift) {
		slack += maxClockOffset + 100*time.Millisecond
	}
	verdict, err := audit.Judge(ctx, r.load.run, audit.Options{Endpoints: r.world.plan.Endpoints(), ClockSlack: slack})
	if err != nil {
		return err
	}
	r.result.Audit = verdict
	if r.o.Judge != nil {
		j, err := r.o.Judge(ctx, r.load.run, slack)
		if err != nil {
			return fmt.Errorf("chaos: the judge: %w", err)
		}
		r.result.Judged = j.Rules
		for _, b := range j.Broken {
			r.result.problem("%s", b)
		}
	}
	return r.usage.judge(ctx, r.result)
}

// partitions is the number of slices that the nodes are started with.
const partitions = 3
