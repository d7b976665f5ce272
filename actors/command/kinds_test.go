package command_test

import (
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

func TestKindsAndOperationsHaveDistinctWords(t *testing.T) {
	seen := map[string]bool{}
	for kind := command.Kind(1); int(kind) < command.Kinds; kind++ {
		if word := kind.String(); word == "" || seen[word] || !kind.Valid() {
			t.Errorf("kind %d: word %q", kind, word)
		}
		seen[kind.String()] = true
		if c := (command.Command{Kind: kind, Request: seatmap.Request{Op: seatmap.OpHold}}); kind == command.KindEvent && c.Word() != "hold" ||
			kind != command.KindEvent && c.Word() != kind.String() {
			t.Errorf("kind %d: a command's word is %q", kind, c.Word())
		}
	}
	for _, kind := range []command.Kind{0, command.Kind(command.Kinds), 255} {
		if kind.Valid() || kind.String() != "unknown_kind" {
			t.Errorf("kind %d is valid, or %q", kind, kind)
		}
	}
}
