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

// The older version is this one under another name: what differs is which file a process was started from.
func TestAClusterOfTwoVersionsIsBroughtToTheNewerHalfWay(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	old, nights := filepath.Join(dir, "older"), filepath.Join(dir, "nights.jsonl")
	if err := os.Symlink(self, old); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	code := run(t.Context(), []string{
		"bench", "chaos", "--seed", "3", "--minutes", "0.1", "--round", "2s", "--faults", "operator", "--old-binary", old,
		"--record", nights, "--keep", filepath.Join(dir, "kept"),
	}, streams{&out, &errs})
	if code != exitOK || !strings.Contains(out.String(), "upgrade         n1 n2 ") {
		t.Fatalf("exit code %d\n%s\n%s", code, out.String(), errs.String())
	}
	out.Reset()
	if code := run(t.Context(), []string{"bench", "chaos-sum", nights}, streams{&out, &errs}); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	for _, want := range []string{"| 3 | 3 | bolt | proxy, two versions |", "| upgrade | 1 |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

func TestChaosIsToldWhatToBreak(t *testing.T) {
	for words, want := range map[string]string{
		"--faults earthquake": "earthquake", "--nodes 4": "--nodes", "--log-store tape": "tape", "--minutes 0": "--minutes",
		"--alone 101": "--alone", "--think 0s": "--think",
	} {
		var out, errs strings.Builder
		args := append([]string{"bench", "chaos"}, strings.Fields(words)...)
		if code := run(t.Context(), args, streams{&out, &errs}); code == exitOK || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit code %d: %s", words, code, errs.String())
		}
	}
}
