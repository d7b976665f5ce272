package quality

import "github.com/parterre/parterre/actors/seatmap"

// house is the numbered seats of a plan as a shop's table has them. Slots are those of the plan.
type house struct {
	plan  *seatmap.Plan
	rows  []row
	rowOf []int32 // by slot
	free  []bool
	// Free seats: all, and those that are neither accessible nor companion seats.
	left, ordinaryLeft int
}

// row is a row, or a table that is sold by seat.
type row struct{ first, end, left int } // slots; left counts free seats

// newHouse is a house with every seat free. The plan is the one of spec.
func newHouse(plan *seatmap.Plan, spec *seatmap.PlanSpec) *house {
	h := &house{plan: plan, rowOf: make([]int32, plan.Seats()), free: make([]bool, plan.Seats())}
	first := 0
	add := func(seats int) {
		for slot := first; slot < first+seats; slot++ {
			h.rowOf[slot] = int32(len(h.rows)) //nolint:gosec // at most MaxSeats rows
		}
		h.rows = append(h.rows, row{first: first, end: first + seats})
		first += seats
	}
	for i := range spec.Rows {
		add(len(spec.Rows[i].Seats))
	}
	for i := range spec.Tables {
		if !spec.Tables[i].Whole {
			add(len(spec.Tables[i].Seats))
		}
	}
	for slot := range h.free {
		h.set(slot, true)
	}
	return h
}

// set says that a seat became free or taken.
func (h *house) set(slot int, free bool) {
	by := -1
	if free {
		by = 1
	}
	h.free[slot] = free
	h.rows[h.rowOf[slot]].left += by
	h.left += by
	if h.ordinary(slot) {
		h.ordinaryLeft += by
	}
}

// ordinary reports whether a seat is neither an accessible nor a companion seat.
func (h *house) ordinary(slot int) bool {
	return h.plan.Flags(uint32(slot))&(seatmap.SeatAccessible|seatmap.SeatCompanion) == 0 //nolint:gosec // a slot
}

// linked reports whether the next slot is a neighbour: in the same row, without an aisle between.
func (h *house) linked(slot int) bool {
	return slot >= 0 && slot+1 < len(h.free) && h.rowOf[slot] == h.rowOf[slot+1] && !h.plan.AisleAfter(uint32(slot)) //nolint:gosec // a slot
}

// singles counts free seats without a free neighbour.
func (h *house) singles() (n int) {
	for slot, free := range h.free {
		if free && (!h.linked(slot-1) || !h.free[slot-1]) && (!h.linked(slot) || !h.free[slot+1]) {
			n++
		}
	}
	return n
}

// sitting tells of a party's seats, in the order of their slots, whether all are neighbours in one row, and whether
// somebody has nobody of the party beside him.
func (h *house) sitting(slots []int) (together, alone bool) {
	beside := func(i int) bool { // the party's seats i and i+1 are neighbours
		return i >= 0 && i+1 < len(slots) && slots[i]+1 == slots[i+1] && h.linked(slots[i])
	}
	together = true
	for i := range slots {
		together = together && (i+1 == len(slots) || beside(i))
		alone = alone || !beside(i-1) && !beside(i)
	}
	return together, alone
}

// strewn reports whether seats lie in more than one section, or at tables outside of all sections and not at the same one.
func (h *house) strewn(slots []int) bool {
	first := slots[0]
	section := h.section(first)
	for _, slot := range slots[1:] {
		if h.section(slot) != section || section < 0 && h.rowOf[slot] != h.rowOf[first] {
			return true
		}
	}
	return false
}

func (h *house) section(slot int) int { return h.plan.SectionOf(uint32(slot)) } //nolint:gosec // a slot
