package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/report"
)

// saved writes a run to a file.
func saved(t *testing.T, name string, run *report.Run) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := report.Save(path, run); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBenchReportMakesOnePageOfSeveralRuns(t *testing.T) {
	measured := report.New("Of the first", report.Command{Line: "parterre bench replay"})
	measured.Aims = []report.Aim{report.AtLeast("work", "tickets per second", 10, "tickets/s", report.SpreadOf(9))}
	limits := report.New("", report.Command{Line: "parterre bench compare"})
	limits.Aims = []report.Aim{report.AtLeast("work", "tickets per second", 10, "tickets/s", nil)}
	limits.Aims[0].Limit = "the two cores"
	dir := filepath.Join(t.TempDir(), "page")
	code, out, errs := call(t, "bench", "report", "--in", saved(t, "a.json", &measured), "--in", saved(t, "b.json", &limits), "--out", dir)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if want := filepath.Join(dir, report.PageFile); strings.TrimSpace(out) != want {
		t.Errorf("printed %q, want %q", out, want)
	}
	for _, name := range []string{report.PageFile, report.MarkdownFile} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Of the first", "not met", "limit: the two cores", "parterre bench replay", "parterre bench compare"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
	}
	if _, err := report.ReadFile(filepath.Join(dir, report.RunFile)); err != nil {
		t.Errorf("what it wrote cannot be read again: %v", err)
	}
}

func TestBenchReportTellsMistakesFromFailures(t *testing.T) {
	good := saved(t, "good.json", &report.Run{})
	for _, test := range []struct {
		want int
		args []string
	}{
		{exitUsage, nil},
		{exitUsage, []string{"--in", good}},
		{exitUsage, []string{"--out", t.TempDir()}},
		{exitFailure, []string{"--in", good + ".gone", "--out", t.TempDir()}},
		{exitFailure, []string{"--in", file(t, "{}"), "--out", t.TempDir()}},
		{exitFailure, []string{"--in", good, "--out", filepath.Join(good, "below-a-file")}},
	} {
		if code, _, errs := call(t, append([]string{"bench", "report"}, test.args...)...); code != test.want {
			t.Errorf("%v: exit code %d, want %d (%s)", test.args, code, test.want, errs)
		}
	}
}
