package history

import "encoding/binary"

// Fields of a record that are only there if they say something.
const (
	hasID = 1 << iota
	hasRevision
	hasDeadline
	hasBuyer
	hasReference
	hasTTL
	hasWanted
	hasPlaces
)

// Further fields, since version 2.
const (
	hasSession = 1 << iota
	hasNode
	hasKey
	hasMinRevision
)

// more is the bit of the flags' byte that says that further fields follow; it is no Flag.
const more = 1 << 7

// Bounds of a record: its fixed part, and a place (number and quantity).
const (
	fixedBytes = 24 + 18*binary.MaxVarintLen64
	placeBytes = 2 * binary.MaxVarintLen64
)

func boundOf(o *Op) int {
	return fixedBytes + placeBytes*(len(o.Asked)+len(o.Given)+len(o.Taken))
}

// appendOp appends a record:
//
//	kind, outcome, code, flags, state, fields   one byte each
//	status, attempts, event                     uvarint
//	called − the record's before it             varint (0 before a chunk's first)
//	returned − called                           varint
//	id                                          16 bytes  ┐
//	revision                                    uvarint   │
//	deadline                                    varint    │ each if the bit of fields is set,
//	buyer, reference                            uvarint   │ in this order
//	ttl, wanted                                 uvarint   │
//	asked, given, taken                         lists     ┘
//	further fields                              one byte  ┐
//	session, node                               uvarint   │ if the highest bit of flags is set (since version 2),
//	key                                         8 bytes   │ each if its bit of further fields is
//	min revision                                uvarint   ┘
//
// A list is its length as uvarint, then for each place: the difference of its number to the one before it as zigzag,
// shifted left by one, with bit 0 set if a quantity other than 1 follows (uvarint).
func appendOp(b []byte, o *Op, called *int64) []byte {
	fields, further := fieldsOf(o), furtherOf(o)
	flags := byte(o.Flags) &^ more
	if further != 0 {
		flags |= more
	}
	b = append(b, byte(o.Kind), byte(o.Outcome), byte(o.Code), flags, byte(o.State), fields)
	b = binary.AppendUvarint(b, uint64(o.Status))
	b = binary.AppendUvarint(b, uint64(o.Attempts))
	b = binary.AppendUvarint(b, uint64(o.Event))
	b = binary.AppendVarint(b, o.Called-*called)
	b = binary.AppendVarint(b, o.Returned-o.Called)
	*called = o.Called
	if fields&hasID != 0 {
		b = append(b, o.ID[:]...)
	}
	if fields&hasRevision != 0 {
		b = binary.AppendUvarint(b, o.Revision)
	}
	if fields&hasDeadline != 0 {
		b = binary.AppendVarint(b, o.Deadline)
	}
	if fields&hasBuyer != 0 {
		b = binary.AppendUvarint(b, o.Buyer)
	}
	if fields&hasReference != 0 {
		b = binary.AppendUvarint(b, o.Reference)
	}
	if fields&hasTTL != 0 {
		b = binary.AppendUvarint(b, uint64(o.TTLSeconds))
	}
	if fields&hasWanted != 0 {
		b = binary.AppendUvarint(b, uint64(o.Wanted))
	}
	if fields&hasPlaces != 0 {
		b = appendPlaces(appendPlaces(appendPlaces(b, o.Asked), o.Given), o.Taken)
	}
	if further != 0 {
		b = appendFurther(b, o, further)
	}
	return b
}

func appendFurther(b []byte, o *Op, further byte) []byte {
	b = append(b, further)
	if further&hasSession != 0 {
		b = binary.AppendUvarint(b, uint64(o.Session))
	}
	if further&hasNode != 0 {
		b = binary.AppendUvarint(b, uint64(o.Node))
	}
	if further&hasKey != 0 {
		b = binary.LittleEndian.AppendUint64(b, o.Key)
	}
	if further&hasMinRevision != 0 {
		b = binary.AppendUvarint(b, o.MinRevision)
	}
	return b
}

func furtherOf(o *Op) (further byte) {
	if o.Session != 0 {
		further |= hasSession
	}
	if o.Node != 0 {
		further |= hasNode
	}
	if o.Key != 0 {
		further |= hasKey
	}
	if o.MinRevision != 0 {
		further |= hasMinRevision
	}
	return further
}

