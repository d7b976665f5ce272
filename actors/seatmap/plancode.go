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
