package seatmap

import "crypto/sha256"

// Plan is a compiled chart: immutable, flat, shared by every event with the same content hash. Its big arrays hold no
// pointers, so that the garbage collector never walks a venue.
//
// Slots number everything that has exactly one owner: the rows' seats row by row, then the seats of tables sold by seat,
// then the tables sold whole. A group is what neighbours are neighbours in: a row, or a table sold by seat.
type Plan struct {
	hash         PlanHash
	seats, slots int

	// By slot.
	labels   texts
	category []uint16
	group    []uint32 // row number; rows + table number for a table's seat; noGroup for a whole table
	rank     []uint32 // 0 best; equal ranks are ordered by slot
	flags    []SeatFlags

	rows   []row
	rowKey texts

	tables   []table
	tableKey texts

	categories []CategorySpec
	sections   []SectionSpec
	areas      []AreaSpec

	layout *layout // what best available knows of the rows

	names index // label → slot; area key → slots + area; key of a table sold by seat → slots + areas + table
}

// row is the extent of a row: its seats are the slots first..first+count-1, in the order in which they stand.
type row struct {
	first, count uint32
	section      int32 // -1 for none
}

// table is a table: sold by seat it owns the slots first..first+chairs-1, sold whole it is the slot first.
type table struct {
	first, chairs uint32
	rank          uint32
	category      uint16
	whole         bool
}

const (
	noGroup = ^uint32(0)
	// aisleAfter marks, among a seat's flags, that the next seat of the row is not a neighbour.
	aisleAfter SeatFlags = 1 << 7
	// publicFlags are the flags that a drawing may set.
	publicFlags = SeatAccessible | SeatCompanion | SeatRestrictedView
)

// PlanHash is the SHA-256 of a plan's encoding.
type PlanHash [32]byte

// Hash is the plan's content hash.
func (p *Plan) Hash() PlanHash { return p.hash }

// Seats is the number of numbered seats: those of rows and of tables sold by seat. They are the slots below it.
func (p *Plan) Seats() int { return p.seats }

// Slots is the number of seats and whole tables. Tickets for places in areas are numbered from here.
func (p *Plan) Slots() int { return p.slots }

// Slot finds a seat by its label, or a table sold whole by its key.
func (p *Plan) Slot(label string) (slot uint32, ok bool) {
	name, ok := p.name(label)
	return name, ok && name < uint32(p.slots)
}

// Label is a seat's label or a whole table's key.
func (p *Plan) Label(slot uint32) string { return p.labels.at(slot) }

// IsTable reports whether a slot is a table sold whole.
func (p *Plan) IsTable(slot uint32) bool { return slot >= uint32(p.seats) }

// Flags are a seat's properties; a whole table has none.
func (p *Plan) Flags(slot uint32) SeatFlags { return p.flags[slot] & publicFlags }

// AisleAfter reports whether the next seat of the row is not a neighbour of this one.
func (p *Plan) AisleAfter(slot uint32) bool { return p.flags[slot]&aisleAfter != 0 }

// Rank orders slots by how good they are, 0 best; equal ranks are ordered by slot.
func (p *Plan) Rank(slot uint32) uint32 { return p.rank[slot] }

// CategoryOf is the category of a slot, as an index into Categories.
func (p *Plan) CategoryOf(slot uint32) int { return int(p.category[slot]) }

// SectionOf is the section of a slot, as an index into Sections; -1 for none.
func (p *Plan) SectionOf(slot uint32) int {
	if group := p.group[slot]; group < uint32(len(p.rows)) {
		return int(p.rows[group].section)
	}
	return -1
}

// Categories are the price categories. Read only.
func (p *Plan) Categories() []CategorySpec { return p.categories }

// Sections are the parts of the venue. Read only.
func (p *Plan) Sections() []SectionSpec { return p.sections }

// Areas are the general-admission areas. Read only.
func (p *Plan) Areas() []AreaSpec { return p.areas }

// Area finds an area by its key.
func (p *Plan) Area(key string) (index int, ok bool) {
	name, ok := p.name(key)
	number := int(name) - p.slots
	if !ok || number < 0 || number >= len(p.areas) {
		return 0, false
	}
	return number, true
}

// soldBySeat reports whether key names a table that is sold seat by seat.
func (p *Plan) soldBySeat(key string) bool {
	name, ok := p.name(key)
	return ok && int(name) >= p.slots+len(p.areas)
}

func (p *Plan) seal() { p.hash = sha256.Sum256(p.AppendBinary(nil)) }
