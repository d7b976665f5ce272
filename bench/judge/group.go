package judge

import (
	"cmp"
	"slices"

	"github.com/parterre/parterre/bench/history"
)

// group is a set of operations that share no place, hold or limited buyer with any other group: by the locality of
// linearizability it may be judged alone. What ties groups together is the revision that answers tell: see operation.pin.
type group struct {
	c   *eventCase
	ops []*operation

	numbers []uint32 // of the places in the chart; a place's number in the group is its index
	rooms   []int64  // how many each place is
	ids     []history.ID
	sales   []bool  // of cells: it began as an order
	buyers  []int32 // of cells: the stock of its buyer, none = -1
	cells   []*cell // as they begin
	stocks  int

	marks  marks
	pins   []*operation // those that tell a revision, in the order that they must have
	peak   peak
	blocks map[int32]int32 // cells of blocks, by place
}

// operation is what porcupine puts in order.
type operation struct {
	*history.Op
	called, returned int64
	cell             int32 // the hold it is about, none = -1
	buyer            int32 // stock of the buyer who asked, none = -1
	asked, given     []part
	taken            []part
	deadline         int64
	// pin is the revision at which it was decided, 0 = not told; then before is how many of the group's pins come before.
	pin    uint64
	before int32
	place  int32 // in the order of returns
	// open: its outcome is unknown. It is not put in order, but a mark.
	open bool
	// names: the answer names places, be they in this group or not.
	names bool
	// excused: a wish of unknown outcome may own any seat.
	excused bool
}

func (g *group) isArea(place int32) bool { return int(g.numbers[place]) >= g.c.chart.Slots() }

// all are the operations, and those of unknown outcome.
func (g *group) all() []*operation {
	all := slices.Clone(g.ops)
	for _, m := range g.marks.may {
		if m.what == opened {
			all = append(all, m.p)
		}
	}
	return all
}

// number puts pins and returns in order, and the marks beside them.
func (g *group) number() {
	g.pins = g.pins[:0]
	returns := slices.Clone(g.ops)
	for _, p := range g.ops {
		if p.pin != 0 {
			g.pins = append(g.pins, p)
		}
	}
	slices.SortStableFunc(g.pins, func(a, b *operation) int { return cmp.Compare(a.rank(), b.rank()) })
	for i, p := range g.pins {
		p.before = int32(i)
		if i > 0 && g.pins[i-1].rank() == p.rank() {
			p.before = g.pins[i-1].before
		}
	}
	slices.SortStableFunc(returns, func(a, b *operation) int { return cmp.Compare(a.returned, b.returned) })
	for i, p := range returns {
		p.place = int32(i)
	}
	g.marks.number(returns)
}

// rank orders pins: what surely changed something comes first at its revision, and is seen by the others there.
func (p *operation) rank() uint64 {
	if changes(p.Op) {
		return 2 * p.pin
	}
	return 2*p.pin + 1
}

// plus adds a part to a sorted list.
func plus(list []part, p part) []part {
	i, found := slices.BinarySearchFunc(list, p.place, func(have part, place int32) int { return cmp.Compare(have.place, place) })
	if found {
		list[i].lo += p.lo
		list[i].hi += p.hi
		return list
	}
	return slices.Insert(list, i, p)
}

func find(list []part, place int32) *part {
	i, found := slices.BinarySearchFunc(list, place, func(have part, place int32) int { return cmp.Compare(have.place, place) })
	if !found {
		return nil
	}
	return &list[i]
}

func total(list []part) (n int64) {
	for _, p := range list {
		n += int64(p.hi)
	}
	return n
}
