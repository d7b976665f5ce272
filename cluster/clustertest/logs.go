package clustertest

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"
)

// maxLogBytes bounds what is kept of the nodes' logs: their ends count.
const maxLogBytes = 1 << 20

// logs keeps what the nodes log, and shows it if the test failed.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func newLogs(t testing.TB) *logs {
	l := new(logs)
	t.Cleanup(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if t.Failed() {
			t.Logf("what the nodes logged:\n%s", l.buf.Bytes())
		}
	})
	return l
}

// Write keeps b, and forgets the older half when there is too much.
func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buf.Len() > maxLogBytes {
		l.buf.Next(maxLogBytes / 2)
	}
	return l.buf.Write(b)
}

func (l *logs) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
