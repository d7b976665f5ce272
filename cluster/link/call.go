package link

import (
	"sync"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// call is one request frame on its way through this node's group, as one batch.
type call struct {
	session *session
	id      uint64
	batch   raftlog.Batch
}

// calls are pooled for the slices that commands and results have grown. The bytes that their strings alias are not: see
// frameReader. The group keeps no reference to a batch after Done (raftlog.Batch).
var calls sync.Pool

func newCall(s *session, h head) *call {
	c, _ := calls.Get().(*call)
	if c == nil {
		c = &call{}
		c.batch.Done = c.done
	}
	c.session, c.id = s, h.id
	b := &c.batch
	if cap(b.Commands) < h.count {
		b.Commands = make([]command.Command, h.count)
	}
	b.Commands = b.Commands[:h.count]
	b.Decided, b.Err = 0, nil
	return c
}

// recycle gives the call back. One that carried a chart is dropped, or the pool would keep megabytes alive.
func (c *call) recycle() {
	for i := range c.batch.Commands {
		if c.batch.Commands[i].Chart != nil {
			return
		}
	}
	c.session = nil
	calls.Put(c)
}

// done is the batch's Done: it only queues the answer.
func (c *call) done(*raftlog.Batch) {
	s := c.session
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		c.recycle()
		return
	}
	s.queue(outgoing{kind: typeAnswer, id: c.id, call: c})
}
