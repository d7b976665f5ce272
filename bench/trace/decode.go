package trace

import (
	"encoding/binary"
	"math"
)

// decoder reads one block's payload. After bad is set all it returns is zero.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) u8() byte {
	if len(d.b) == 0 {
		d.bad = true
		return 0
	}
	v := d.b[0]
	d.b = d.b[1:]
	return v
}

// number is a varint of at most most.
func (d *decoder) number(most uint64) uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > most {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

// enum is a byte below count.
func (d *decoder) enum(count int) byte {
	v := d.u8()
	if int(v) >= count {
		d.bad = true
		return 0
	}
	return v
}

// record decodes into r, whose slices it uses again.
func (d *decoder) record(r *Record, before int64) bool {
	r.Reset()
	r.Action = Action(d.enum(Actions))
	bits := d.u8()
	r.If = Condition(bits & conditionBits)
	r.Last, r.Anonymous, r.Bot, r.Recorded = bits&lastBit != 0, bits&anonymousBit != 0, bits&botBit != 0, bits&statusBit != 0
	r.AtMicros = before + int64(d.number(maxAtMicros))
	r.Shopper = d.number(maxShopper)
	if bits&eventBit != 0 {
		r.Event = uint32(d.number(MaxEvents - 1))
	}
	handle := d.u8()
	r.Device, r.Slot = handle>>4, handle&0x0f
	if r.Recorded {
		r.Status = uint16(d.number(math.MaxUint16))
		if len(d.b) < 8 {
			return false
		}
		r.Reference = binary.LittleEndian.Uint64(d.b)
		d.b = d.b[8:]
	}
	if r.Action == 0 || int(r.If) >= len(conditionWords) || r.AtMicros > maxAtMicros {
		return false
	}
	d.arguments(r)
	return !d.bad
}

func (d *decoder) arguments(r *Record) {
	switch r.Action {
	case Hold, Sale:
		d.wish(r)
	case Change:
		r.Places, r.Removed = d.places(r.Places), d.places(r.Removed)
	case Confirm:
		r.Retake = d.enum(2) == 1
	case Decline:
		r.Gives = d.enum(2) == 1
	case Extend:
		r.Seconds = uint32(d.number(math.MaxUint32))
	case Cancel:
		r.Tickets = d.indexes(r.Tickets)
	}
}

func (d *decoder) wish(r *Record) {
	r.Fate, r.Way = Fate(d.enum(len(fateWords))), Way(d.enum(len(wayWords)))
	switch r.Way {
	case WayBest:
		r.Quantity, r.Together = uint16(d.number(math.MaxUint16)), Together(d.enum(len(togetherWords)))
		r.Accessible = uint16(d.number(math.MaxUint16))
		r.Categories, r.Sections = d.indexes(r.Categories), d.indexes(r.Sections)
	case WayWanted:
		r.Quantity = uint16(d.number(math.MaxUint16))
		r.Row, r.Seat = uint32(d.number(MaxSeats-1)), uint32(d.number(MaxSeats-1))
	}
	r.Places = d.places(r.Places)
}

func (d *decoder) places(into []Place) []Place {
	for range d.number(MaxPlaces) {
		v := d.number(MaxSeats<<2 - 1)
		p := Place{Kind: Kind(v & 3), Index: uint32(v >> 2)}
		if p.Kind > Table {
			d.bad = true
		}
		if p.Kind == Area {
			p.Quantity = uint16(d.number(math.MaxUint16))
		}
		if d.bad {
			break
		}
		into = append(into, p)
	}
	return into
}

func (d *decoder) indexes(into []uint32) []uint32 {
	for range d.number(MaxPlaces) {
		v := uint32(d.number(math.MaxUint32))
		if d.bad {
			break
		}
		into = append(into, v)
	}
	return into
}
