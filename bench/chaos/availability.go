package chaos

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"text/tabwriter"
	"time"
)

// Felt is what one kind of fault, alone, did to those who were buying.
type Felt struct {
	Kind    Kind // "" = no fault: what the measurement itself sees
	Windows []Window
}

// Gap is the median and the longest of the gaps.
func (f *Felt) Gap() (median, longest time.Duration) {
	if len(f.Windows) == 0 {
		return 0, 0
	}
	gaps := make([]time.Duration, len(f.Windows))
	for i, w := range f.Windows {
		gaps[i] = w.Gap
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2], gaps[len(gaps)-1]
}

// Shares are how many of the operations nobody decided while their callers waited, and how many had to be asked again.
func (f *Felt) Shares() (failed, again float64, operations int64) {
	var bad, more int64
	for _, w := range f.Windows {
		operations, bad, more = operations+w.Operations, bad+w.Failed, more+w.Again
	}
	if operations == 0 {
		return 0, 0, 0
	}
	return float64(bad) / float64(operations), float64(more) / float64(operations), operations
}

// How availability is measured.
const (
	settleFor      = 2 * time.Second // a term must stand before the next fault
	settlePatience = 20 * time.Second
	aftermath      = time.Second // that belongs to a fault's window once it is over and the cluster ready
)

// Availability injects each kind alone, a number of times, into a cluster that has settled, and measures the longest time in
// which nothing was decided of an event, and what became of the requests. The audit follows as in Run.
func Availability(ctx context.Context, o Options, times int) (*Result, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	kinds := append([]Kind{""}, o.Kinds...)
	return runWith(ctx, &o, sales{generations: len(kinds) + 1}, func(ctx context.Context, r *runner) error {
		for _, k := range kinds {
			r.load.turn() // of those before too little is left
			felt := &Felt{Kind: k}
			for i := range times {
				if err := r.feel(ctx, felt, i); err != nil {
					return err
				}
			}
			r.result.Felt = append(r.result.Felt, felt)
		}
		return nil
	})
}

// feel measures one window.
func (r *runner) feel(ctx context.Context, felt *Felt, i int) error {
	if err := r.settle(ctx); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(r.o.Seed, uint64(i)))
	f := Fault{
		Kind: felt.Kind, For: lasts(felt.Kind), Partition: uint32(i % partitions), Pick: random.Uint32(), Strength: random.IntN(1000),
	}
	r.load.pulse.reset(time.Now(), r.load.onSale())
	met := ""
	if f.Kind == "" {
		sleep(ctx, lasts(""))
	} else {
		var err error
		met, err = r.world.inject(ctx, f)
		r.result.injected(f.Kind, err)
		if err != nil {
			return fmt.Errorf("chaos: %s: %w", f.Kind, err)
		}
	}
	if err := r.waitReady(ctx); err != nil {
		return err
	}
	sleep(ctx, aftermath)
	w := r.load.pulse.window(time.Now())
	felt.Windows = append(felt.Windows, w)
	r.o.say("%-15s %2d: %s; gap %s; %d operations, %d failed, %d asked again", f.Kind, i+1, met, w.Gap.Round(time.Millisecond),
		w.Operations, w.Failed, w.Again)
	r.usage.sample(ctx)
	return r.world.heal()
}

// lasts is how long a fault lasts when it is measured.
func lasts(k Kind) time.Duration {
	switch k {
	case Transfer, Snapshot, TermOne, TermRolling, DiskHang, MemberExtra:
		return 0 // as long as it takes
	case KillLeader, KillFollower, KillMajority, KillAll, DiskEIO, DiskEIOFsync, DiskFull, DiskLose, MemberReplace:
		return time.Second // until the node is started again
	}
	return 2 * time.Second
}

// settle waits until no partition has changed its term for a while: balancing after a fault is over then.
func (r *runner) settle(ctx context.Context) error {
	if err := r.waitReady(ctx); err != nil {
		return err
	}
	until, since, last := time.Now().Add(settlePatience), time.Now(), ""
	for time.Since(since) < settleFor && time.Now().Before(until) {
		now := last
		if status, err := r.world.api.Cluster(ctx); err == nil {
			now = ""
			for _, p := range status.Partitions {
				now += fmt.Sprintf("%s %d ", p.Leader, p.Term)
			}
		}
		if now != last {
			last, since = now, time.Now()
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return ctx.Err()
		}
	}
	return nil
}

func (r *Result) printFelt(w io.Writer) {
	if len(r.Felt) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "fault, alone\ttimes\tgap median\tlongest\toperations\tfailed\tasked again")
	for _, f := range r.Felt {
		median, longest := f.Gap()
		failed, again, operations := f.Shares()
		name := string(f.Kind)
		if name == "" {
			name = "none"
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%d\t%.3f %%\t%.2f %%\n", name, len(f.Windows), median.Round(time.Millisecond),
			longest.Round(time.Millisecond), operations, 100*failed, 100*again)
	}
	_ = t.Flush() // whoever reads has gone, then
	fmt.Fprintln(w)
}
