package seatmap

import (
	"slices"
	"strconv"
)

// span is banks from..to-1 of one category, side by side: all of them, or those in one section.
type span struct{ category, from, to uint32 }

// checkWish checks a wish against the event and its chart.
func (m *Map) checkWish(d *decision) Code {
	w, c := &d.req.Wish, m.config
	switch {
	case len(d.req.Add.Seats) > 0:
		return d.invalid("best_available", "choose seats or wish, not both")
	case w.Quantity < 1:
		return d.invalid("best_available.quantity", "want at least 1")
	case w.Quantity > c.PlacesPerHold:
		return d.invalid("best_available.quantity", "at most "+strconv.Itoa(int(c.PlacesPerHold))+" places in one hold")
	case w.Accessible < 0 || w.Accessible > w.Quantity:
		return d.invalid("best_available.accessible", "want 0 to the quantity")
	case w.Together > TogetherAny:
		return d.invalid("best_available.together", "want prefer, require or any")
	case w.MinPrice < 0:
		return d.invalid("best_available.min_price", "must not be negative")
	case w.MaxPrice < 0 || w.MaxPrice > 0 && w.MaxPrice < w.MinPrice:
		return d.invalid("best_available.max_price", "must not be negative or below min_price")
	case len(w.Categories) > MaxWishKeys:
		return d.invalid("best_available.categories", "at most 100")
	case len(w.Sections) > MaxWishKeys:
		return d.invalid("best_available.sections", "at most 100")
	}
	for i, key := range w.Categories {
		if !slices.ContainsFunc(m.plan.categories, func(c CategorySpec) bool { return c.Key == key }) {
			return d.invalid(field("best_available.", "categories", i), "the chart has no such category")
		}
	}
	for i, key := range w.Sections {
		if !slices.ContainsFunc(m.plan.sections, func(s SectionSpec) bool { return s.Key == key }) {
			return d.invalid(field("best_available.", "sections", i), "the chart has no such section")
		}
	}
	return CodeOK
}

// filter puts the banks that a wish allows into the scratch.
func (m *Map) filter(s *seating, w *Wish) {
	f := &s.scratch
	f.spans, f.sections, f.bySection = f.spans[:0], f.sections[:0], len(w.Sections) > 0
	clear(f.wanted)
	if f.bySection {
		for i := range m.plan.sections {
			if slices.Contains(w.Sections, m.plan.sections[i].Key) {
				f.sections = append(f.sections, int32(i))
			}
		}
	}
	for c := range m.plan.categories {
		price := m.price(m.newestBook(), c)
		if price < w.MinPrice || w.MaxPrice > 0 && price > w.MaxPrice ||
			len(w.Categories) > 0 && !slices.Contains(w.Categories, m.plan.categories[c].Key) {
			continue
		}
		f.wanted[c] = true
		s.addSpans(uint32(c))
	}
}

// addSpans adds a category, in the sections of the filter only if there are some.
func (s *seating) addSpans(category uint32) {
	l, f := s.l, &s.scratch
	from, to := l.firstBank[category], l.firstBank[category+1]
	if from == to {
		return
	}
	if !f.bySection {
		f.spans = append(f.spans, span{category, from, to})
		return
	}
	cells := l.cells[l.firstCell[category]:l.firstCell[category+1]]
	for _, section := range f.sections {
		i, ok := slices.BinarySearchFunc(cells, section, func(c cell, section int32) int { return int(c.section - section) })
		if !ok {
			continue
		}
		end := to
		if i+1 < len(cells) {
			end = cells[i+1].first
		}
		f.spans = append(f.spans, span{category, cells[i].first, end})
	}
}

// freeSeats counts the free seats of the filter: ordinary ones, and the others.
func (s *seating) freeSeats() (counts [2]uint32) {
	for _, sp := range s.scratch.spans {
		if sp.from == s.l.firstBank[sp.category] && sp.to == s.l.firstBank[sp.category+1] {
			counts[0] += s.totals[sp.category][0]
			counts[1] += s.totals[sp.category][1]
			continue
		}
		for i := s.l.banks[sp.from].cell; i <= s.l.banks[sp.to-1].cell; i++ {
			counts[0] += s.counts[i][0]
			counts[1] += s.counts[i][1]
		}
	}
	return counts
}
