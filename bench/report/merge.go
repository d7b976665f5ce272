package report

import (
	"cmp"
	"slices"
)

// Merge makes one run of several: commands by the time at which they were started, the rest in the order given. An aim that
// several have (same work, figure and bound) stands once; what a later one says about it wins, so that a file of aims
// alone can name the limits of what others measured.
func Merge(runs ...*Run) *Run {
	all := &Run{Version: Version}
	for _, r := range runs {
		all.Title = cmp.Or(all.Title, r.Title)
		all.Commands = append(all.Commands, r.Commands...)
		all.Replays = append(all.Replays, r.Replays...)
		all.Comparisons = append(all.Comparisons, r.Comparisons...)
		all.Audits = append(all.Audits, r.Audits...)
		for _, n := range r.Notes {
			if !slices.Contains(all.Notes, n) {
				all.Notes = append(all.Notes, n)
			}
		}
		for i := range r.Aims {
			all.aim(&r.Aims[i])
		}
	}
	slices.SortStableFunc(all.Commands, func(a, b Command) int { return a.StartedAt.Compare(b.StartedAt) })
	return all
}

// aim adds an aim, or what it says to the same one.
func (r *Run) aim(a *Aim) {
	i := slices.IndexFunc(r.Aims, func(o Aim) bool {
		return o.Work == a.Work && o.Figure == a.Figure && o.AtMost == a.AtMost && o.Want == a.Want && o.Unit == a.Unit
	})
	if i < 0 {
		r.Aims = append(r.Aims, *a)
		return
	}
	old := &r.Aims[i]
	if a.Measured != nil {
		old.Measured = a.Measured
	}
	old.Limit = cmp.Or(a.Limit, old.Limit)
	if len(a.Evidence) > 0 {
		old.Evidence = a.Evidence
	}
}
