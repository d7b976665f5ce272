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

// sets joins things that share operations.
type sets struct {
	parent []int32
	places []int32 // of places in the chart, by number; 0 = none yet
	ids    map[history.ID]int32
	buyers map[uint64]int32
}

func (s *sets) fresh() int32 {
	s.parent = append(s.parent, int32(len(s.parent)))
	return int32(len(s.parent) - 1)
}

func (s *sets) root(i int32) int32 {
	for s.parent[i] != i {
		s.parent[i] = s.parent[s.parent[i]]
		i = s.parent[i]
	}
	return i
}

func (s *sets) join(a, b int32) { s.parent[s.root(a)] = s.root(b) }

func (s *sets) place(number uint32) int32 {
	if s.places[number] == 0 {
		s.places[number] = s.fresh()
	}
	return s.places[number]
}

func (s *sets) id(id history.ID) int32 {
	i, ok := s.ids[id]
	if !ok {
		i = s.fresh()
		s.ids[id] = i
	}
	return i
}

func (s *sets) buyer(buyer uint64) int32 {
	i, ok := s.buyers[buyer]
	if !ok {
		i = s.fresh()
		s.buyers[buyer] = i
	}
	return i
}

// splits says that an operation is only a look at several places at a told revision, so that each may be judged by itself.
func splits(o *history.Op) bool {
	if !located(o) {
		return false
	}
	return o.Kind == history.KindReadMap || o.Outcome == history.Refused && len(o.Given) > 0 &&
		(o.Kind == history.KindHold || o.Kind == history.KindSale || o.Kind == history.KindBlock || o.Kind == history.KindUnblock)
}

// judgeOrder gives every group of the event to porcupine.
func (c *eventCase) judgeOrder() {
	skipped := 0
	c.strangers = c.hasStrangers()
	ops := make([]*history.Op, 0, len(c.ops))
	for _, o := range c.ops {
		if c.judgeable(o) {
			ops = append(ops, o)
		} else {
			skipped++
		}
	}
	s := &sets{parent: []int32{0}, places: make([]int32, c.chart.Numbers()), ids: map[history.ID]int32{}, buyers: map[uint64]int32{}}
	anchors := make([]int32, len(ops))
	for i, o := range ops {
		anchors[i] = c.join(s, o)
	}
	groups := map[int32]*compiler{}
	of := func(at int32) *compiler {
		root := s.root(at)
		if groups[root] == nil {
			groups[root] = newCompiler(c)
		}
		return groups[root]
	}
	wishes := c.openWishes()
	for i, o := range ops {
		if !splits(o) {
			of(anchors[i]).add(o, o.Asked, o.Given, wishes)
			continue
		}
		for _, share := range c.shares(s, o) {
			of(share.at).add(o, share.asked, share.given, wishes)
		}
	}
	roots := make([]int32, 0, len(groups))
	for root := range groups {
		roots = append(roots, root)
	}
	slices.Sort(roots)
	c.v.count(c.v.Linear, len(ops), skipped)
	c.search(roots, groups)
}

// join joins all that an operation is about, and returns any of it.
func (c *eventCase) join(s *sets, o *history.Op) int32 {
	if splits(o) {
		return 0
	}
	at := s.fresh()
	if !o.ID.IsZero() {
		s.join(at, s.id(o.ID))
	}
	if c.limited(o) {
		s.join(at, s.buyer(o.Buyer))
	}
	for _, list := range [][]history.Place{o.Asked, o.Given, o.Taken} {
		for _, p := range list {
			s.join(at, s.place(p.Number))
		}
	}
	return at
}

// limited says that an operation counts against its buyer's limit.
func (c *eventCase) limited(o *history.Op) bool {
	return c.event.MaxPlacesPerBuyer > 0 && o.Buyer != 0
}

// share is what of a look is about one group.
type share struct {
	at           int32
	asked, given []history.Place
}

func (c *eventCase) shares(s *sets, o *history.Op) (shares []share) {
	byRoot := map[int32]int{}
	put := func(p history.Place) *share {
		root := s.root(s.place(p.Number))
		i, ok := byRoot[root]
		if !ok {
			i = len(shares)
			byRoot[root] = i
			shares = append(shares, share{at: root})
		}
		return &shares[i]
	}
	for _, p := range o.Asked {
		sh := put(p)
		sh.asked = append(sh.asked, p)
	}
	for _, p := range o.Given {
		sh := put(p)
		sh.given = append(sh.given, p)
	}
	return shares
}

// judgeable says whether the model can say anything about an operation.
func (c *eventCase) judgeable(o *history.Op) bool {
	for _, list := range [][]history.Place{o.Asked, o.Given, o.Taken} {
		for _, p := range list {
			if int(p.Number) >= c.chart.Numbers() {
				return false
			}
		}
	}
	refused := o.Outcome == history.Refused
	if refused {
		switch o.Code {
		case history.CodeSeatUnavailable, history.CodeNotEnoughSeats, history.CodeHoldConfirmed, history.CodeHoldExpired,
			history.CodeHoldReleased, history.CodeUnknownHold, history.CodeUnknownOrder:
		case history.CodeBuyerLimit:
			return c.limited(o) && !c.strangers && !o.Has(history.FlagKeyless)
		default:
			return false
		}
	}
	switch o.Kind {
	case history.KindHold, history.KindSale, history.KindWish:
		return !refused || o.Wanted == 0 && o.Kind != history.KindWish && len(o.Asked) > 0 && !o.Has(history.FlagKeyless)
	case history.KindReadMap:
		return len(o.Asked) > 0 && located(o)
	case history.KindBlock, history.KindUnblock:
		return len(o.Asked) > 0
	case history.KindConfirm, history.KindRelease, history.KindExtend, history.KindChange, history.KindCancel,
		history.KindReadHold, history.KindReadOrder:
		return !o.ID.IsZero()
	}
	return false
}

// hasStrangers says that something is asked of a hold that the history does not tell the beginning of: then anybody may have
// more places than the history tells.
func (c *eventCase) hasStrangers() bool {
	made := map[history.ID]bool{}
	for _, o := range c.ops {
		if o.Kind == history.KindHold || o.Kind == history.KindWish || o.Kind == history.KindSale {
			made[o.ID] = true
		}
	}
	return slices.ContainsFunc(c.ops, func(o *history.Op) bool { return !o.ID.IsZero() && !made[o.ID] })
}

// openWishes are the calls of wishes of unknown outcome, in order.
func (c *eventCase) openWishes() (calls []int64) {
	for _, o := range c.ops {
		if o.Outcome == history.Unknown && o.Wanted > 0 {
			calls = append(calls, o.Called)
		}
	}
	return calls
}

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

func (g *group) isArea(place int32) bool { return int(g.numbers[place]) >= g.c.chart.Slots() }

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
