package judge

import "github.com/parterre/parterre/bench/history"

// compiler makes a group.
type compiler struct {
	g      *group
	places map[uint32]int32
	ids    map[history.ID]int32
	blocks map[int32]int32 // cells of blocks, by place
	buyers map[uint64]int32
	made   map[int32]bool // cells whose hold or sale is in the history
}

func newCompiler(c *eventCase) *compiler {
	return &compiler{
		g: &group{c: c}, places: map[uint32]int32{}, ids: map[history.ID]int32{}, blocks: map[int32]int32{},
		buyers: map[uint64]int32{}, made: map[int32]bool{},
	}
}

func (b *compiler) place(number uint32) int32 {
	i, ok := b.places[number]
	if !ok {
		g := b.g
		i = int32(len(g.numbers))
		b.places[number] = i
		room := int64(1)
		if area := int(number) - g.c.chart.Slots(); area >= 0 {
			room = int64(g.c.chart.Areas[area].Capacity)
		}
		g.numbers, g.rooms = append(g.numbers, number), append(g.rooms, room)
	}
	return i
}

// parts are places in the order of their numbers, each once.
func (b *compiler) parts(list []history.Place) (parts []part) {
	for _, p := range list {
		if p.Quantity == 0 {
			continue
		}
		parts = plus(parts, part{place: b.place(p.Number), lo: p.Quantity, hi: p.Quantity})
	}
	return parts
}

// buyer is the buyer's number; its stock follows those of the places.
func (b *compiler) buyer(o *history.Op) int32 {
	if !b.g.c.limited(o) {
		return -1
	}
	i, ok := b.buyers[o.Buyer]
	if !ok {
		i = int32(len(b.buyers))
		b.buyers[o.Buyer] = i
	}
	return i
}

func (b *compiler) newCell(c *cell, id history.ID, buyer int32) int32 {
	g := b.g
	g.cells, g.ids = append(g.cells, c), append(g.ids, id)
	g.sales, g.buyers = append(g.sales, false), append(g.buyers, buyer)
	return int32(len(g.cells) - 1)
}

// cell is the hold that an operation is about.
func (b *compiler) cell(o *history.Op) int32 {
	begins := o.Kind == history.KindHold || o.Kind == history.KindWish || o.Kind == history.KindSale
	switch {
	case begins && o.Outcome == history.Refused:
		return -1
	case begins && o.ID.IsZero(): // nobody was told its name
		number := b.newCell(&cell{phases: absent, deadline: forever, may: -forever, must: -forever}, o.ID, b.buyer(o))
		b.g.sales[number] = o.Kind == history.KindSale
		return number
	case o.ID.IsZero():
		return -1
	}
	number, ok := b.ids[o.ID]
	if !ok {
		number = b.newCell(&cell{phases: absent, deadline: forever, may: -forever, must: -forever}, o.ID, -1)
		b.ids[o.ID] = number
	}
	if begins {
		b.made[number] = true
		b.g.sales[number] = o.Kind == history.KindSale
		b.g.buyers[number] = b.buyer(o)
	}
	return number
}

// block is the block of a place.
func (b *compiler) block(place int32) int32 {
	number, ok := b.blocks[place]
	if !ok {
		p := part{place: place, lo: 1, hi: 1}
		phases := released
		if b.g.isArea(place) {
			p, phases = part{place: place}, held
		}
		number = b.newCell(&cell{phases: phases, deadline: forever, may: -forever, must: -forever, parts: []part{p}}, history.ID{}, -1)
		b.blocks[place] = number
	}
	return number
}

// add adds an operation with those of its places that are in the group.
func (b *compiler) add(o *history.Op, asked, given []history.Place, wishes []int64) {
	p := &operation{
		Op: o, called: o.Called, returned: o.Returned, cell: b.cell(o), buyer: b.buyer(o), asked: b.parts(asked), given: b.parts(given),
		taken: b.parts(o.Taken), deadline: forever, names: len(o.Given) > 0,
	}
	if o.Deadline != 0 {
		p.deadline = b.g.c.since(o.Deadline)
	}
	if located(o) {
		p.pin = o.Revision
	}
	if p.pin != 0 && !pinned(o) {
		p.called = b.g.c.reached(p.pin, o.Called)
	}
	p.excused = len(wishes) > 0 && wishes[0] <= o.Returned
	if o.Kind == history.KindBlock || o.Kind == history.KindUnblock {
		for _, a := range p.asked {
			b.block(a.place)
		}
	}
	// What was done under a name that nobody could read is as good as unknown.
	if o.Outcome == history.Unknown || p.cell >= 0 && o.ID.IsZero() {
		b.g.marks.opened(p)
	} else {
		b.g.ops = append(b.g.ops, p)
	}
	if p.deadline != forever && p.cell >= 0 && o.Outcome == history.Done {
		b.g.marks.deadline(p, int64(b.g.c.o.ClockSlack))
	}
	if o.Outcome == history.Unknown && o.Kind == history.KindExtend {
		b.g.marks.extended(p, int64(b.g.c.o.ClockSlack))
	}
	if o.Outcome == history.Done && (o.Kind == history.KindConfirm || o.Kind == history.KindRelease) {
		b.g.marks.end(p)
	}
}

// finish returns the group, of which everything is known now.
func (b *compiler) finish() *group {
	g := b.g
	for i, buyer := range g.buyers {
		if buyer >= 0 {
			g.buyers[i] = int32(len(g.numbers)) + buyer
		}
	}
	g.stocks = len(g.numbers) + len(b.buyers)
	for _, p := range g.all() {
		if p.buyer >= 0 {
			p.buyer += int32(len(g.numbers))
		}
		if named := p.cell >= 0 && !p.ID.IsZero(); named && !b.made[p.cell] {
			g.cells[p.cell] = stranger(g.cells[p.cell].parts, p)
		}
	}
	g.blocks = b.blocks
	g.number()
	return g
}

// stranger is a hold that the history does not tell the beginning of, and that has some of the parts, and those of p.
func stranger(parts []part, p *operation) *cell {
	for _, list := range [][]part{p.asked, p.given, p.taken} {
		for _, q := range list {
			parts = plus(parts, part{place: q.place, hi: q.hi})
		}
	}
	return &cell{
		phases: absent | owning | empty, deadline: forever, may: -forever, must: -forever, parts: parts,
		leaves: mayBegin | mayConfirm | mayRetake | mayRelease | mayCancel | mayExtend | mayLapse | vague,
	}
}
