package raftlog

import (
	"context"
	"sync"
	"sync/atomic"
)

// maxApplyWaiters bounds those who wait for an index on one group.
const maxApplyWaiters = 65_536

// waiters are those who wait until this replica has applied an index.
type waiters struct {
	count   atomic.Int32 // so that the apply goroutine need not lock while nobody waits
	mu      sync.Mutex
	waiting map[*waiter]struct{}
	ended   error
}

type waiter struct {
	index uint64
	done  chan struct{}
	err   error
}

func newWaiters() *waiters { return &waiters{waiting: make(map[*waiter]struct{})} }

// wait returns once applied() has reached index. ErrOverloaded: too many wait.
func (w *waiters) wait(ctx context.Context, index uint64, applied func() uint64) error {
	one := &waiter{index: index, done: make(chan struct{})}
	w.mu.Lock()
	if w.ended != nil {
		defer w.mu.Unlock()
		return w.ended
	}
	if len(w.waiting) >= maxApplyWaiters {
		w.mu.Unlock()
		return ErrOverloaded
	}
	w.waiting[one] = struct{}{}
	w.count.Add(1)
	w.mu.Unlock()
	// Only now: had the index been applied before the waiter stood in the map, nobody would wake it.
	if applied() >= index {
		w.forget(one)
		return nil
	}
	select {
	case <-one.done:
		return one.err
	case <-ctx.Done():
		w.forget(one)
		return ctx.Err()
	}
}

func (w *waiters) forget(one *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.waiting[one]; ok {
		delete(w.waiting, one)
		w.count.Add(-1)
	}
}

// advance wakes those whose index is applied.
func (w *waiters) advance(applied uint64) {
	if w.count.Load() > 0 {
		w.wake(func(one *waiter) bool { return one.index <= applied }, nil)
	}
}

// end wakes all, and lets nobody wait any more.
func (w *waiters) end(reason error) {
	w.mu.Lock()
	if w.ended == nil {
		w.ended = reason
	}
	w.mu.Unlock()
	w.wake(func(*waiter) bool { return true }, reason)
}

func (w *waiters) wake(which func(*waiter) bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for one := range w.waiting {
		if which(one) {
			one.err = err
			close(one.done)
			delete(w.waiting, one)
			w.count.Add(-1)
		}
	}
}
