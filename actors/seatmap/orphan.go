package seatmap

import "slices"

// checkOrphans decides whether chosen seats leave a single where the event refuses that. remove is what a change frees
// in the same step. It walks the free runs that the choice touches: in one of them the choice of k seats out of n is
// refused if it leaves a seat without a free neighbour and n-k is not one; for then k neighbours from the end of the run
// leave none, while one seat that is left over is a single wherever it is.
func (m *Map) checkOrphans(d *decision, add, remove *picks) Code {
	if m.config.Orphans != OrphansRefuse || add.seats == 0 {
		return CodeOK
	}
	chosen, freed := add.slots[:add.seats], remove.slots[:remove.seats]
	for _, slot := range chosen {
		m.marked(slot)
	}
	singles := m.scratch.slots[:0]
	for _, slot := range chosen {
		singles = m.singlesAround(singles, slot, freed)
	}
	for _, slot := range chosen {
		m.scratch.marks[slot>>6] &^= 1 << (slot & 63)
	}
	slices.Sort(singles)
	for _, slot := range singles {
		d.ans.Labels = append(d.ans.Labels, m.plan.Label(slot))
	}
	m.scratch.slots = singles
	if len(singles) > 0 {
		return d.refuse(CodeWouldLeaveOrphan, "a single seat would be left")
	}
	return CodeOK
}

// singlesAround appends the singles that the choice leaves in the free run of slot, if slot is the run's first chosen
// seat and another choice would leave none.
func (m *Map) singlesAround(singles []uint32, slot uint32, freed []uint32) []uint32 {
	first, last := slot, slot
	for m.joined(first-1, first, freed) {
		if first--; m.isChosen(first) {
			return singles
		}
	}
	chosen := uint32(1)
	for m.joined(last, last+1, freed) {
		if last++; m.isChosen(last) {
			chosen++
		}
	}
	if last-first+1-chosen == 1 {
		return singles
	}
	for seat := first; seat <= last; seat++ {
		if !m.isChosen(seat) && (seat == first || m.isChosen(seat-1)) && (seat == last || m.isChosen(seat+1)) {
			singles = append(singles, seat)
		}
	}
	return singles
}

// joined reports whether two slots that follow each other are neighbours and free.
func (m *Map) joined(slot, next uint32, freed []uint32) bool {
	p := m.plan
	if next == 0 || int(next) >= p.seats || p.group[slot] != p.group[next] || p.AisleAfter(slot) {
		return false
	}
	free := func(slot uint32) bool { return *m.status.at(slot) == StatusFree || slices.Contains(freed, slot) }
	return free(slot) && free(next)
}

// isChosen reports whether a slot is marked as part of the choice.
func (m *Map) isChosen(slot uint32) bool { return m.scratch.marks[slot>>6]>>(slot&63)&1 != 0 }
