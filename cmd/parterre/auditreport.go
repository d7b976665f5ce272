package main

import (
	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/report"
)

// auditReport is a verdict as a page shows it. What could not be judged is told in the details of its rule.
func auditReport(name string, v *audit.Verdict) *report.Audit {
	a := &report.Audit{Name: name}
	for _, r := range v.Rules() {
		shown := report.Rule{Name: r.Name, Says: r.Says, Unit: r.Unit, Checked: r.Checked, Violations: r.Violations}
		shown.Details = append(shown.Details, r.Details...)
		if caveat := r.Caveat(); caveat != "" {
			shown.Details = append(shown.Details, caveat)
		}
		a.Rules = append(a.Rules, shown)
	}
	return a
}
