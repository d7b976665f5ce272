package command_test

import (
	"encoding/hex"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/command"
)

var writeMissing = flag.Bool("write-missing", false, "write the golden files that do not exist yet; never changes one")

// golden reads the bytes that stand in logs for ever under that name.
func golden(t *testing.T, name string, now []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", "v1", name+".hex")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && *writeMissing {
		text = []byte(hex.EncodeToString(now) + "\n")
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCommandsOfVersion1AreReadForEver(t *testing.T) {
	for name, want := range sampleCommands() {
		t.Run(name, func(t *testing.T) {
			now := command.AppendCommand(nil, &want)
			then := golden(t, "command-"+name, now)
			var got command.Command
			if err := command.NewDecoder(then).Command(&got); err != nil {
				t.Fatal(err)
			}
			if diff := same(want, got); diff != "" {
				t.Error(diff)
			}
			if string(now) != string(then) {
				t.Errorf("version 1 is written differently now: %x, was %x", now, then)
			}
		})
	}
}

func TestResultsOfVersion1AreReadForEver(t *testing.T) {
	for name, want := range sampleResults() {
		t.Run(name, func(t *testing.T) {
			now := command.AppendResult(nil, &want)
			then := golden(t, "result-"+name, now)
			var got command.Result
			if err := command.NewDecoder(then).Result(&got); err != nil {
				t.Fatal(err)
			}
			if diff := same(want, got); diff != "" {
				t.Error(diff)
			}
			if string(now) != string(then) {
				t.Errorf("version 1 is written differently now: %x, was %x", now, then)
			}
		})
	}
}

func TestTypicalCommandsAreSmall(t *testing.T) {
	for name, limit := range map[string]int{"hold": 90, "hold_best_available": 95, "confirm": 75, "release": 65} {
		c := sampleCommands()[name]
		if n := len(command.AppendCommand(nil, &c)); n > limit {
			t.Errorf("%s: %d bytes, want at most %d", name, n, limit)
		}
	}
}
