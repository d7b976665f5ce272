package raftlog

import (
	"sync"
	"sync/atomic"
)

// Lead is who leads, as this node knows it.
type Lead struct {
	Node  string // "" = nobody known
	Self  bool
	Ready bool // Self, and everything of earlier terms is applied: proposals are taken
	Term  uint64
}

// leadBoard shows the newest Lead.
type leadBoard struct {
	current atomic.Pointer[Lead]
	mu      sync.Mutex
	changed chan struct{}
}

func newLeadBoard() *leadBoard {
	b := &leadBoard{changed: make(chan struct{})}
	b.current.Store(&Lead{})
	return b
}

func (b *leadBoard) show(l Lead) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if *b.current.Load() == l {
		return
	}
	b.current.Store(&l)
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *leadBoard) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}
