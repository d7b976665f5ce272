package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestBenchJudgeTellsAGoodRunFromABadOne(t *testing.T) {
	for _, c := range []struct {
		sales, exit int
		says        string
	}{{1, 0, "every promise held"}, {2, exitFailure, "BROKEN: linearizable: opening: no order explains this answer: sale"}} {
		for output, says := range map[string]string{"table": c.says, "json": `"name": "linearizable"`} {
			var out, err strings.Builder
			args := []string{"bench", "judge", "--history", savedSales(t, c.sales), "--save", t.TempDir(), "-o", output}
			if code := run(t.Context(), args, streams{out: &out, err: &err}); code != c.exit || !strings.Contains(out.String(), says) {
				t.Errorf("sold %d times: exit %d\n%s%s", c.sales, code, out.String(), err.String())
			}
		}
	}
}

func TestBenchJudgeWantsAHistory(t *testing.T) {
	for path, exit := range map[string]int{"": exitUsage, filepath.Join(t.TempDir(), "none"): exitFailure} {
		var out, err strings.Builder
		if code := run(t.Context(), []string{"bench", "judge", "--history", path}, streams{out: &out, err: &err}); code != exit {
			t.Errorf("%q: exit %d, %s", path, code, err.String())
		}
	}
}
