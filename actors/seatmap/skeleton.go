package seatmap

import "io"

// CONTRACT SKELETON: the owner of this package replaces this file with the real thing, keeping the signatures.

// Plan is a compiled chart: immutable, flat, shared by every event with the same content hash.
type Plan struct{}

// PlanHash is the SHA-256 of a plan's encoding.
type PlanHash [32]byte

func NewPlan(spec *PlanSpec) (*Plan, error)              { panic("skeleton") }
func DecodePlan(code []byte) (*Plan, error)              { panic("skeleton") }
func (p *Plan) AppendBinary(b []byte) []byte             { panic("skeleton") }
func (p *Plan) Hash() PlanHash                           { panic("skeleton") }
func (p *Plan) Seats() int                               { panic("skeleton") } // numbered seats: rows' and by-seat tables'
func (p *Plan) Slots() int                               { panic("skeleton") } // seats plus whole tables
func (p *Plan) Slot(label string) (slot uint32, ok bool) { panic("skeleton") } // seat label or whole table's key
func (p *Plan) Label(slot uint32) string                 { panic("skeleton") }
func (p *Plan) IsTable(slot uint32) bool                 { panic("skeleton") }
func (p *Plan) Flags(slot uint32) SeatFlags              { panic("skeleton") }
func (p *Plan) CategoryOf(slot uint32) int               { panic("skeleton") } // index into Categories
func (p *Plan) SectionOf(slot uint32) int                { panic("skeleton") } // index into Sections, -1 for none
func (p *Plan) Categories() []CategorySpec               { panic("skeleton") }
func (p *Plan) Sections() []SectionSpec                  { panic("skeleton") }
func (p *Plan) Areas() []AreaSpec                        { panic("skeleton") }
func (p *Plan) Area(key string) (index int, ok bool)     { panic("skeleton") }

// Map is the state of one event. Not for use by several goroutines.
type Map struct{}

// New makes the map of a new event. A bad config is an error that names the field (see ConfigError).
func New(plan *Plan, config *Config) (*Map, error) { panic("skeleton") }

// ConfigError names a setting that breaks a rule, by its name in the HTTP contract ("hold_ttl_seconds", "prices.1").
type ConfigError struct{ Field, Reason string }

func (e *ConfigError) Error() string { return e.Field + ": " + e.Reason }

// Do decides one request at log time nowMillis. ans may be nil: then no answer is built (followers). A nil ans changes
// nothing about the state that results.
func (m *Map) Do(nowMillis int64, req *Request, ans *Answer) { panic("skeleton") }
func (m *Map) Plan() *Plan                                   { panic("skeleton") }
func (m *Map) Config() *Config                               { panic("skeleton") } // a copy
func (m *Map) Revision() uint64                              { panic("skeleton") }
func (m *Map) NextDeadlineMillis() (int64, bool)             { panic("skeleton") } // earliest hold deadline
func (m *Map) Hash() uint64                                  { panic("skeleton") } // kept current, O(1)
func (m *Map) Rehash() uint64                                { panic("skeleton") } // the same from scratch, for tests and Restore
func (m *Map) Counts() Counts                                { panic("skeleton") }
func (m *Map) HeapBytes() int                                { panic("skeleton") }

// Counts are numbers of places by state (an area's places and whole tables count as places) and of live records.
type Counts struct{ Free, Held, Sold, Blocked, Holds, Orders, Keys int }

// Picture is an immutable picture of all places at one revision: cheap to take (page pointers, not bytes).
type Picture struct{}

func (m *Map) Picture() *Picture                { panic("skeleton") }
func (p *Picture) Plan() *Plan                  { panic("skeleton") }
func (p *Picture) Config() *Config              { panic("skeleton") } // shared, read only
func (p *Picture) Revision() uint64             { panic("skeleton") }
func (p *Picture) Status(slot uint32) Status    { panic("skeleton") }
func (p *Picture) AppendStates(b []byte) []byte { panic("skeleton") } // 'f','h','s','b' per seat, chart order
func (p *Picture) AreaState(i int) AreaState    { panic("skeleton") }
func (p *Picture) Counts() Counts               { panic("skeleton") }
func (p *Picture) CategoryCounts() []Counts     { panic("skeleton") } // by category index; places only
func (p *Picture) SectionCounts() []Counts      { panic("skeleton") }

// AreaState is how an area's places are divided.
type AreaState struct{ Capacity, Free, Held, Sold, Blocked int32 }

// Status is a place's state; Letter is its letter in the seat map.
type Status uint8

const (
	StatusFree Status = iota
	StatusHeld
	StatusSold
	StatusBlocked
)

// Frozen is a copy-on-write picture of the whole state, written out beside the changes that follow.
type Frozen struct{}

func (m *Map) Freeze() *Frozen                      { panic("skeleton") }
func (f *Frozen) Encode(w io.Writer) error          { panic("skeleton") } // canonical: equal states, equal bytes
func (f *Frozen) Release()                          { panic("skeleton") }
func Restore(plan *Plan, r io.Reader) (*Map, error) { panic("skeleton") } // verifies limits and the state hash
