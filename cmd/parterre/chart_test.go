package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/httpapi/client"
)

// call runs one verb and returns its exit code and what it wrote.
func call(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	code = run(t.Context(), args, streams{&o, &e})
	return code, o.String(), e.String()
}

// file writes a file for one test.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.json")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// made is a file with a chart that `chart make` wrote.
func made(t *testing.T, kind, seats string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), kind+".json")
	if code, _, errs := call(t, "chart", "make", "--kind", kind, "--seats", seats, "--seed", "3", "--out", name); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	return name
}

func TestChartMakeWritesTheSameChartForTheSameSeed(t *testing.T) {
	args := []string{"chart", "make", "--kind", "arena", "--seats", "1234", "--seed", "5"}
	code, first, errs := call(t, args...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if _, second, _ := call(t, args...); first != second {
		t.Error("two calls made two charts")
	}
	d, err := chart.Parse([]byte(first))
	if err != nil {
		t.Fatal(err)
	}
	if d.Seats() != 1_234 { // an arena has no tables
		t.Errorf("%d seats", d.Seats())
	}
}

func TestChartCheckTellsWhatAChartHas(t *testing.T) {
	code, out, errs := call(t, "chart", "check", made(t, "theatre", "2000"))
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, want := range []string{"2000 numbered, in ", "16 wheelchair places, 16 companion seats", "restricted view", "categories", "sold whole with", "0 with 0 places"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestChartCheckTellsEveryFault(t *testing.T) {
	name := file(t, `{"categories": [{"key": "1"}], "venue": 7, "sections": [{"key": "A", "category": "2",
		"rows": [{"key": "1", "seats": [{"key": "1"}, {"key": "1"}]}]}]}`)
	code, out, errs := call(t, "chart", "check", name)
	if code != exitFailure {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{
		"venue: unknown field", `sections[0].category: there is no such category: "2"`, `sections[0].rows[0].seats[1].key: another seat`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if !strings.Contains(errs, "problems") {
		t.Errorf("%q", errs)
	}
}

func TestChartCheckTellsWhereJSONEnds(t *testing.T) {
	code, _, errs := call(t, "chart", "check", file(t, `{"name": `))
	if code != exitFailure || !strings.Contains(errs, "malformed near byte") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func TestChartDrawWritesAPicture(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "map.svg")
	code, _, errs := call(t, "chart", "draw", made(t, "stadium", "900"), "--out", picture)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	written, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(written), "<svg ") || !strings.Contains(string(written), "900 numbered seats") {
		t.Errorf("%.200s", written)
	}
}

func TestChartImportTellsWhatItLeavesOut(t *testing.T) {
	out := filepath.Join(t.TempDir(), "chart.json")
	code, _, errs := call(t, "chart", "import", "--from", "pretix", "../../actors/chart/pretix/testdata/cellar.json", "--out", out)
	if code != exitOK || !strings.Contains(errs, `zones[0].areas[2]: "Bar" is decoration`) {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if code, summary, errs := call(t, "chart", "check", out); code != exitOK || !strings.Contains(summary, "Cellar Stage") {
		t.Errorf("exit code %d: %s%s", code, summary, errs)
	}
}

func TestChartImportTellsEveryFault(t *testing.T) {
	code, out, errs := call(t, "chart", "import", "--from", "pretix", file(t, `{"zones": [7, {"rows": []}]}`))
	if code != exitFailure || out != "" || !strings.Contains(errs, "zones[0]: want an object") ||
		!strings.Contains(errs, "zones[1].position: is needed") || !strings.Contains(errs, "2 problems") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

func TestChartVerbsReadStandardInput(t *testing.T) {
	in, err := os.Open(made(t, "arena", "300"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	before := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = before }()
	if code, out, errs := call(t, "chart", "check", "-"); code != exitOK || !strings.Contains(out, "300 numbered") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

func TestChartVerbsTellMistakesFromFailures(t *testing.T) {
	for _, test := range []struct {
		want int
		args []string
	}{
		{exitOK, []string{"chart"}},
		{exitUsage, []string{"chart", "sell"}},
		{exitUsage, []string{"chart", "make", "--kind", "barn"}},
		{exitUsage, []string{"chart", "make", "--seats", "99"}},
		{exitUsage, []string{"chart", "check"}},
		{exitUsage, []string{"chart", "draw"}},
		{exitUsage, []string{"chart", "import", file(t, "{}")}},
		{exitFailure, []string{"chart", "check", "no/such/file"}},
		{exitFailure, []string{"chart", "draw", file(t, "{}")}},
		{exitFailure, []string{"chart", "make", "--out", "no/such/folder/chart.json"}},
		{exitUnreachable, []string{"chart", "draw", "--event", "opening", "--endpoints", "http://127.0.0.1:1", "--timeout", "1s"}},
	} {
		if code, _, errs := call(t, test.args...); code != test.want {
			t.Errorf("%v: exit code %d, want %d (%s)", test.args, code, test.want, errs)
		}
	}
}

func TestChartDrawShowsALiveEvent(t *testing.T) {
	p := startProcesses(t)
	p.makeEvent(t, "opening", 30)
	sale := client.SaleRequest{Reference: "r", Selection: client.Selection{Seats: []string{"A-1-3", "A-1-4"}}}
	if _, err := p.api.Sell(t.Context(), "opening", sale); err != nil {
		t.Fatal(err)
	}
	if _, err := p.api.Block(t.Context(), "opening", client.Selection{Seats: []string{"A-1-1"}}); err != nil {
		t.Fatal(err)
	}
	endpoints := strings.Join(p.Endpoints(), ",")
	// The node that answers shows its view, which may be of a moment ago.
	var out string
	for deadline := time.Now().Add(patience); !strings.Contains(out, "Blocked (1)"); {
		if time.Now().After(deadline) {
			t.Fatal("the seat is not shown as blocked")
		}
		var code int
		var errs string
		if code, out, errs = call(t, "chart", "draw", "--event", "opening", "--endpoints", endpoints); code != exitOK {
			t.Fatalf("exit code %d: %s", code, errs)
		}
	}
	for _, want := range []string{"Event opening at revision", "Free (27)", "Held (0)", "Sold (2)"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
	code, _, errs := call(t, "chart", "draw", made(t, "theatre", "150"), "--event", "opening", "--endpoints", endpoints)
	if code != exitFailure || !strings.Contains(errs, "another chart") {
		t.Errorf("another chart: exit code %d: %s", code, errs)
	}
	code, _, errs = call(t, "chart", "draw", "--event", "never", "--endpoints", endpoints)
	if code != exitFailure || !strings.Contains(errs, "unknown_event") {
		t.Errorf("unknown event: exit code %d: %s", code, errs)
	}
}
