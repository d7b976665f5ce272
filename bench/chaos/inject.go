package chaos

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/parterre/parterre/bench/nodes"
)

// errSkipped says that a fault met nobody: another works on those it would have met.
var errSkipped = fmt.Errorf("chaos: skipped")

// A fault whose nodes are taken waits for them, so long: a disk that hangs has its node for ten seconds.
const (
	claimPatience = 20 * time.Second
	claimPause    = 100 * time.Millisecond
)

// inject lets a fault happen and returns when it is over; who it met is told in words.
func (w *world) inject(ctx context.Context, f Fault) (met string, err error) {
	do := map[Kind]func(context.Context, Fault) (string, error){
		KillLeader: w.killSome, KillFollower: w.killSome, KillMajority: w.killSome, KillAll: w.killSome,
		StopLeader: w.stopSome, StopFollower: w.stopSome, StopMajority: w.stopSome,
		TermOne: w.term, TermRolling: w.term,
		Transfer: w.transfer, Snapshot: w.snapshot,
		NetIsolate: w.spoilNetwork, NetSilent: w.spoilNetwork, NetDeaf: w.spoilNetwork, NetPair: w.spoilNetwork,
		NetFlap: w.flap, NetSlow: w.spoilNetwork, NetTrickle: w.spoilNetwork, NetTear: w.spoilNetwork,
		NetRefuse: w.spoilNetwork, NetSplit: w.spoilNetwork,
		DiskSlow: w.onDisk(w.slowDisk), DiskLose: w.onDisk(w.loseDisk), DiskFill: w.onDisk(w.fillDisk),
		DiskHang: w.onDisk(w.failDisk), DiskEIO: w.onDisk(w.failDisk), DiskEIOFsync: w.onDisk(w.failDisk), DiskFull: w.onDisk(w.failDisk),
		MemberReplace: w.replace, MemberExtra: w.extra, ClockStep: w.spoilClock, ClockDrift: w.spoilClock,
		upgrading: w.upgrade,
	}[f.Kind]
	if do == nil {
		return "", fmt.Errorf("%w: %s", ErrKind, f.Kind)
	}
	f.place = w.enter()
	defer w.leave(f.place)
	for until := time.Now().Add(claimPatience); ; f.Pick++ { // where any node will do, another is tried
		if met, err = do(ctx, f); !errors.Is(err, errSkipped) || time.Now().After(until) || !sleep(ctx, claimPause) {
			return met, err
		}
	}
}

// whom finds the nodes that a fault means.
func (w *world) whom(ctx context.Context, f Fault) []*nodes.Node {
	leader, others := w.leader(ctx, f.Partition)
	first := int(f.Pick) % len(others)
	switch f.Kind {
	case KillFollower, StopFollower:
		return others[first : first+1]
	case KillMajority, StopMajority:
		some := []*nodes.Node{leader}
		for i := 0; len(some) <= w.o.Nodes/2; i++ {
			some = append(some, others[(first+i)%len(others)])
		}
		return some
	case KillAll, TermRolling:
		return w.nodes()
	case TermOne, Snapshot, MemberReplace, DiskSlow, DiskHang, DiskEIO, DiskEIOFsync, DiskFull, DiskFill, DiskLose, ClockStep, ClockDrift:
		all := w.nodes()
		i := int(f.Pick) % len(all)
		return all[i : i+1]
	}
	return []*nodes.Node{leader}
}

func names(some []*nodes.Node) (text string) {
	for i, n := range some {
		if i > 0 {
			text += " "
		}
		text += n.Name
	}
	return text
}

// killSome kills nodes at once, and starts them again after a while.
func (w *world) killSome(ctx context.Context, f Fault) (string, error) {
	some := w.whom(ctx, f)
	if !w.claim(f.place, some...) {
		return "", errSkipped
	}
	defer w.unclaim(some...)
	for _, n := range some { // all signals first: the nodes go together
		w.expect(n.Name)
		_ = n.Signal(syscall.SIGKILL)
	}
	for _, n := range some {
		w.kill(n)
	}
	sleep(ctx, f.For)
	for _, n := range some {
		if err := w.start(n); err != nil {
			return names(some), err
		}
	}
	return names(some), nil
}

func (w *world) stopSome(ctx context.Context, f Fault) (string, error) {
	some := w.whom(ctx, f)
	if !w.claim(f.place, some...) {
		return "", errSkipped
	}
	defer w.unclaim(some...)
	for _, n := range some {
		_ = n.Signal(syscall.SIGSTOP) // it runs: nobody else has it
	}
	sleep(ctx, f.For)
	for _, n := range some {
		_ = n.Signal(syscall.SIGCONT)
	}
	return names(some), nil
}

// drainPatience is longer than a node takes to drain at most, in the worst of clusters.
const drainPatience = 40 * time.Second

// term has nodes drain and end, one after the other, each back before the next.
func (w *world) term(ctx context.Context, f Fault) (string, error) {
	some := w.whom(ctx, f)
	if !w.claim(f.place, some...) {
		return "", errSkipped
	}
	defer w.unclaim(some...)
	for _, n := range some {
		if err := w.turn(ctx, n); err != nil {
			return names(some), err
		}
	}
	return names(some), nil
}

// turn has a node drain and end, and starts it again.
func (w *world) turn(ctx context.Context, n *nodes.Node) error {
	w.expect(n.Name)
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainPatience)
	err := n.Stop(draining)
	cancel()
	if err != nil {
		w.log.line(n.Name, "chaos: "+err.Error())
	}
	if err := w.start(n); err != nil {
		return err
	}
	ready, cancel := context.WithTimeout(ctx, 5*time.Second)
	_ = n.WaitReady(ready) // in a bad cluster it may not be, and whoever turns the next goes on
	cancel()
	return nil
}

func (w *world) transfer(ctx context.Context, f Fault) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	to := w.nodes()[int(f.Pick)%len(w.nodes())].Name
	err := w.api.From(int(f.Pick>>8)).Transfer(ctx, f.Partition, to)
	return fmt.Sprintf("partition %d to %s%s", f.Partition, to, refused(err)), nil
}

func (w *world) snapshot(ctx context.Context, f Fault) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	i := int(f.Pick) % len(w.nodes())
	err := w.api.At(i).Snapshot(ctx)
	return w.nodes()[i].Name + refused(err), nil
}

// refused tells that an order could not be followed, which in a bad cluster is no failure.
func refused(err error) string {
	if err == nil {
		return ""
	}
	return " (refused)"
}
