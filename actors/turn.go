package actors

import (
	"runtime"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
)

// turn is an event's dispatcher: who runs its actor when a message comes. The apply goroutine waits for the batches that it
// sends, so it runs those actors itself: to wake another goroutine and to be woken by it costs more than most events have
// to decide. Any other sender gets a goroutine for the actor, and goes on.
type turn struct {
	// own is set before the apply goroutine sends. Where somebody else runs the actor at that moment, it decides the
	// batch, too, and own is left for the next sender: who runs an actor makes no difference to what it does.
	own atomic.Bool
}

var _ actor.Dispatcher = (*turn)(nil)

// Schedule implements actor.Dispatcher: run works off the mailbox.
func (t *turn) Schedule(run func()) {
	if t.own.CompareAndSwap(true, false) {
		run()
		return
	}
	go run()
}

// Throughput implements actor.Dispatcher: after so many messages in a row the actor's goroutine lets others go first.
func (t *turn) Throughput() int { return mailboxThroughput }

// take has the batches of a wave decided, by this goroutine or, where there are many commands and cores, by some more.
func (p *Partition) take(wave []*batch, commands int) {
	runners := min(runtime.GOMAXPROCS(0), commands/runnerCommands, len(wave))
	for ; runners > 1; runners-- {
		share := len(wave) / runners
		go p.run(wave[:share])
		wave = wave[share:]
	}
	p.run(wave)
}

// run sends each batch and runs its actor. A batch must not be touched once it is sent.
func (p *Partition) run(batches []*batch) {
	for _, b := range batches {
		e := b.event
		e.turn.own.Store(true)
		p.root.Send(e.pid, b)
	}
}
