package transport

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
)

// DefaultSnapshotBytes is how many bytes of a snapshot are sent to a follower in a second: a third of a GiB takes 21 s.
// Sent as fast as it goes, it takes a core of the leader's node and its disk from those who buy.
const DefaultSnapshotBytes = 16 << 20

// paceBytes are read at a time: the pauses between them are short, too.
const paceBytes = 256 << 10

// paced reads at most so many bytes a second, from its first read on.
type paced struct {
	from    io.Reader
	rate    int64
	closing <-chan struct{}
	begin   time.Time
	given   int64
}

func (p *paced) Read(b []byte) (int, error) {
	if p.begin.IsZero() {
		p.begin = time.Now()
	}
	due := p.begin.Add(time.Duration(float64(p.given) / float64(p.rate) * float64(time.Second)))
	if pause := time.Until(due); pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-p.closing:
			return 0, raft.ErrTransportShutdown
		}
	}
	n, err := p.from.Read(b[:min(len(b), paceBytes)])
	p.given += int64(n)
	return n, err
}

// sends are the snapshots that are being sent.
type sends struct {
	underWay atomic.Int32
	ended    atomic.Int64 // when the last one was, in nanoseconds since 1970; 0 = never
}

func (s *sends) begin() { s.underWay.Add(1) }

func (s *sends) end() {
	s.ended.Store(time.Now().UnixNano())
	s.underWay.Add(-1)
}

// Sending reports whether a follower is being sent a snapshot, restores it, or has had it for less than grace: it then needs
// the log from there on.
func (t *Transport) Sending(grace time.Duration) bool {
	ended := t.sends.ended.Load()
	return t.sends.underWay.Load() > 0 || ended != 0 && time.Since(time.Unix(0, ended)) < grace
}
