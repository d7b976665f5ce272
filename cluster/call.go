package cluster

import (
	"context"
	"sync"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// call is one attempt of one command: a batch of one, and where its end is told.
//
// A call goes back to the pool only by the one who saw its end, or whose batch was refused at once. One whose waiter
// left early is never used again: its batch still belongs to a group or a link, which will end it some day.
type call struct {
	batch   raftlog.Batch
	command [1]command.Command
	done    chan struct{} // capacity 1: Done never blocks, whether or not anybody waits
}

var calls = sync.Pool{New: func() any {
	c := &call{done: make(chan struct{}, 1)}
	c.batch.Done = func(*raftlog.Batch) { c.done <- struct{}{} }
	return c
}}

// newCall prepares an attempt. The result is made anew for each, since the caller of Submit keeps it.
func newCall(c *command.Command) *call {
	k := calls.Get().(*call)
	k.command[0] = *c
	k.batch.Commands = k.command[:]
	k.batch.Results = make([]command.Result, 1)
	return k
}

// free gives the call back to the pool.
func (k *call) free() {
	k.command[0] = command.Command{}
	k.batch.Results, k.batch.Err, k.batch.Decided = nil, nil, 0
	calls.Put(k)
}

// wait returns the decision, why there is none, or raftlog.ErrOutcomeUnknown if ctx ends first.
func (k *call) wait(ctx context.Context) (*command.Result, error) {
	select {
	case <-k.done:
	case <-ctx.Done():
		select {
		case <-k.done: // both: the answer counts
		default:
			return nil, raftlog.ErrOutcomeUnknown
		}
	}
	defer k.free()
	if k.batch.Err != nil {
		return nil, k.batch.Err
	}
	return &k.batch.Results[0], nil
}
