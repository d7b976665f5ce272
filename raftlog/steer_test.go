package raftlog

import (
	"testing"
	"time"
)

func TestTheP99OfEntriesIsBoundedFromAboveByHalfAnOctave(t *testing.T) {
	var l latencies
	if got := l.p99(); got != 0 {
		t.Errorf("nothing was noted, got %v", got)
	}
	for range 980 {
		l.note(300 * time.Microsecond)
	}
	for range 20 {
		l.note(30 * time.Millisecond)
	}
	if got := l.p99(); got < 30*time.Millisecond || got > 45*time.Millisecond {
		t.Errorf("got %v, want 30 ms or half an octave more", got)
	}
	if got := l.p99(); got != 0 {
		t.Errorf("what was looked at is not forgotten: %v", got)
	}
	for range 1_000 {
		l.note(300 * time.Microsecond)
	}
	l.note(time.Second)
	if got := l.p99(); got < 300*time.Microsecond || got > 450*time.Microsecond {
		t.Errorf("one in a thousand counts: %v", got)
	}
}

func TestHalfOctavesHoldWhatTheySay(t *testing.T) {
	for v := uint64(1); v < 1<<24; v += 1 + v/97 {
		i := halfOctave(v)
		if upper := upperMicros(i) / time.Microsecond; uint64(upper) < v || i > 0 && uint64(upperMicros(i-1)/time.Microsecond) > v {
			t.Fatalf("%d µs is in half octave %d, up to %d", v, i, upper)
		}
	}
}
