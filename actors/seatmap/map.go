package seatmap

// Map is the state of one event. It is not for use by several goroutines; pictures and frozen states are.
type Map struct {
	plan   *Plan
	config *Config // replaced, never changed
	limits limits

	revision    uint64
	areaTickets uint32  // tickets given out for places in areas
	books       []int64 // price books, one after the other: a price for each category; appended to only
	sum         uint64  // sum of all element hashes, see Hash

	// By slot. Free and blocked slots have no owner and no next.
	status paged[Status]
	owner  paged[uint32] // number of the hold
	next   paged[uint32] // next slot of the same hold

	areas   paged[AreaState]
	tallies paged[tally] // all places; then by category; then by section

	holds   slab[hold]
	claims  slab[claim]
	rosters slab[roster]
	buyers  slab[buyer]

	changes   ledger // keys of commands that changed something
	unchanged ledger // keys of callers whose commands changed nothing

	deadlines  deadlines
	tombstones queue[uint32] // numbers of released and lapsed holds as they ended; none where one was taken back
	buried     int           // tombstones in it
	byState    [stateCount]int

	holdIDs    index
	buyerNames index
	text       arena

	seating *seating // of an event that had a wish; else nil

	scratch scratch // no part of the state
}

// stateCount is the length of a table by HoldState, for those that a hold on record can have.
const stateCount = int(HoldCancelled) + 1

// New makes the map of a new event. A bad config is a *ConfigError, which names the field.
func New(plan *Plan, config *Config) (*Map, error) {
	if e := config.check(plan); e != nil {
		return nil, e
	}
	m := newMap(plan)
	m.config = config.own(plan)
	m.sum += m.config.element()
	m.addBook(m.config)
	for i := range uint32(len(plan.areas)) {
		m.sum += areaElement(i, m.areas.at(i))
	}
	return m, nil
}

// newMap is a map in which every place is free and nothing is configured.
func newMap(plan *Plan) *Map {
	m := blankMap(plan)
	m.countFree()
	return m
}

// blankMap is a new map whose places are not counted yet.
func blankMap(plan *Plan) *Map {
	m := &Map{
		plan: plan, limits: standardLimits(),
		status: newPagedOf(octetPageShift, plan.slots, StatusFree),
		owner:  newPagedOf(wordPageShift, plan.slots, none),
		next:   newPagedOf(wordPageShift, plan.slots, none),
		holds:  newSlab[hold](), claims: newSlab[claim](), rosters: newSlab[roster](), buyers: newSlab[buyer](),
		changes: newLedger(seedChange), unchanged: newLedger(seedUnchanged),
		deadlines:  deadlines{heap: newPaged[due](recordPageShift)},
		tombstones: newQueue[uint32](wordPageShift),
	}
	m.areas = newPagedOf(tallyPageShift, len(plan.areas), AreaState{})
	m.tallies = newPagedOf(tallyPageShift, 1+len(plan.categories)+len(plan.sections), tally{})
	m.scratch.marks = make([]uint64, (plan.slots+len(plan.areas)+63)/64)
	return m
}

// countFree counts every place as free.
func (m *Map) countFree() {
	p := m.plan
	for slot := range uint32(p.slots) {
		m.tally(p.CategoryOf(slot), p.SectionOf(slot), StatusFree, 1)
	}
	for i := range p.areas {
		a := &p.areas[i]
		*m.areas.edit(uint32(i)) = AreaState{Capacity: a.Capacity, Free: a.Capacity}
		m.tally(a.Category, a.Section, StatusFree, a.Capacity)
	}
}

// Plan is the compiled chart.
func (m *Map) Plan() *Plan { return m.plan }

// Config is a copy of the settings, with prices in the chart's order of categories.
func (m *Map) Config() *Config { return m.config.own(m.plan) }

// Revision counts the state's changes.
func (m *Map) Revision() uint64 { return m.revision }

// scratch is memory that operations use again.
type scratch struct {
	marks       []uint64 // one bit for each slot and area
	add, remove picks
	slots       []uint32
	unheard     Answer // stands in where the caller wants no answer
	words       []byte
}

// HeapBytes is the memory of the state, the plan not counted.
func (m *Map) HeapBytes() int {
	return m.status.heapBytes() + m.owner.heapBytes() + m.next.heapBytes() + m.areas.heapBytes() + m.tallies.heapBytes() +
		m.holds.heapBytes() + m.claims.heapBytes() + m.rosters.heapBytes() + m.buyers.heapBytes() +
		m.changes.heapBytes() + m.unchanged.heapBytes() + m.deadlines.heap.heapBytes() + m.tombstones.cells.heapBytes() +
		m.holdIDs.heapBytes() + m.buyerNames.heapBytes() + m.text.heapBytes() + 8*cap(m.books) + 8*cap(m.scratch.marks) +
		m.seating.heapBytes()
}
