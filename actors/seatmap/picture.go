package seatmap

// Status is a place's state. Four values are in use; the low four bits are kept for states to come, the high four for
// the channel that a place is reserved to.
type Status uint8

// The states of a place. Numbers stand in snapshots: never renumber.
const (
	StatusFree    Status = 0
	StatusHeld    Status = 1
	StatusSold    Status = 2
	StatusBlocked Status = 3
)

const statusLetters = "fhsb"

// Letter is the status's letter in the seat map.
func (s Status) Letter() byte { return statusLetters[s] }

// String is the status's word in the HTTP contract.
func (s Status) String() string {
	return [...]string{"free", "held", "sold", "blocked"}[s]
}

// AreaState is how an area's places are divided.
type AreaState struct{ Capacity, Free, Held, Sold, Blocked int32 }

// Counts are numbers of places by state (an area's places and whole tables count as places) and of live records: holds
// that are held, orders with at least one place, and remembered keys.
type Counts struct{ Free, Held, Sold, Blocked, Holds, Orders, Keys int }

// Picture is an immutable picture of all places at one revision: cheap to take (page pointers, not bytes), for any
// number of readers.
type Picture struct {
	plan     *Plan
	config   *Config
	revision uint64
	status   paged[Status]
	areas    paged[AreaState]
	tallies  paged[tally]
	counts   Counts
}

// Picture takes a picture. The pages that it shows are copied when the map changes them next.
func (m *Map) Picture() *Picture {
	return &Picture{
		plan: m.plan, config: m.config, revision: m.revision, counts: m.Counts(),
		status: m.status.share(), areas: m.areas.share(), tallies: m.tallies.share(),
	}
}

// Counts counts places and live records.
func (m *Map) Counts() Counts {
	c := m.tallies.at(0).counts()
	c.Holds, c.Orders = m.byState[HoldHeld], m.byState[HoldConfirmed]
	c.Keys = int(m.changes.records.count() + m.unchanged.records.count())
	return c
}

func (t *tally) counts() Counts {
	return Counts{
		Free: int(t[StatusFree]), Held: int(t[StatusHeld]), Sold: int(t[StatusSold]), Blocked: int(t[StatusBlocked]),
	}
}

// Plan is the compiled chart.
func (p *Picture) Plan() *Plan { return p.plan }

// Config is the settings. Shared: read only.
func (p *Picture) Config() *Config { return p.config }

// Revision is the revision that the picture shows.
func (p *Picture) Revision() uint64 { return p.revision }

// Status is the state of a seat or whole table.
func (p *Picture) Status(slot uint32) Status { return *p.status.at(slot) }

// AppendStates appends one letter for each numbered seat, in chart order: f(ree), h(eld), s(old), b(locked).
func (p *Picture) AppendStates(b []byte) []byte {
	left := p.plan.seats
	for i := range p.status.pages {
		cells := p.status.pages[i].cells
		for _, status := range cells[:min(left, len(cells))] {
			b = append(b, status.Letter())
		}
		left -= min(left, len(cells))
	}
	return b
}

// AreaState is how the places of the plan's area i are divided.
func (p *Picture) AreaState(i int) AreaState { return *p.areas.at(uint32(i)) }

// Counts counts places and live records.
func (p *Picture) Counts() Counts { return p.counts }

// CategoryCounts counts places by category, in the plan's order.
func (p *Picture) CategoryCounts() []Counts {
	return p.countsFrom(1, len(p.plan.categories))
}

// SectionCounts counts places by section, in the plan's order. Places without a section are in none of them.
func (p *Picture) SectionCounts() []Counts {
	return p.countsFrom(1+len(p.plan.categories), len(p.plan.sections))
}

func (p *Picture) countsFrom(first, number int) []Counts {
	counts := make([]Counts, number)
	for i := range counts {
		counts[i] = p.tallies.at(uint32(first + i)).counts()
	}
	return counts
}
