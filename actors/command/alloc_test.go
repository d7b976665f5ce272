package command_test

import (
	"testing"

	"github.com/parterre/parterre/actors/command"
)

// noAllocations fails if f allocates once everything it reuses has grown.
func noAllocations(t *testing.T, name string, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(200, f); n != 0 {
		t.Errorf("%s: %v allocations, want none", name, n)
	}
}

func TestSteadyPathAllocatesNothing(t *testing.T) {
	var d command.Decoder
	var gotC command.Command
	var gotR command.Result
	buf := make([]byte, 0, 4096)
	for _, name := range []string{
		"hold", "hold_best_available", "confirm", "retake", "sale", "sale_best_available", "release", "extend", "change", "cancel", "block",
		"get_hold", "expire", "read",
	} {
		c := sampleCommands()[name]
		encoded := command.AppendCommand(nil, &c)
		noAllocations(t, "encode "+name, func() { buf = command.AppendCommand(buf[:0], &c) })
		noAllocations(t, "fingerprint "+name, func() { command.Fingerprint(&c) })
		noAllocations(t, "validate "+name, func() {
			if c.Validate() != nil {
				t.Error(name)
			}
		})
		noAllocations(t, "decode "+name, func() {
			d.Reset(encoded)
			if err := d.Command(&gotC); err != nil {
				t.Error(err)
			}
		})
	}
	for name, r := range sampleResults() {
		if r.Room != nil {
			continue // a room's answer is rare, and made anew
		}
		encoded := command.AppendResult(nil, &r)
		noAllocations(t, "encode "+name, func() { buf = command.AppendResult(buf[:0], &r) })
		noAllocations(t, "decode "+name, func() {
			d.Reset(encoded)
			if err := d.Result(&gotR); err != nil {
				t.Error(err)
			}
		})
	}
}
