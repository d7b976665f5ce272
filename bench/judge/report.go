package judge

// Report is a verdict as plain data.
type Report struct {
	Operations int64        `json:"operations"`
	Unknown    int64        `json:"unknown"`
	Events     int          `json:"events"`
	Searches   int          `json:"searches"`
	Largest    int          `json:"largest"`
	Held       bool         `json:"held"`
	Rules      []RuleReport `json:"rules"`
}

// RuleReport is a rule of a Report.
type RuleReport struct {
	Name       string    `json:"name"`
	Says       string    `json:"says"`
	Checked    int64     `json:"checked"`
	Skipped    int64     `json:"skipped"`
	Violations int64     `json:"violations"`
	Details    []Finding `json:"details,omitempty"`
	Undecided  []string  `json:"undecided,omitempty"`
}

// Report is the verdict as plain data.
func (v *Verdict) Report() Report {
	r := Report{
		Operations: v.Operations, Unknown: v.Unknown, Events: v.Events, Searches: v.Searches, Largest: v.Largest, Held: v.Err() == nil,
	}
	for _, rule := range v.order {
		r.Rules = append(r.Rules, RuleReport{
			Name: rule.Name, Says: rule.Says, Checked: rule.Checked, Skipped: rule.Skipped, Violations: rule.Violations,
			Details: rule.Details, Undecided: rule.Undecided,
		})
	}
	return r
}
