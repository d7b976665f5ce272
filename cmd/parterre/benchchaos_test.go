package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The short form of the long runs: every kind of fault may come up, real processes, a fixed seed. Faults are injected for
// 15 s; the judgement follows.
func TestChaosOfAFixedSeedBreaksNoPromise(t *testing.T) {
	keep := filepath.Join(t.TempDir(), "kept")
	var out, errs strings.Builder
	code := run(t.Context(), []string{
		"bench", "chaos", "--seed", "20", "--minutes", "0.2", "--round", "6s", "--faults", "all,-disk-hang", "--keep", keep,
	}, streams{&out, &errs})
	if code != exitOK {
		t.Fatalf("exit code %d\n%s\n%s", code, out.String(), errs.String())
	}
	for _, want := range []string{"round 1", "healed: ready after", "seed 20: every promise held", "the same again: parterre bench chaos --seed 20"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
	if left, err := os.ReadDir(keep); err != nil || len(left) > 0 {
		t.Errorf("a run that held left %v, %v", left, err)
	}
}

func TestChaosIsToldWhatToBreak(t *testing.T) {
	for words, want := range map[string]string{
		"--faults earthquake": "earthquake", "--nodes 4": "--nodes", "--log-store tape": "tape", "--minutes 0": "--minutes",
	} {
		var out, errs strings.Builder
		args := append([]string{"bench", "chaos"}, strings.Fields(words)...)
		if code := run(t.Context(), args, streams{&out, &errs}); code == exitOK || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit code %d: %s", words, code, errs.String())
		}
	}
}
