package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/history"
)

// savedSales is a file with a run in which seat A-1 was sold so many times.
func savedSales(t *testing.T, sales int) string {
	t.Helper()
	run := history.New()
	run.AddEvent("opening", run.AddChart(&history.Chart{Seats: []string{"A-1"}}))
	log, op := run.NewLog(), history.Op{}
	for i := range sales {
		op.Begin(history.KindSale, 0, int64(10*i))
		op.ID = history.ID{15: byte(i + 1)}
		op.Give(0)
		op.Answered(201, history.CodeNone, int64(10*i+5))
		log.Add(&op)
	}
	path := filepath.Join(t.TempDir(), "run.history")
	if err := run.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBenchAuditTellsAGoodRunFromABadOne(t *testing.T) {
	for _, c := range []struct {
		sales, exit int
		says        string
	}{{1, 0, "every promise held"}, {2, exitFailure, "BROKEN: one owner: opening: A-1 belonged to order"}} {
		for output, says := range map[string]string{"table": c.says, "json": `"name": "one owner"`} {
			var out, err strings.Builder
			args := []string{"bench", "audit", "--history", savedSales(t, c.sales), "-o", output}
			if code := run(t.Context(), args, streams{out: &out, err: &err}); code != c.exit || !strings.Contains(out.String(), says) {
				t.Errorf("sold %d times: exit %d\n%s%s", c.sales, code, out.String(), err.String())
			}
		}
	}
}

func TestBenchAuditWantsAHistory(t *testing.T) {
	for path, exit := range map[string]int{"": exitUsage, filepath.Join(t.TempDir(), "none"): exitFailure} {
		var out, err strings.Builder
		if code := run(t.Context(), []string{"bench", "audit", "--history", path}, streams{out: &out, err: &err}); code != exit {
			t.Errorf("%q: exit %d, %s", path, code, err.String())
		}
	}
}
