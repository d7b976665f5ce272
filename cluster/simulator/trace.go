package simulator

import (
	"fmt"
	"strings"
	"time"
)

// traceLines is how many of the last lines are kept for whoever reads a failure.
const traceLines = 400

// nobody is the node of a line that is about none.
const nobody = -1

// line is one thing that happened.
type line struct {
	at      time.Duration
	node    int
	what    string
	a, b, c uint64
}

// trace is what happened, as a hash of everything and as the last lines in words.
type trace struct {
	hash  uint64
	lines [traceLines]line
	count uint64
}

// note adds a line. Two nights with the same seed have the same lines, or the simulator is not deterministic.
func (w *world) note(node int, what string, a, b, c uint64) {
	t := &w.trace
	l := line{w.now(), node, what, a, b, c}
	h := t.hash
	for i := range len(what) {
		h = (h ^ uint64(what[i])) * 1_099_511_628_211
	}
	for _, v := range [...]uint64{uint64(l.at), uint64(node), a, b, c} {
		h = (h ^ v) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	t.hash = h
	t.lines[t.count%traceLines] = l
	t.count++
	if w.o.Watch != nil {
		w.o.Watch(l.String())
	}
}

// String is the line for people.
func (l line) String() string {
	who := "   "
	if l.node != nobody {
		who = nodeName(l.node)
	}
	return fmt.Sprintf("%14.6f %s %-22s %d %d %x", l.at.Seconds(), who, l.what, l.a, l.b, l.c)
}

// last are the newest lines, oldest first.
func (t *trace) last(n uint64) string {
	var b strings.Builder
	for i := t.count - min(t.count, n, traceLines); i < t.count; i++ {
		b.WriteString(t.lines[i%traceLines].String())
		b.WriteByte('\n')
	}
	return b.String()
}
