package proxy

import (
	"sync"
	"time"
)

// Rule is how bytes go from one node to another; the zero value is a sound network.
type Rule struct {
	// Block stops every byte until the rule changes; new connections get no answer.
	Block bool
	// Refuse resets new connections; those that there are stay.
	Refuse bool
	// Delay holds every byte for so long, and up to Jitter longer.
	Delay, Jitter time.Duration
	// PieceBytes cuts what is sent into pieces of so many bytes, PiecePause apart; 0 = as it comes.
	PieceBytes int
	PiecePause time.Duration
	// TearAfterBytes resets each connection, in the middle of what is being sent, after so many bytes; 0 = never.
	TearAfterBytes int
}

// lane is the way from one node to another.
type lane struct {
	mu      sync.Mutex
	rule    Rule
	changed chan struct{} // closed when the rule changes
}

func newLane() *lane { return &lane{changed: make(chan struct{})} }

func (l *lane) get() (Rule, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rule, l.changed
}

func (l *lane) set(r Rule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r == l.rule {
		return
	}
	l.rule = r
	close(l.changed)
	l.changed = make(chan struct{})
}