func fieldsOf(o *Op) (fields byte) {
	set := func(bit byte, said bool) {
		if said {
			fields |= bit
		}
	}
	set(hasID, !o.ID.IsZero())
	set(hasRevision, o.Revision != 0)
	set(hasDeadline, o.Deadline != 0)
	set(hasBuyer, o.Buyer != 0)
	set(hasReference, o.Reference != 0)
	set(hasTTL, o.TTLSeconds != 0)
	set(hasWanted, o.Wanted != 0)
	set(hasPlaces, len(o.Asked)+len(o.Given)+len(o.Taken) > 0)
	return fields
}

func appendPlaces(b []byte, list []Place) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	last := int64(0)
	for _, p := range list {
		step := int64(p.Number) - last
		last = int64(p.Number)
		word := uint64(step<<1^step>>63) << 1
		if p.Quantity == 1 {
			b = binary.AppendUvarint(b, word)
			continue
		}
		b = binary.AppendUvarint(binary.AppendUvarint(b, word|1), uint64(p.Quantity))
	}
	return b
}

// reader takes fields off a record; after the first that is not there, bad is set and everything is 0.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint(limit uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > limit {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

const (
	maxUint16 = 1<<16 - 1
	maxUint32 = 1<<32 - 1
	maxUint64 = 1<<64 - 1
	headBytes = 6
)

// readOp reads the record that b begins with, and returns what follows it.
func readOp(b []byte, o *Op, called *int64) ([]byte, error) {
	if len(b) < headBytes {
		return nil, ErrCorrupt
	}
	o.Begin(Kind(b[0]), 0, 0)
	o.Outcome, o.Code, o.Flags, o.State = Outcome(b[1]), Code(b[2]), Flag(b[3]&^more), State(b[4])
	if o.Kind == KindNone || o.Kind >= kinds || o.Outcome >= outcomes || o.Code >= codes || o.State >= states {
		return nil, ErrCorrupt
	}
	flags, fields, r := b[3], b[5], reader{b: b[headBytes:]}
	o.Status = uint16(r.uvarint(maxUint16))
	o.Attempts, o.Event = uint32(r.uvarint(maxUint32)), uint32(r.uvarint(maxUint32))
	o.Called = *called + r.varint()
	o.Returned = o.Called + r.varint()
	*called = o.Called
	if fields&hasID != 0 {
		if len(r.b) < len(o.ID) {
			return nil, ErrCorrupt
		}
		r.b = r.b[copy(o.ID[:], r.b):]
	}
	if fields&hasRevision != 0 {
		o.Revision = r.uvarint(maxUint64)
	}
	if fields&hasDeadline != 0 {
		o.Deadline = r.varint()
	}
	if fields&hasBuyer != 0 {
		o.Buyer = r.uvarint(maxUint64)
	}
	if fields&hasReference != 0 {
		o.Reference = r.uvarint(maxUint64)
	}
	if fields&hasTTL != 0 {
		o.TTLSeconds = uint32(r.uvarint(maxUint32))
	}
	if fields&hasWanted != 0 {
		o.Wanted = uint32(r.uvarint(maxUint32))
	}
	if fields&hasPlaces != 0 {
		o.Asked, o.Given, o.Taken = r.places(o.Asked), r.places(o.Given), r.places(o.Taken)
	}
	if flags&more != 0 {
		r.further(o)
	}
	if r.bad {
		return nil, ErrCorrupt
	}
	return r.b, nil
}

func (r *reader) further(o *Op) {
	further := r.uvarint(hasSession | hasNode | hasKey | hasMinRevision)
	if further&hasSession != 0 {
		o.Session = uint32(r.uvarint(maxUint32))
	}
	if further&hasNode != 0 {
		o.Node = uint32(r.uvarint(maxUint32))
	}
	if further&hasKey != 0 {
		if len(r.b) < 8 {
			r.bad, r.b = true, nil
			return
		}
		o.Key, r.b = binary.LittleEndian.Uint64(r.b), r.b[8:]
	}
	if further&hasMinRevision != 0 {
		o.MinRevision = r.uvarint(maxUint64)
	}
}

func (r *reader) places(list []Place) []Place {
	last := int64(0)
	for range r.uvarint(maxPlaces) {
		word := r.uvarint(maxUint64)
		quantity := uint32(1)
		if word&1 != 0 {
			quantity = uint32(r.uvarint(maxUint32))
		}
		zigzag := word >> 1
		last += int64(zigzag>>1) ^ -int64(zigzag&1)
		if r.bad || last < 0 || last > maxUint32 {
			r.bad, r.b = true, nil
			return list
		}
		list = append(list, Place{uint32(last), quantity})
	}
	return list
}
