package report

import "fmt"

// check finds what would make a page lie or fail: series without an interval, entries of systems that are not there, curves
// that fall.
func (r *Run) check() error {
	for i := range r.Replays {
		if err := r.Replays[i].check(); err != nil {
			return fmt.Errorf("%w: replay %q: %w", ErrInvalid, r.Replays[i].Name, err)
		}
	}
	for i := range r.Comparisons {
		if err := r.Comparisons[i].check(); err != nil {
			return fmt.Errorf("%w: comparison %q: %w", ErrInvalid, r.Comparisons[i].Name, err)
		}
	}
	return nil
}

func (r *Replay) check() error {
	for i := range r.Throughput {
		if t := &r.Throughput[i]; t.IntervalSeconds <= 0 {
			return fmt.Errorf("throughput of %s %s: no interval", t.Operation, t.Status)
		}
	}
	for i := range r.Refusals {
		if f := &r.Refusals[i]; len(f.Counts) > 0 && f.IntervalSeconds <= 0 {
			return fmt.Errorf("refusal %s: no interval", f.Code)
		}
	}
	for i := range r.Latency {
		if l := &r.Latency[i]; l.IntervalSeconds <= 0 {
			return fmt.Errorf("latency of %s: no interval", l.Operation)
		}
	}
	for i := range r.Curves {
		c := &r.Curves[i]
		if !c.rises() {
			return fmt.Errorf("curve of %s %s: falls", c.Operation, c.Phase)
		}
		if c.Count > 0 && len(c.Points) == 0 {
			return fmt.Errorf("curve of %s %s: no points", c.Operation, c.Phase)
		}
	}
	return nil
}

func (c *Curve) rises() bool {
	for i := 1; i < len(c.Points); i++ {
		a, b := c.Points[i-1], c.Points[i]
		if b.Percentile <= a.Percentile || b.Micros < a.Micros || b.Count < a.Count {
			return false
		}
	}
	return true
}

func (c *Comparison) check() error {
	systems := map[string]bool{}
	for i := range c.Systems {
		name := c.Systems[i].Name
		if systems[name] {
			return fmt.Errorf("system %q is named twice", name)
		}
		systems[name] = true
	}
	for i := range c.Works {
		for j := range c.Works[i].Entries {
			if name := c.Works[i].Entries[j].System; !systems[name] {
				return fmt.Errorf("work %q: unknown system %q", c.Works[i].Name, name)
			}
		}
	}
	return nil
}
