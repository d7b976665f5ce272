package seatmap

// neighbours tells, seat by seat, whether a choice sits together: at one table, or in one row with no seat and no aisle
// in between.
type neighbours struct {
	group, lowest, highest, count uint32
	scattered                     bool
}

func (n *neighbours) add(p *Plan, slot uint32) {
	if n.count == 0 {
		n.group, n.lowest, n.highest = p.group[slot], slot, slot
	}
	n.scattered = n.scattered || p.group[slot] != n.group
	n.lowest, n.highest = min(n.lowest, slot), max(n.highest, slot)
	n.count++
}

func (n *neighbours) together(p *Plan) bool {
	if n.count == 0 || n.scattered {
		return false
	}
	if n.group >= uint32(len(p.rows)) {
		return true
	}
	if n.highest-n.lowest+1 != n.count {
		return false
	}
	for slot := n.lowest; slot < n.highest; slot++ {
		if p.AisleAfter(slot) {
			return false
		}
	}
	return true
}
