package seatmap

import (
	"encoding/binary"
	"fmt"
)

// A plan's encoding is the chart it was compiled from: magic, version, then categories, sections, rows with their seats,
// tables and areas, each list with its length first; numbers are uvarints, texts a length and bytes. Decoding compiles
// again, so a damaged plan meets every check that a drawing meets.
const (
	planMagic   = "PLAN"
	planVersion = 1
)

// AppendBinary appends the plan's encoding: equal plans, equal bytes.
func (p *Plan) AppendBinary(b []byte) []byte {
	b = append(append(b, planMagic...), planVersion)
	b = appendNumber(b, len(p.categories))
	for _, c := range p.categories {
		b = appendText(appendText(appendText(b, c.Key), c.Name), c.Color)
	}
	b = appendNumber(b, len(p.sections))
	for _, s := range p.sections {
		b = appendText(appendText(b, s.Key), s.Name)
	}
	b = appendNumber(b, len(p.rows))
	for i, r := range p.rows {
		b = appendText(appendNumber(b, int(r.section)+1), p.rowKey.at(uint32(i)))
		b = p.appendSeats(appendNumber(b, int(r.count)), r.first, r.count)
	}
	b = appendNumber(b, len(p.tables))
	for i, t := range p.tables {
		b = appendText(b, p.tableKey.at(uint32(i)))
		b = appendNumber(appendNumber(b, int(t.category)), int(t.rank))
		b = appendNumber(append(b, octetOf(t.whole)), int(t.chairs))
		if !t.whole {
			b = p.appendSeats(b, t.first, t.chairs)
		}
	}
	b = appendNumber(b, len(p.areas))
	for _, a := range p.areas {
		b = appendText(appendText(b, a.Key), a.Name)
		b = appendNumber(appendNumber(appendNumber(b, a.Category), a.Section+1), int(a.Capacity))
	}
	return b
}

func (p *Plan) appendSeats(b []byte, first, count uint32) []byte {
	for slot := first; slot < first+count; slot++ {
		b = appendText(b, p.labels.at(slot))
		b = appendNumber(append(b, byte(p.flags[slot])), int(p.category[slot]))
		b = appendNumber(b, int(p.rank[slot]))
	}
	return b
}

func appendNumber(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func appendText(b []byte, s string) []byte { return append(appendNumber(b, len(s)), s...) }

func octetOf(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// DecodePlan reads what AppendBinary wrote. The caller has checked a hash or checksum; all the same, no input makes it
// panic or allocate much more than the input is long.
func DecodePlan(code []byte) (*Plan, error) {
	if len(code) > MaxPlanCodeBytes {
		return nil, fmt.Errorf("%w: encoding of %d bytes, at most %d", ErrBadPlan, len(code), MaxPlanCodeBytes)
	}
	r := planReader{rest: string(code)}
	spec := r.spec()
	if r.bad || r.rest != "" {
		return nil, fmt.Errorf("%w: encoding is damaged near byte %d of %d", ErrBadPlan, len(code)-len(r.rest), len(code))
	}
	return NewPlan(spec)
}

// planReader reads an encoding from its front; after the first fault, bad is set and everything reads as empty.
type planReader struct {
	rest   string
	chairs int
	bad    bool
}

func (r *planReader) spec() *PlanSpec {
	spec := &PlanSpec{}
	if len(r.rest) < len(planMagic)+1 || r.rest[:len(planMagic)] != planMagic || r.rest[len(planMagic)] != planVersion {
		r.fail()
		return spec
	}
	r.rest = r.rest[len(planMagic)+1:]
	spec.Categories = make([]CategorySpec, r.count(MaxCategories))
	for i := range spec.Categories {
		spec.Categories[i] = CategorySpec{Key: r.text(MaxLabelBytes), Name: r.text(MaxNameBytes), Color: r.text(maxColorBytes)}
	}
	spec.Sections = make([]SectionSpec, r.count(MaxSections))
	for i := range spec.Sections {
		spec.Sections[i] = SectionSpec{Key: r.text(MaxLabelBytes), Name: r.text(MaxNameBytes)}
	}
	spec.Rows = make([]RowSpec, r.count(MaxRows))
	for i := range spec.Rows {
		spec.Rows[i] = RowSpec{Section: r.number(MaxSections) - 1, Key: r.text(MaxLabelBytes)}
		spec.Rows[i].Seats = r.seats(r.count(MaxSeats))
	}
	spec.Tables = make([]TableSpec, r.count(MaxTables))
	for i := range spec.Tables {
		spec.Tables[i] = r.table()
	}
	spec.Areas = make([]AreaSpec, r.count(MaxAreas))
	for i := range spec.Areas {
		spec.Areas[i] = AreaSpec{
			Key: r.text(MaxLabelBytes), Name: r.text(MaxNameBytes), Category: r.number(MaxCategories),
			Section: r.number(MaxSections) - 1, Capacity: int32(r.number(MaxAreaCapacity)),
		}
	}
	return spec
}

func (r *planReader) table() TableSpec {
	t := TableSpec{Key: r.text(MaxLabelBytes), Category: r.number(MaxCategories), Rank: uint32(r.number(1<<32 - 1))}
	t.Whole = r.number(1) == 1
	chairs := r.number(MaxSeats)
	if !t.Whole && chairs > len(r.rest) {
		r.fail()
	}
	if t.Whole {
		// The chairs of a whole table take no room in the encoding: bound them by the venue's limit.
		if r.chairs += chairs; r.chairs > MaxSeats || r.bad {
			r.fail()
			return t
		}
		t.Seats = make([]SeatSpec, chairs)
		return t
	}
	t.Seats = r.seats(chairs)
	return t
}

func (r *planReader) seats(count int) []SeatSpec {
	if r.bad {
		return nil
	}
	seats := make([]SeatSpec, count)
	for i := range seats {
		label, flags := r.text(MaxLabelBytes), SeatFlags(r.octet())
		seats[i] = SeatSpec{
			Label: label, Flags: flags &^ aisleAfter, AisleAfter: flags&aisleAfter != 0,
			Category: r.number(MaxCategories), Rank: uint32(r.number(1<<32 - 1)),
		}
	}
	return seats
}

func (r *planReader) fail() { r.bad, r.rest = true, "" }

// count reads the length of a list; each element takes at least one byte, so that bounds what is allocated.
func (r *planReader) count(most int) int {
	n := r.number(most)
	if n > len(r.rest) {
		r.fail()
		return 0
	}
	return n
}

// number reads a uvarint of at most most, in its shortest form.
func (r *planReader) number(most int) int {
	var value uint64
	for i := range len(r.rest) {
		c := r.rest[i]
		value |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			if value > uint64(most) || (c == 0 && i > 0) {
				break
			}
			r.rest = r.rest[i+1:]
			return int(value)
		}
		if i == 8 {
			break
		}
	}
	r.fail()
	return 0
}

func (r *planReader) octet() byte {
	if r.rest == "" {
		r.fail()
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

func (r *planReader) text(most int) string {
	n := r.count(most)
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}
