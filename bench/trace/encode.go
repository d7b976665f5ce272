package trace

import (
	"encoding/binary"
	"fmt"
)

// The bits of a record.
const (
	conditionBits = 0x07
	lastBit       = 0x08
	eventBit      = 0x10
	anonymousBit  = 0x20
	botBit        = 0x40
	statusBit     = 0x80
)

// check refuses what a Reader would refuse.
func (r *Record) check() error {
	switch {
	case r.Action == 0 || int(r.Action) >= Actions:
		return fmt.Errorf("%w: action %d", ErrRecord, r.Action)
	case int(r.If) >= len(conditionWords):
		return fmt.Errorf("%w: condition %d", ErrRecord, r.If)
	case r.Device >= MaxDevices || r.Slot >= MaxSlots:
		return fmt.Errorf("%w: device %d, slot %d", ErrRecord, r.Device, r.Slot)
	case r.AtMicros < 0 || r.AtMicros > maxAtMicros || r.Shopper > maxShopper:
		return fmt.Errorf("%w: time %d, shopper %d", ErrRecord, r.AtMicros, r.Shopper)
	case len(r.Places) > MaxPlaces || len(r.Removed) > MaxPlaces || len(r.Tickets) > MaxPlaces ||
		len(r.Categories) > MaxPlaces || len(r.Sections) > MaxPlaces:
		return fmt.Errorf("%w: too many places, tickets, categories or sections", ErrRecord)
	case int(r.Way) >= len(wayWords) || int(r.Together) >= len(togetherWords) || int(r.Fate) >= len(fateWords):
		return fmt.Errorf("%w: way %d, together %d, fate %d", ErrRecord, r.Way, r.Together, r.Fate)
	case r.Row >= MaxSeats || r.Seat >= MaxSeats:
		return fmt.Errorf("%w: row %d, seat %d", ErrRecord, r.Row, r.Seat)
	}
	for _, list := range [...][]Place{r.Places, r.Removed} {
		for _, p := range list {
			if p.Kind > Table || p.Index >= MaxSeats {
				return fmt.Errorf("%w: place %d of kind %d", ErrRecord, p.Index, p.Kind)
			}
		}
	}
	return nil
}

// append encodes a record that check let pass.
func (r *Record) append(b []byte, before int64) []byte {
	bits := byte(r.If)
	for _, f := range [...]struct {
		on  bool
		bit byte
	}{{r.Last, lastBit}, {r.Event != 0, eventBit}, {r.Anonymous, anonymousBit}, {r.Bot, botBit}, {r.Recorded, statusBit}} {
		if f.on {
			bits |= f.bit
		}
	}
	b = append(b, byte(r.Action), bits)
	b = binary.AppendUvarint(b, uint64(r.AtMicros-before))
	b = binary.AppendUvarint(b, r.Shopper)
	if r.Event != 0 {
		b = binary.AppendUvarint(b, uint64(r.Event))
	}
	b = append(b, r.Device<<4|r.Slot)
	if r.Recorded {
		b = binary.AppendUvarint(b, uint64(r.Status))
		b = binary.LittleEndian.AppendUint64(b, r.Reference)
	}
	return r.appendArguments(b)
}

func (r *Record) appendArguments(b []byte) []byte {
	switch r.Action {
	case Hold, Sale:
		return r.appendWish(b)
	case Change:
		return appendPlaces(appendPlaces(b, r.Places), r.Removed)
	case Confirm:
		return append(b, flag(r.Retake))
	case Decline:
		return append(b, flag(r.Gives))
	case Extend:
		return binary.AppendUvarint(b, uint64(r.Seconds))
	case Cancel:
		return appendIndexes(b, r.Tickets)
	}
	return b
}

func (r *Record) appendWish(b []byte) []byte {
	b = append(b, byte(r.Fate), byte(r.Way))
	switch r.Way {
	case WayBest:
		b = append(binary.AppendUvarint(b, uint64(r.Quantity)), byte(r.Together))
		b = binary.AppendUvarint(b, uint64(r.Accessible))
		b = appendIndexes(appendIndexes(b, r.Categories), r.Sections)
	case WayWanted:
		b = binary.AppendUvarint(b, uint64(r.Quantity))
		b = binary.AppendUvarint(b, uint64(r.Row))
		b = binary.AppendUvarint(b, uint64(r.Seat))
	}
	return appendPlaces(b, r.Places)
}

func appendPlaces(b []byte, places []Place) []byte {
	b = binary.AppendUvarint(b, uint64(len(places)))
	for _, p := range places {
		b = binary.AppendUvarint(b, uint64(p.Index)<<2|uint64(p.Kind))
		if p.Kind == Area {
			b = binary.AppendUvarint(b, uint64(p.Quantity))
		}
	}
	return b
}

func appendIndexes(b []byte, list []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, v := range list {
		b = binary.AppendUvarint(b, uint64(v))
	}
	return b
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}
