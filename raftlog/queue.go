package raftlog

import (
	"fmt"

	"github.com/parterre/parterre/actors/command"
)

// Limits of what waits for the proposer, besides Config.QueueCommands.
const (
	maxQueueBytes = 128 << 20
	// preEncodeBytes: a chart of more is encoded before the queue's lock is taken.
	preEncodeBytes = 64 << 10
	// maxSpareDrafts bounds the drafts kept for another use.
	maxSpareDrafts = 4
	minDraftBytes  = 1 << 10
)

// draft is an entry in the making, then in flight. The commands are encoded as they arrive, by the goroutine that brings
// them, so that the proposer's loop, which is the serial part of the road, only adds time and checksum.
type draft struct {
	// data is the entry's bytes, from its header on. Raft's log cache keeps it: it is never used again.
	data     []byte
	kind     entryKind
	count    int
	segments []segment

	// Set by the proposer, then by the FSM if it claims the draft (see proposer.claim).
	results  []command.Result
	wantHash bool
	index    uint64
	hash     uint64
	hashed   bool
	// outcome is set by the proposer; nil = results are valid.
	outcome error
	// abandoned: the FSM may still read it and write its results, though its outcome was given up. It is never used again.
	abandoned bool
}

// segment is the part of a batch that an entry decides: its commands [from, to).
type segment struct {
	batch    *Batch
	from, to int
}

// queue holds drafts in order. It is guarded by the proposer's lock.
type queue struct {
	drafts   []*draft
	commands int
	bytes    int
	spare    []*draft
	// hint is about the size of the last entry: the next one's buffer is made so large at once.
	hint int
}

// isLarge says that a command is encoded before the lock is taken.
func isLarge(c *command.Command) bool {
	return c.Chart != nil && len(c.Chart.Document)+len(c.Chart.PlanCode) >= preEncodeBytes
}

func hasLarge(b *Batch) bool {
	for i := range b.Commands {
		if isLarge(&b.Commands[i]) {
			return true
		}
	}
	return false
}

// encodeLarge encodes a batch's large commands, each with room for an entry's header before it.
func encodeLarge(b *Batch) [][]byte {
	encoded := make([][]byte, len(b.Commands))
	for i := range b.Commands {
		if c := &b.Commands[i]; isLarge(c) {
			room := entryHeaderBytes + len(c.Chart.Document) + len(c.Chart.PlanCode) + minDraftBytes
			encoded[i] = command.AppendCommand(make([]byte, entryHeaderBytes, room), c)
		}
	}
	return encoded
}

// add appends the batch's commands, all of them or none.
func (q *queue) add(b *Batch, encoded [][]byte) error {
	before := q.mark()
	for i := range b.Commands {
		var err error
		if encoded != nil && encoded[i] != nil {
			err = q.addEncoded(b, i, encoded[i])
		} else {
			err = q.addCommand(b, i)
		}
		if err != nil {
			q.rollBack(before)
			return err
		}
	}
	return nil
}

func (q *queue) addCommand(b *Batch, i int) error {
	d := q.open()
	start := len(d.data)
	d.data = command.AppendCommand(d.data, &b.Commands[i])
	size := len(d.data) - start
	if size > MaxLoneCommandBytes {
		d.data = d.data[:start:start]
		return fmt.Errorf("%w: %d bytes", ErrTooLarge, size)
	}
	if len(d.data)-entryHeaderBytes > MaxEntryBytes && d.count > 0 {
		next := q.newDraft(nil)
		next.data = append(next.data, d.data[start:]...)
		d.data = d.data[:start]
		if cap(d.data) > 2*MaxEntryBytes { // the log cache would keep the room that a large command left behind
			d.data = append(make([]byte, 0, start+entryTrailerBytes), d.data...)
		}
		d = next
	}
	q.count(d, b, i, size)
	return nil
}

// addEncoded appends a command whose encoding begins at entryHeaderBytes of code.
func (q *queue) addEncoded(b *Batch, i int, code []byte) error {
	size := len(code) - entryHeaderBytes
	if size > MaxLoneCommandBytes {
		return fmt.Errorf("%w: %d bytes", ErrTooLarge, size)
	}
	d := q.open()
	if d.count == 0 {
		d.data = code
	} else if len(d.data)+size-entryHeaderBytes > MaxEntryBytes {
		d = q.newDraft(code)
	} else {
		d.data = append(d.data, code[entryHeaderBytes:]...)
	}
	q.count(d, b, i, size)
	return nil
}

func (q *queue) count(d *draft, b *Batch, i, size int) {
	d.count++
	q.commands++
	q.bytes += size
	if n := len(d.segments); n > 0 && d.segments[n-1].batch == b {
		d.segments[n-1].to++
		return
	}
	d.segments = append(d.segments, segment{batch: b, from: i, to: i + 1})
}

// open is the draft that takes the next command: the last one, unless it is full.
func (q *queue) open() *draft {
	if n := len(q.drafts); n > 0 {
		d := q.drafts[n-1]
		if d.count < MaxEntryCommands && len(d.data)-entryHeaderBytes < MaxEntryBytes {
			return d
		}
	}
	return q.newDraft(nil)
}

func (q *queue) newDraft(data []byte) *draft {
	d := q.reuse()
	if data == nil {
		room := min(max(q.hint+q.hint/4, minDraftBytes), MaxEntryBytes+minDraftBytes)
		data = make([]byte, entryHeaderBytes, room)
	}
	d.data, d.kind = data, kindCommands
	q.drafts = append(q.drafts, d)
	return d
}

func (q *queue) reuse() *draft {
	if n := len(q.spare); n > 0 {
		d := q.spare[n-1]
		q.spare = q.spare[:n-1]
		return d
	}
	return new(draft)
}

// pop takes the oldest draft; nil if none waits.
func (q *queue) pop() *draft {
	if len(q.drafts) == 0 {
		return nil
	}
	d := q.drafts[0]
	copy(q.drafts, q.drafts[1:]) // at most QueueCommands/1,024 long, and nearly always 1
	q.drafts[len(q.drafts)-1] = nil
	q.drafts = q.drafts[:len(q.drafts)-1]
	q.commands -= d.count
	q.bytes -= len(d.data) - entryHeaderBytes
	q.hint = len(d.data)
	return d
}

// recycle keeps a settled draft, without its bytes, for another use.
func (q *queue) recycle(d *draft) {
	if len(q.spare) == maxSpareDrafts {
		return
	}
	clear(d.segments)
	*d = draft{segments: d.segments[:0]}
	q.spare = append(q.spare, d)
}

// position is a state of the queue to which it can be rolled back.
type position struct {
	drafts, commands, bytes int
	dataBytes, count        int // of the last draft
	segments                int
}

func (q *queue) mark() position {
	p := position{drafts: len(q.drafts), commands: q.commands, bytes: q.bytes}
	if p.drafts > 0 {
		last := q.drafts[p.drafts-1]
		p.dataBytes, p.count, p.segments = len(last.data), last.count, len(last.segments)
	}
	return p
}

func (q *queue) rollBack(p position) {
	clear(q.drafts[p.drafts:])
	q.drafts, q.commands, q.bytes = q.drafts[:p.drafts], p.commands, p.bytes
	if p.drafts > 0 {
		last := q.drafts[p.drafts-1]
		last.data, last.count = last.data[:p.dataBytes], p.count
		clear(last.segments[p.segments:])
		last.segments = last.segments[:p.segments]
	}
}
