package report

// Aim is one thing that the bench set out to show, and what it showed. Whether it is met is computed, never said.
type Aim struct {
	Work     string   `json:"work"`               // "HTTP, one request per step, 64 connections"
	Figure   string   `json:"figure"`             // what is measured: "tickets/s ÷ PostgreSQL's", "hold p99"
	AtMost   bool     `json:"at_most"`            // the aim is an upper bound, else a lower one
	Want     float64  `json:"want"`               // the bound, in Unit
	Unit     string   `json:"unit"`               // "tickets/s", "×", "ms", "requests"
	Measured *Spread  `json:"measured"`           // null: not measured; its median decides
	Limit    string   `json:"limit,omitempty"`    // where the aim is not met: what limits it
	Evidence []string `json:"evidence,omitempty"` // where that is seen: a profile's file, a command
}

// AtLeast is an aim with a lower bound.
func AtLeast(work, figure string, want float64, unit string, measured *Spread) Aim {
	return Aim{Work: work, Figure: figure, Want: want, Unit: unit, Measured: measured}
}

// AtMost is an aim with an upper bound.
func AtMost(work, figure string, want float64, unit string, measured *Spread) Aim {
	return Aim{Work: work, Figure: figure, AtMost: true, Want: want, Unit: unit, Measured: measured}
}

// Met says whether the median of what was measured keeps the bound.
func (a *Aim) Met() bool {
	switch {
	case a.Measured == nil || a.Measured.Rounds == 0:
		return false
	case a.AtMost:
		return a.Measured.Median <= a.Want
	}
	return a.Measured.Median >= a.Want
}
