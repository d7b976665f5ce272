package report

import (
	"strings"
	"testing"
)

func TestAnAuditPassesOnlyIfItWasDoneAndLookedAtSomething(t *testing.T) {
	for _, test := range []struct {
		name  string
		audit Audit
		want  string
	}{
		{"kept", Audit{Rules: []Rule{{Name: "r", Checked: 3}, {Name: "s"}}}, "Passed: "},
		{"broken", Audit{Rules: []Rule{{Name: "r", Checked: 3, Violations: 1}}}, "FAILED: "},
		{"not done", Audit{Rules: []Rule{{Name: "r", Checked: 3}}, Failure: "no node answered"}, "No verdict: the audit could not be done: no node answered."},
		{"nothing looked at", Audit{Rules: []Rule{{Name: "r"}}}, "No verdict: nothing was checked."},
		{"no rules", Audit{}, "No verdict: nothing was checked."},
	} {
		verdict := auditBlocks(&test.audit)[0].Para
		if !strings.HasPrefix(verdict.Text, test.want) {
			t.Errorf("%s: %q, want %q", test.name, verdict.Text, test.want)
		}
		if passed := strings.HasPrefix(test.want, "Passed"); test.audit.Passed() != passed || (verdict.Tone == good) != passed {
			t.Errorf("%s: passed %v, tone %q", test.name, test.audit.Passed(), verdict.Tone)
		}
	}
}

func TestAnAimThatIsNotMetNamesItsLimitOrSaysThatNoneWasNamed(t *testing.T) {
	aims := []Aim{AtLeast("a", "f", 4, "×", SpreadOf(3)), AtLeast("b", "f", 4, "×", SpreadOf(3)), AtLeast("c", "f", 4, "×", nil), AtMost("d", "f", 4, "ms", SpreadOf(3))}
	aims[0].Limit = "the two cores"
	rows := aimsSection(aims).Blocks[1].Table.Rows
	for i, want := range []string{"✗ not met|limit: the two cores", "✗ not met|no limit was named", "– not measured|", "✓ met|"} {
		if got := rows[i][3].Text + "|" + rows[i][3].Note; got != want {
			t.Errorf("%s: %q, want %q", aims[i].Work, got, want)
		}
	}
	if got := rows[3][1].Text + " " + rows[3][2].Text; got != "≤ 4\u202fms 3\u202fms" {
		t.Errorf("bound and measured: %q", got)
	}
}

func TestBatchesOfAllNodesAreAddedUp(t *testing.T) {
	r := Replay{Batches: []Buckets{
		{Node: "n1", Name: "commands per entry", Buckets: []Bucket{{UpTo: 1, Count: 3}, {UpTo: 2, Count: 1}, {Over: true, Count: 1}}, Count: 5, Sum: 9},
		{Node: "n2", Name: "commands per entry", Buckets: []Bucket{{UpTo: 1, Count: 2}, {UpTo: 4, Count: 1}}, Count: 3, Sum: 6},
		{Node: "n3", Name: "nothing"},
	}}
	blocks := r.batchBlocks("id")
	if len(blocks) != 2 || len(blocks[1].Figures) != 1 {
		t.Fatalf("%d blocks", len(blocks))
	}
	f := blocks[1].Figures[0]
	var got []string
	for _, row := range f.Data.Rows {
		got = append(got, row[0].Text+"="+row[1].Text)
	}
	if want := "1=5 2=1 3 to 4=1 more than 4=1"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", strings.Join(got, " "), want)
	}
	if !strings.Contains(f.Says, "8, mean 1.88") {
		t.Errorf("says %q", f.Says)
	}
}

func TestSeriesOfOtherIntervalsAreAddedWhereTheyBelong(t *testing.T) {
	var f flow
	f.add([]int64{1, 2, 3}, 1)
	f.add([]int64{10, 20}, 2)
	if want := []int64{1, 12, 3, 20}; len(f.counts) != 4 || f.counts[0] != want[0] || f.counts[1] != want[1] || f.counts[2] != want[2] || f.counts[3] != want[3] {
		t.Errorf("%v, want %v", f.counts, want)
	}
}

func TestARunOfNothingStillMakesAPage(t *testing.T) {
	empty := &Run{Comparisons: []Comparison{{}}, Replays: []Replay{{}}, Audits: []Audit{{}}, Commands: []Command{{}}, Aims: []Aim{{}}}
	page := read(t, pageOf(t, "empty", empty), PageFile)
	elements(t, page)
	if !strings.Contains(page, defaultTitle) {
		t.Error("no title")
	}
}

func TestALateLoadGeneratorIsTold(t *testing.T) {
	for _, test := range []struct {
		late int64
		want bool
	}{{0, false}, {10, false}, {11, true}} {
		r := Replay{Pressure: Pressure{Requests: 1000, LateActions: test.late}}
		told := false
		for _, b := range r.refusalBlocks("id") {
			told = told || b.Para != nil && strings.HasPrefix(b.Para.Text, "The load generator itself")
		}
		if told != test.want {
			t.Errorf("%d of 1,000 late: told %v", test.late, told)
		}
	}
}
