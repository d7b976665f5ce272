package queue

import (
	"slices"
	"time"
)

// Estimates are what the room foretold against what came, of all who were told a wait and then called.
type Estimates struct {
	Visits int
	// Waited and Foretold are medians; Error is the median of the differences, whatever their sign.
	Waited, Foretold, Error time.Duration
	// Within is the share of waits that lay in the band that was told.
	Within float64
}

// bandSlack is by how much a wait may miss its band: estimates are in whole seconds.
const bandSlack = time.Second

// Estimates compares the first estimate after the opening with the wait from then on.
func (l *Line) Estimates() Estimates {
	list := l.foretold()
	e := Estimates{Visits: len(list)}
	if e.Visits == 0 {
		return e
	}
	var waited, foretold, missed []time.Duration
	within := 0
	for _, v := range list {
		w, f := v.waited(), time.Duration(v.Expected)*time.Second
		waited, foretold, missed = append(waited, w), append(foretold, f), append(missed, (w-f).Abs())
		if w >= time.Duration(v.Least)*time.Second-bandSlack && w <= time.Duration(v.Most)*time.Second+bandSlack {
			within++
		}
	}
	e.Waited, e.Foretold, e.Error = median(waited), median(foretold), median(missed)
	e.Within = float64(within) / float64(e.Visits)
	return e
}

func (l *Line) foretold() []*Visit {
	return l.of(func(v *Visit) bool { return v.Foretold != Never && v.Called != Never && v.Called >= v.Foretold })
}

func (v *Visit) waited() time.Duration { return time.Duration(v.Called - v.Foretold) }

// Wait is what those who were told an estimate at about one time waited, and what they had been told, as medians.
type Wait struct {
	At                            time.Duration // when they were told, since the run's start
	Visits                        int
	Waited, Least, Expected, Most time.Duration
}

// Waits are the waits against the estimates over the time at which these were told, in so many parts at most.
func (l *Line) Waits(most int) (waits []Wait) {
	list := l.foretold()
	slices.SortFunc(list, func(a, b *Visit) int { return int(min(max(a.Foretold-b.Foretold, -1), 1)) })
	if len(list) == 0 || most < 1 {
		return nil
	}
	first, last := list[0].Foretold, list[len(list)-1].Foretold
	width := max(int64(time.Second), (last-first)/int64(most)+1)
	for from := 0; from < len(list); {
		part := (list[from].Foretold - first) / width
		to := from
		var waited, least, expected, highest []time.Duration
		for ; to < len(list) && (list[to].Foretold-first)/width == part; to++ {
			v := list[to]
			waited = append(waited, v.waited())
			least = append(least, time.Duration(v.Least)*time.Second)
			expected = append(expected, time.Duration(v.Expected)*time.Second)
			highest = append(highest, time.Duration(v.Most)*time.Second)
		}
		waits = append(waits, Wait{
			At: time.Duration(first + part*width + width/2), Visits: to - from,
			Waited: median(waited), Least: median(least), Expected: median(expected), Most: median(highest),
		})
		from = to
	}
	return waits
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[(len(list)-1)/2]
}
