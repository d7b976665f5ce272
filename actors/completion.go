package actors

import "sync/atomic"

// completion is what the apply goroutine waits on: one counter for all messages of a wave, whatever their number.
type completion struct {
	pending atomic.Int32
	all     chan struct{} // one token when pending reaches zero
	failed  chan struct{} // a token when an actor failed: some messages may never be settled
}

func newCompletion() *completion {
	return &completion{all: make(chan struct{}, 1), failed: make(chan struct{}, 1)}
}

// owed is the part of a message for which the apply goroutine waits.
type owed struct {
	event   *Event
	group   *completion
	settled atomic.Bool
}

func (o *owed) owe(e *Event, group *completion) {
	o.event, o.group = e, group
	o.settled.Store(false)
}

// settle says that the actor is done with the message; it must not touch it any more.
func (o *owed) settle() {
	if !o.settled.Swap(true) && o.group.pending.Add(-1) == 0 {
		o.group.all <- struct{}{}
	}
}

// outstanding reports whether the actor may still touch the message. A failed actor's mailbox is suspended for ever.
func (o *owed) outstanding() bool { return !o.settled.Load() && !o.event.failed.Load() }

// noteFailure wakes the apply goroutine so that it looks which messages can still be settled.
func (g *completion) noteFailure() {
	select {
	case g.failed <- struct{}{}:
	default:
	}
}

// await returns once no actor can touch any of the messages again.
func await[M interface{ outstanding() bool }](g *completion, messages []M) {
	for {
		select {
		case <-g.all:
			return
		case <-g.failed:
			if !anyOutstanding(messages) {
				return
			}
		}
	}
}

func anyOutstanding[M interface{ outstanding() bool }](messages []M) bool {
	for _, m := range messages {
		if m.outstanding() {
			return true
		}
	}
	return false
}

func (o *owed) recipient() *Event { return o.event }
