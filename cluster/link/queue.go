package link

import (
	"slices"

	"github.com/parterre/parterre/raftlog"
)

// maxSpareFrames bounds the frames kept for another use.
const maxSpareFrames = 64

// waiting is a batch under way.
type waiting struct {
	batch    *raftlog.Batch // nil: it has ended, and is not ours any more
	commands int
	deadline int64 // nanoseconds since Client.base
}

// frame is a request frame under way.
type frame struct {
	id        uint64
	partition uint32
	waiting   []waiting
	commands  int
	earliest  int64 // deadline
	end       int   // of the frame within its flush
	unsent    bool  // the connection was lost before its last byte was written
}

// queue holds the batches of one partition that no frame has taken yet: items[head:].
type queue struct {
	partition uint32
	items     []waiting
	head      int
	earliest  int64 // no item has an earlier deadline
	listed    bool  // in lane.ready
}

// pop takes batches of one partition, the partitions in turn, as many as a frame may hold commands. From here until
// settle they are the writer's alone. It is nil where nothing waits.
func (l *lane) pop() (*frame, *queue) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ready) == 0 {
		return nil, nil
	}
	q := l.ready[0]
	l.ready = slices.Delete(l.ready, 0, 1)
	q.listed = false
	f := l.newFrame(q.partition)
	for q.head < len(q.items) {
		w := q.items[q.head]
		if w.batch != nil {
			if f.commands+w.commands > MaxFrameCommands {
				break
			}
			f.waiting = append(f.waiting, w)
			f.commands += w.commands
		}
		q.items[q.head] = waiting{}
		q.head++
	}
	q.shrink()
	if q.head < len(q.items) {
		l.list(q)
	}
	return f, q
}

// shrink gives the room before head back, so that appending does not grow the queue for ever.
func (q *queue) shrink() {
	switch {
	case q.head == len(q.items):
		q.items, q.head = q.items[:0], 0
	case q.head > len(q.items)/2:
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
}

// settle puts a frame among the pending ones, before its first byte is written, since the answer may be quick; and what
// did not fit back to the head of its queue.
func (l *lane) settle(f *frame, q *queue, back []waiting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(back) > 0 {
		q.items = slices.Insert(q.items, q.head, back...)
		for _, w := range q.items[q.head:] {
			q.earliest = min(q.earliest, w.deadline)
		}
		l.list(q)
	}
	if f.commands > 0 {
		l.pending[f.id] = f
		return
	}
	l.recycle(f)
}

// newFrame takes a frame that was used before, if there is one; l.mu is held.
func (l *lane) newFrame(partition uint32) *frame {
	f := &frame{}
	if n := len(l.spare); n > 0 {
		f = l.spare[n-1]
		l.spare = l.spare[:n-1]
	}
	f.id, f.partition = l.client.lastID.Add(1), partition
	return f
}

// recycle keeps a frame for another use; l.mu is held.
func (l *lane) recycle(f *frame) {
	if len(l.spare) == maxSpareFrames {
		return
	}
	clear(f.waiting[:cap(f.waiting)])
	*f = frame{waiting: f.waiting[:0]}
	l.spare = append(l.spare, f)
}

// takeAll moves the batches that have not ended to dst.
func (q *queue) takeAll(dst []waiting) []waiting {
	for _, w := range q.items[q.head:] {
		if w.batch != nil {
			dst = append(dst, w)
		}
	}
	clear(q.items)
	q.items, q.head = q.items[:0], 0
	return dst
}

// takeAll moves the batches that have not ended to dst.
func (f *frame) takeAll(dst []waiting) []waiting {
	for _, w := range f.waiting {
		if w.batch != nil {
			dst = append(dst, w)
		}
	}
	return dst
}
