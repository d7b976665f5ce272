package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/quality"
)

func TestBenchQualityComparesAllocatorsAndDrawsThem(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pictures")
	code, out, errs := call(t, "bench", "quality", "--kind", "theatre", "--seats", "800", "--seed", "7", "--rounds", "2", "--out", dir)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, want := range []string{"seated together, %", "singles, 80 % first taken", "refused though as many were free", "time of a decision"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	const most = 150_000 // bytes: the pictures stand in the documentation
	for _, allocator := range quality.Allocators() {
		picture, err := os.ReadFile(filepath.Join(dir, allocator+".svg"))
		if err != nil {
			t.Error(err)
		}
		if !strings.HasPrefix(string(picture), "<svg ") || !strings.Contains(string(picture), allocator+", 80 % taken") || len(picture) > most {
			t.Errorf("%s: %d bytes: %.200s", allocator, len(picture), picture)
		}
	}
}

func TestBenchQualityTellsMistakesFromFailures(t *testing.T) {
	for _, test := range []struct {
		want int
		args []string
	}{
		{exitUsage, []string{"--kind", "barn"}},
		{exitUsage, []string{"--seats", "99"}},
		{exitUsage, []string{"--rounds", "0"}},
		{exitFailure, []string{"--seats", "100", "--rounds", "1", "--out", file(t, "") + "/in"}},
	} {
		if code, _, errs := call(t, append([]string{"bench", "quality"}, test.args...)...); code != test.want {
			t.Errorf("%v: exit code %d, want %d (%s)", test.args, code, test.want, errs)
		}
	}
}
