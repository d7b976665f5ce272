package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// traced is a small trace.
func traced(t *testing.T, args ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "on-sale.trace")
	args = append([]string{"bench", "trace", "--seats", "300", "--users-per-ticket", "3", "--out", name}, args...)
	if code, _, errs := call(t, args...); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	return name
}

func TestBenchTraceWritesTheSameTraceForTheSameSeed(t *testing.T) {
	read := func(name string) []byte {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	first := read(traced(t))
	if !bytes.Equal(first, read(traced(t))) {
		t.Error("two calls made two traces")
	}
	if bytes.Equal(first, read(traced(t, "--seed", "8"))) {
		t.Error("another seed makes the same trace")
	}
}

func TestEveryKindOfVenueAndAChartsFileHaveATrace(t *testing.T) {
	for venue, want := range map[string]string{
		"arena": "chart arena-300,", "theatre": "chart theatre-300,", "stadium": "chart stadium-300,", made(t, "theatre", "250"): "chart theatre,",
	} {
		code, out, errs := call(t, "bench", "trace", "show", traced(t, "--venue", venue))
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d, %s%s", venue, code, out, errs)
		}
	}
}

func TestBenchTraceShowTellsWhatThereIs(t *testing.T) {
	name := traced(t, "--hold-ttl", "240", "--pay-median", "1m30s", "--cap-4", "--minutes", "2")
	code, out, errs := call(t, "bench", "trace", "show", "--head", "2", name)
	for _, want := range []string{"generated, seed 7", `"write_seconds":120`, `"most_places":4`, "holds live 240 s", "look_again", "by bots", "####", "whole", "slot 0"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit code %d, %q is missing in:\n%s%s", code, want, out, errs)
		}
	}
	var shown struct {
		Tally struct{ Records, Shoppers int }
		Head  []struct{ Action string }
	}
	code, out, errs = call(t, "bench", "trace", "show", "-o", "json", "--head", "3", name)
	if err := json.Unmarshal([]byte(out), &shown); err != nil || code != exitOK {
		t.Fatalf("exit code %d, %v: %s", code, err, errs)
	}
	if shown.Tally.Records == 0 || shown.Tally.Shoppers == 0 || len(shown.Head) != 3 || shown.Head[0].Action != "look" {
		t.Errorf("%+v", shown)
	}
}

func TestATraceThatWasCutOffIsShownAsThat(t *testing.T) {
	name := traced(t)
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, file[:len(file)-10], 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := call(t, "bench", "trace", "show", name); code != exitOK || !strings.Contains(out, "CUT OFF") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestBenchTraceRefusesWhatCannotBe(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.trace")
	for _, args := range [][]string{
		{"--seats", "300"}, // no --out
		{"--out", out, "--arrivals-at-open", "1.5"},
		{"--out", out, "--peak", "soon"},
		{"--out", out, "--cap-4", "--parties", "1,2"},
		{"--out", out, "--venue", "cathedral"},
		{"--out", out, "--seats", "5"},
	} {
		if code, _, errs := call(t, append([]string{"bench", "trace"}, args...)...); code != exitUsage || errs == "" {
			t.Errorf("%v: exit code %d, %q", args, code, errs)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was left behind")
	}
	if code, _, _ := call(t, "bench", "trace", "show", file(t, "no trace at all")); code != exitFailure {
		t.Errorf("exit code %d for a file that is no trace", code)
	}
}
