package chaos

import (
	"context"
	"errors"
	"time"

	"github.com/parterre/parterre/bench/nodes"
)

// behaviour is what a node's disk does to accesses of a kind: the document of package raftlog/disk/diskfault.
type behaviour struct {
	SlowMS int    `json:"slow_ms,omitempty"`
	Hang   bool   `json:"hang,omitempty"`
	Error  string `json:"error,omitempty"`
	Pass   int    `json:"pass,omitempty"`
}

// writes are the kinds of access that write.
var writes = []string{"append", "stable", "trim", "snapshot"}

// failStopPatience is how long a node may live on with a disk that fails: it must notice at its next write, and that a
// disk hangs after 10 s.
const failStopPatience = 16 * time.Second

func onWrites(b behaviour) map[string]behaviour {
	document := map[string]behaviour{}
	for _, kind := range writes {
		document[kind] = b
	}
	return document
}

// onDisk does something to the disk of a node that no other fault has meanwhile.
func (w *world) onDisk(do func(context.Context, Fault, *nodes.Node) (string, error)) func(context.Context, Fault) (string, error) {
	return func(ctx context.Context, f Fault) (string, error) {
		n := w.whom(ctx, f)[0]
		if !w.claim(f.place, n) {
			return "", errSkipped
		}
		defer w.unclaim(n)
		return do(ctx, f, n)
	}
}

// slowDisk makes every write of a node wait.
func (w *world) slowDisk(ctx context.Context, f Fault, n *nodes.Node) (string, error) {
	if err := control(w.diskFile(n.Name), onWrites(behaviour{SlowMS: 2 + f.Strength*f.Strength/5000})); err != nil { // 2 to 200 ms
		return n.Name, err
	}
	sleep(ctx, f.For)
	return n.Name, control(w.diskFile(n.Name), nil)
}

// failDisk makes a node's disk fail or hang, which the node must notice and stop; then it is started on a sound one.
func (w *world) failDisk(ctx context.Context, f Fault, n *nodes.Node) (string, error) {
	w.expect(n.Name)
	pass := f.Strength % 20
	document := map[Kind]behaviour{
		DiskHang: {Hang: true}, DiskEIO: {Error: "eio", Pass: pass}, DiskEIOFsync: {Error: "eio_fsync", Pass: pass},
		DiskFull: {Error: "enospc", Pass: pass},
	}[f.Kind]
	if err := control(w.diskFile(n.Name), onWrites(document)); err != nil {
		return n.Name, err
	}
	met := w.failStop(ctx, f, n, failStopPatience)
	return met, w.restart(ctx, n, f.For)
}

// fillPatience is how long a node may live on with a full file system: what was allocated before can still be written, so
// that it need not notice for long.
const fillPatience = 6 * time.Second

// fillDisk leaves a node no block of its file system, which it must notice when it needs one, and stop.
func (w *world) fillDisk(ctx context.Context, f Fault, n *nodes.Node) (string, error) {
	w.expect(n.Name)
	err := w.disks.fill(n.Name)
	met := n.Name
	if err == nil {
		met = w.failStop(ctx, f, n, fillPatience)
	}
	if err = errors.Join(err, w.disks.drain(n.Name)); err != nil {
		return met, err
	}
	select {
	case <-n.Exited():
		return met, w.restart(ctx, n, f.For)
	default:
		return met, nil
	}
}

// failStop waits until a node whose disk is bad has stopped itself, or kills it in the end.
func (w *world) failStop(ctx context.Context, f Fault, n *nodes.Node, patience time.Duration) (met string) {
	select {
	case <-n.Exited():
		if n.ExitErr().Error() == "exit code 0" {
			w.problem("%s: %s ended with exit code 0", f.Kind, n.Name)
		}
		return n.Name
	case <-ctx.Done():
		w.kill(n)
		return n.Name
	case <-time.After(patience):
		w.kill(n)
		return n.Name + " (lived on: nothing was written)" // it may be cut off from all others, which a round judges
	}
}

// restart starts a node that ended after a while, on a sound disk.
func (w *world) restart(ctx context.Context, n *nodes.Node, after time.Duration) error {
	sleep(ctx, after)
	if err := control(w.diskFile(n.Name), nil); err != nil {
		return err
	}
	return w.start(n)
}

// loseDisk kills a node whose writes wait in memory: everything that was not fsynced is lost.
func (w *world) loseDisk(ctx context.Context, f Fault, n *nodes.Node) (string, error) {
	w.expect(n.Name)
	if err := control(w.diskFile(n.Name), onWrites(behaviour{SlowMS: 20 + f.Strength/4})); err != nil {
		return n.Name, err
	}
	sleep(ctx, 50*time.Millisecond+time.Duration(f.Pick%400)*time.Millisecond)
	w.kill(n)
	return n.Name, w.restart(ctx, n, f.For)
}
