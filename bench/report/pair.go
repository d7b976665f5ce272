package report

// Pair is one of our entries beside one of a peer's.
type Pair struct {
	Ours, Theirs *Entry
	Tickets      *Spread // ours ÷ theirs, tickets/s; nil: no round has both
	// HoldP99 is ours ÷ theirs, less is better; nil unless both have as many operations outstanding: a latency under another
	// load says nothing.
	HoldP99 *Spread
}

// Ahead says who sells more tickets: 1 we in every round, -1 the peer in every round, 0 neither or unknown.
func (p *Pair) Ahead() int {
	switch {
	case p.Tickets == nil:
		return 0
	case p.Tickets.Least > 1:
		return 1
	case p.Tickets.Most < 1:
		return -1
	}
	return 0
}

// Pairs are all of our entries beside every peer that was measured on the same work: with the peer's entry that has as many
// operations outstanding; if it has none, with the peer's fastest.
func (c *Comparison) Pairs(w *Work) []Pair {
	var pairs []Pair
	for i := range w.Entries {
		ours := &w.Entries[i]
		if s := c.System(ours.System); s == nil || !s.Ours {
			continue
		}
		for j := range c.Systems {
			if c.Systems[j].Ours {
				continue
			}
			if theirs := w.opposite(ours, c.Systems[j].Name); theirs != nil {
				p := Pair{Ours: ours, Theirs: theirs, Tickets: Ratio(ours, theirs, TicketsPerSecond)}
				if ours.Outstanding() == theirs.Outstanding() {
					p.HoldP99 = Ratio(ours, theirs, HoldP99)
				}
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

// System finds a system by its name; nil: there is none.
func (c *Comparison) System(name string) *System {
	for i := range c.Systems {
		if c.Systems[i].Name == name {
			return &c.Systems[i]
		}
	}
	return nil
}

// opposite is the entry of a peer that stands against one of ours; nil: it was not measured.
func (w *Work) opposite(ours *Entry, peer string) *Entry {
	var best *Entry
	alike, most := false, 0.0
	for i := range w.Entries {
		e := &w.Entries[i]
		s := e.Spread(TicketsPerSecond)
		if e.System != peer || s == nil {
			continue
		}
		same := e.Outstanding() == ours.Outstanding()
		if best == nil || same && !alike || same == alike && s.Median > most {
			best, alike, most = e, same, s.Median
		}
	}
	return best
}
