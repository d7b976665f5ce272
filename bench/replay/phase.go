package replay

import (
	"time"

	"github.com/parterre/parterre/bench/report"
)

// phase is a part of a sale, by the trace's time.
type phase uint8

const (
	beforeOpen phase = iota
	firstMinute
	firstWave
	laterWaves
	phases
)

var phaseWords = [phases]string{
	beforeOpen: "before the opening", firstMinute: "first minute", firstWave: "rest of the first wave", laterWaves: "later waves",
}

func (p phase) String() string { return phaseWords[p] }

// calendar says when the phases begin, in microseconds of the trace. The first wave ends when the first holds lapse.
type calendar [phases]int64

func newCalendar(opens, holdTTL time.Duration) calendar {
	minute := opens + time.Minute
	return calendar{0, opens.Microseconds(), minute.Microseconds(), max(opens+holdTTL, minute).Microseconds()}
}

// of is the phase of a moment of the trace.
func (c calendar) of(atMicros int64) phase {
	for p := laterWaves; p > beforeOpen; p-- {
		if atMicros >= c[p] {
			return p
		}
	}
	return beforeOpen
}

// report is the phases that a replay of this length met, in its own seconds; none at Max, where the trace's time is nowhere.
func (c calendar) report(s Speed, seconds float64) (list []report.Phase) {
	if s == Max {
		return nil
	}
	for p := beforeOpen; p < phases; p++ {
		from, to := float64(s.due(c[p]))/1e9, seconds
		if p < laterWaves {
			to = min(to, float64(s.due(c[p+1]))/1e9)
		}
		if from < to {
			list = append(list, report.Phase{Name: p.String(), From: from, To: to})
		}
	}
	return list
}
