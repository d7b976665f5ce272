package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/report"
	"github.com/parterre/parterre/httpapi/client"
)

// smallTrace is an on-sale of a minute and a half: at speed 60 it is over in a few seconds, and holds live for one.
func smallTrace(t *testing.T, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "small.trace")
	call := append([]string{
		"bench", "trace", "--seats", "100", "--users-per-ticket", "3", "--admit", "0", "--hold-ttl", "60", "--duration", "90s", "--read-within", "1m",
		"--pay-median", "10s", "--pay-p95", "40s", "--out", file,
	}, args...)
	var out, errs strings.Builder
	if code := run(t.Context(), call, streams{&out, &errs}); code != exitOK {
		t.Fatalf("bench trace: exit code %d\n%s\n%s", code, out.String(), errs.String())
	}
	return file
}

func TestAReplayHoldsEveryPromiseWithTheLeaderKilledOnTheWay(t *testing.T) {
	dir := t.TempDir()
	page, saw := filepath.Join(dir, "page"), filepath.Join(dir, "history")
	var out, errs strings.Builder
	code := run(t.Context(), []string{
		"bench", "replay", "--trace", smallTrace(t), "--speed", "60", "--kill-leader-at", "30s", "--connections", "64",
		"--report", page, "--history", saw,
	}, streams{&out, &errs})
	if code != exitOK {
		t.Fatalf("exit code %d\n%s\n%s", code, out.String(), errs.String())
	}
	for _, want := range []string{
		"killed with SIGKILL", "first minute: no accepted request over 1s:", "first minute: refusals only 409 and 429:", "every promise held",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if h, err := history.Load(saw); err != nil || h.Len() == 0 {
		t.Errorf("the history cannot be read: %v", err)
	}
	for _, name := range []string{report.PageFile, report.MarkdownFile} {
		if _, err := os.Stat(filepath.Join(page, name)); err != nil {
			t.Error(err)
		}
	}
	told, err := report.ReadFile(filepath.Join(page, report.RunFile))
	if err != nil {
		t.Fatal(err)
	}
	r := told.Replays[0]
	if !r.Audit.Passed() || r.Pressure.Accepted == 0 || len(r.Latency) == 0 || len(r.Curves) == 0 || len(r.Stock) == 0 ||
		len(r.Faults) != 1 || len(r.Trace.Digest) != 64 || r.LongestGap == nil || len(r.Batches) != 1 || r.Batches[0].Count == 0 {
		t.Errorf("the page lacks something: %+v", r)
	}
}

func TestAReplayTakesAClusterThatIsThereAndAFreshEvent(t *testing.T) {
	p := startProcesses(t)
	file := smallTrace(t, "--minutes", "0.2")
	replay := func(args ...string) (code int, text string) {
		var out, errs strings.Builder
		code = run(t.Context(), append([]string{
			"bench", "replay", "--endpoints", strings.Join(p.Endpoints(), ","), "--trace", file, "--speed", "max", "--connections", "16",
		}, args...), streams{&out, &errs})
		return code, out.String() + errs.String()
	}
	if code, text := replay(); code != exitOK || !strings.Contains(text, "every promise held") || !strings.Contains(text, "given up: 0\n") {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	if code, text := replay(); code != exitFailure || !strings.Contains(text, "name another event with --event") {
		t.Errorf("a second replay into the same event: exit code %d\n%s", code, text)
	}
	event, err := p.api.Event(t.Context(), "on-sale:opening")
	if err != nil {
		t.Fatal(err)
	}
	settings := client.Settings{Chart: event.Chart, Currency: "EUR", State: "on_sale"}
	if _, err := p.api.PutEvent(t.Context(), "mine", settings); err != nil {
		t.Fatal(err)
	}
	if code, text := replay("--event", "mine", "-o", "json"); code != exitOK || !strings.Contains(text, `"replays"`) {
		t.Errorf("an event that was there: exit code %d\n%s", code, text)
	}
	if there, err := p.api.Event(t.Context(), "mine"); err != nil || there.Currency != "EUR" || there.Revision == 0 {
		t.Errorf("%+v %v", there, err)
	}
	if code, text := replay("--event", "another", "--limit", "100"); code != exitOK || !strings.Contains(text, "replayed 100 actions") {
		t.Errorf("an event that was not there: exit code %d\n%s", code, text)
	}
	p.makeEvent(t, "other-hall", 10)
	if code, text := replay("--event", "other-hall"); code != exitFailure || !strings.Contains(text, "10 places") {
		t.Errorf("an event of another hall: exit code %d\n%s", code, text)
	}
}

func TestAReplayRefusesWhatCannotBe(t *testing.T) {
	for want, args := range map[string][]string{
		"--trace":          {},
		"--speed":          {"--trace", "x", "--speed", "fast"},
		"choose one":       {"--trace", "x", "--nodes", "--endpoints", "n1:80"},
		"--kill-leader-at": {"--trace", "x", "--endpoints", "n1:80", "--kill-leader-at", "1s"},
		"--output":         {"--trace", "x", "-o", "xml"},
		"--connections":    {"--trace", "x", "--connections", "0"},
	} {
		var out, errs strings.Builder
		if code := run(t.Context(), append([]string{"bench", "replay"}, args...), streams{&out, &errs}); code != exitUsage ||
			!strings.Contains(errs.String(), want) {
			t.Errorf("%v: exit code %d, %s", args, code, errs.String())
		}
	}
	var out, errs strings.Builder
	if code := run(t.Context(), []string{"bench", "replay", "--trace", "/nowhere"}, streams{&out, &errs}); code != exitFailure {
		t.Errorf("a trace that is not there: exit code %d, %s", code, errs.String())
	}
}
