package raftlog

import (
	"time"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// Limits of the expiry tick. Commands free what is due for their event before anything else, so the tick is for events
// that nobody asks anything of; what does not fit is next tick's.
const (
	expiryInterval   = 100 * time.Millisecond
	expiryEvents     = 256 // per tick
	expiryHoldsLimit = 512 // per event and tick
)

// expiry proposes, while this node is ready to, what is due though nobody asks: holds whose deadline has passed, and
// whatever a waiting room has to do.
type expiry struct {
	machine  *actors.Partition
	proposer *proposer
	steerer  steerer
	clock    func() int64
	batch    Batch
	decided  chan struct{} // capacity 1: a token while no batch is under way
}

func newExpiry(m *actors.Partition, p *proposer, clock func() int64) *expiry {
	e := &expiry{machine: m, proposer: p, clock: clock, decided: make(chan struct{}, 1), steerer: steerer{machine: m, proposer: p}}
	e.batch.Done = func(*Batch) { e.decided <- struct{}{} }
	e.decided <- struct{}{}
	return e
}

func (e *expiry) run(stop <-chan struct{}) {
	ticker := time.NewTicker(expiryInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.tick()
		case <-stop:
			return
		}
	}
}

func (e *expiry) tick() {
	if !e.proposer.isReady() {
		return
	}
	select {
	case <-e.decided:
	default:
		return // the last one is still under way
	}
	due := e.machine.Due(max(e.clock(), e.machine.NowMillis()), expiryEvents)
	e.batch.Commands = e.batch.Commands[:0]
	for _, event := range due {
		e.batch.Commands = append(e.batch.Commands, command.Command{
			Kind: command.KindEvent, Event: event,
			Request: seatmap.Request{Op: seatmap.OpExpire, Limit: expiryHoldsLimit},
		})
	}
	e.batch.Commands = e.steerer.append(e.batch.Commands)
	if len(e.batch.Commands) == 0 || e.proposer.submit(&e.batch, true) != nil {
		e.decided <- struct{}{}
	}
}
