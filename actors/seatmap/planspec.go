package seatmap

// PlanSpec describes a chart to NewPlan, already validated as a drawing (package chart does that) and free of floats.
// Slots are numbered in the order given here: the rows' seats row by row, the seats of tables sold by seat, then the
// tables sold whole. That order is the chart order of the seat map's states, and never changes for a given spec.
type PlanSpec struct {
	Categories []CategorySpec
	Sections   []SectionSpec
	Rows       []RowSpec
	Tables     []TableSpec
	Areas      []AreaSpec
}

// CategorySpec is a price category.
type CategorySpec struct{ Key, Name, Color string }

// SectionSpec is a part of the venue, such as a block or a balcony.
type SectionSpec struct{ Key, Name string }

// RowSpec is a row of seats in the order in which they stand.
type RowSpec struct {
	Section int // index into PlanSpec.Sections, -1 for none
	Key     string
	Seats   []SeatSpec
}

// SeatSpec is one numbered seat.
type SeatSpec struct {
	Label    string
	Category int // index into PlanSpec.Categories
	Flags    SeatFlags
	// Rank orders seats by how good they are, 0 best. Equal ranks are broken by slot number.
	Rank uint32
	// AisleAfter says that the next seat of the row is not a neighbour.
	AisleAfter bool
}

// SeatFlags are a seat's properties.
type SeatFlags uint8

// The properties of a seat. Numbers stand in logs and snapshots: never renumber.
const (
	SeatAccessible SeatFlags = 1 << iota
	SeatCompanion
	SeatRestrictedView
)

// TableSpec is a table: sold whole as one place under its Key, or seat by seat under the labels of Seats.
type TableSpec struct {
	Key      string
	Category int
	Rank     uint32
	Whole    bool
	Seats    []SeatSpec // for a whole table only their number counts
}

// AreaSpec is a general-admission area.
type AreaSpec struct {
	Key, Name string
	Category  int
	Section   int // -1 for none
	Capacity  int32
}

// Limits of a plan.
const (
	MaxSeats         = 200_000
	MaxAreas         = 1_000
	MaxTables        = 20_000
	MaxAreaCapacity  = 1_000_000
	MaxLabelBytes    = 64
	MaxSections      = 4_096
	MaxRows          = 65_535
	MaxPlanCodeBytes = 32 << 20
)
