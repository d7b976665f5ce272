package report

import "fmt"

// auditBlocks are the verdict and the table of its rules.
func auditBlocks(a *Audit) []block {
	var blocks []block
	if a.Name != "" {
		blocks = append(blocks, block{Heading: a.Name})
	}
	t := &table{Caption: "Audit: promises, how often they were put to the test, and how often broken", Cards: true, Columns: columns("Promise", ">Checked", ">Broken", "Verdict")}
	var checked, broken int64
	for _, r := range a.Rules {
		checked += r.Checked
		broken += r.Violations
		verdict := cell{Text: "✓ kept", Tone: good}
		switch {
		case r.Violations > 0:
			verdict = cell{Text: "✗ broken", Tone: bad}
		case r.Checked == 0:
			verdict = cell{Text: "– nothing to check", Tone: doubt}
		}
		for i, d := range r.Details {
			if i > 0 {
				verdict.Note += "; "
			}
			verdict.Note += d
		}
		t.Rows = append(t.Rows, []cell{{Text: r.Name, Note: r.Says}, {Text: Grouped(r.Checked), Note: r.Unit}, {Text: Grouped(r.Violations)}, verdict})
	}
	verdict := para{Tone: good, Text: fmt.Sprintf("Passed: %s in %s checks, nothing found.", count(len(a.Rules), "promise", "promises"), Grouped(checked))}
	switch {
	case a.Failure != "":
		verdict = para{Tone: bad, Text: "No verdict: the audit could not be done: " + sentence(a.Failure)}
	case broken > 0:
		verdict = para{Tone: bad, Text: fmt.Sprintf("FAILED: %s violations in %s checks.", Grouped(broken), Grouped(checked))}
	case !a.Passed():
		verdict = para{Tone: bad, Text: "No verdict: nothing was checked."}
	}
	blocks = append(blocks, block{Para: &verdict})
	if len(t.Rows) > 0 {
		blocks = append(blocks, block{Table: t})
	}
	return blocks
}
