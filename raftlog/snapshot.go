package raftlog

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/actors"
)

const (
	snapshotBufferBytes = 256 << 10
	// snapshotJitter spreads the replicas' snapshots: each waits up to this part of its limits longer, by chance.
	snapshotJitter = 0.25
	// installRestorers work at a state that a leader sent, beside the apply goroutine: the node has other work to do.
	installRestorers = 1
	// sendingGrace is how long a follower that was sent a snapshot has to take the log from there on, before the next may be
	// taken; overdueFactor is how many times the limits the log may grow meanwhile.
	sendingGrace  = 10 * time.Second
	overdueFactor = 8
	// installRest: one who works at a state that a leader sent rests after each event, this many times as long as it took.
	installRest = 4
	// snapshotRetry is the pause after a snapshot that failed.
	snapshotRetry = 5 * time.Second
)

// snapshot streams a frozen state to the disk, beside the entries that follow.
type snapshot struct {
	frozen   *actors.Frozen
	register Register
	abort    <-chan struct{} // closed when the group closes: a half-written snapshot is worth nothing
	metrics  *metrics
}

// Persist writes the state. Raft removes what was written if it fails.
func (s *snapshot) Persist(sink raft.SnapshotSink) error {
	start := time.Now()
	out := &countingWriter{to: sink, abort: s.abort}
	buffered := bufio.NewWriterSize(out, snapshotBufferBytes)
	// A bufio.Writer keeps its error for the next Write.
	_, _ = buffered.Write(appendRegister(nil, s.register))
	if err := s.frozen.Encode(buffered); err != nil {
		_ = sink.Cancel()
		return fmt.Errorf("raftlog: encode snapshot: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		_ = sink.Cancel()
		return fmt.Errorf("raftlog: write snapshot: %w", err)
	}
	if err := sink.Close(); err != nil {
		return fmt.Errorf("raftlog: close snapshot: %w", err)
	}
	s.metrics.snapshotTaken(out.bytes, time.Since(start))
	return nil
}

// Release lets the actors write in place again.
func (s *snapshot) Release() { s.frozen.Release() }

type countingWriter struct {
	to    io.Writer
	abort <-chan struct{}
	bytes int64
}

func (w *countingWriter) Write(b []byte) (int, error) {
	select {
	case <-w.abort:
		return 0, ErrClosed
	default:
	}
	n, err := w.to.Write(b)
	w.bytes += int64(n)
	return n, err
}

// backlog counts what was logged since the last snapshot, and asks for the next one. Raft's own threshold counts entries
// only, and ours differ in size by a factor of a thousand. The counts are the apply goroutine's own.
type backlog struct {
	maxBytes, maxEntries float64
	bytes, entries       float64
	stretch              float64       // this round's factor on the maxima
	due                  chan struct{} // capacity 1
	// overdue is set when the log has grown so long that a snapshot waits for nobody.
	overdue atomic.Bool
}

func newBacklog(maxBytes int64, maxEntries uint64) *backlog {
	b := &backlog{maxBytes: float64(maxBytes), maxEntries: float64(maxEntries), due: make(chan struct{}, 1)}
	b.reset()
	return b
}

func (b *backlog) add(bytes int) {
	b.bytes += float64(bytes)
	b.entries++
	if b.bytes < b.stretch*b.maxBytes && b.entries < b.stretch*b.maxEntries {
		return
	}
	if b.bytes >= overdueFactor*b.maxBytes || b.entries >= overdueFactor*b.maxEntries {
		b.overdue.Store(true)
	}
	b.ask()
}

// ask asks for a snapshot; any goroutine may.
func (b *backlog) ask() {
	select {
	case b.due <- struct{}{}:
	default:
	}
}

// reset starts the count again: the state up to here is in a snapshot, or is about to be.
func (b *backlog) reset() {
	b.bytes, b.entries = 0, 0
	b.overdue.Store(false)
	b.stretch = 1 + snapshotJitter*rand.Float64()
}
