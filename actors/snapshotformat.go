package actors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// A snapshot is
//
//	magic [8]byte, version uint16
//	record header
//	record plan…    ascending by hash
//	record chart…   ascending by name
//	record event…   ascending by key
//	record room…    of events that have a waiting room, ascending by key
//	record trailer
//
// and nothing after it. A record is one or more frames of its kind, the last of which is marked; so a large seat map is
// streamed in frames of at most maxFrameBytes, and a small one is one frame:
//
//	kind uint8, flags uint8 (1 = last of its record), length uint32, payload, CRC-32C of all these
//
// The trailer has the number of records before it, itself not counted, and the SHA-256 of every byte before it. Numbers are
// little endian. A reader refuses kinds that it does not know: what a later version adds (a stream's state) gets kinds of its
// own between room and trailer. The header counts rooms only where there are any, so that a snapshot without them is what
// it always was.
const (
	snapshotMagic   = "PARTERRE"
	snapshotVersion = 1

	frameHeader  byte = 1
	framePlan    byte = 2
	frameChart   byte = 3
	frameEvent   byte = 4
	frameRoom    byte = 5
	frameTrailer byte = 255

	flagLast byte = 1

	framePrefixBytes = 6
	frameSuffixBytes = 4
	// maxFrameBytes bounds a frame's payload; only the last frame of a record may be shorter, so that there is one way to
	// write a record.
	maxFrameBytes = 64 << 10
	// maxEventBytes bounds an event's record: far above a map at its limits, and far below what would fill a memory.
	maxEventBytes = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotHeader is the first record.
type snapshotHeader struct {
	partition             uint32
	applied               uint64
	nowMillis             int64
	hash                  uint64
	plans, charts, events uint32
	rooms                 uint32
}

const (
	snapshotHeaderBytes      = 4 + 8 + 8 + 8 + 3*4
	snapshotHeaderRoomsBytes = snapshotHeaderBytes + 4
)

func (h *snapshotHeader) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, h.partition)
	b = binary.LittleEndian.AppendUint64(b, h.applied)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.nowMillis))
	b = binary.LittleEndian.AppendUint64(b, h.hash)
	b = binary.LittleEndian.AppendUint32(b, h.plans)
	b = binary.LittleEndian.AppendUint32(b, h.charts)
	b = binary.LittleEndian.AppendUint32(b, h.events)
	if h.rooms > 0 {
		b = binary.LittleEndian.AppendUint32(b, h.rooms)
	}
	return b
}

// decode reads what append wrote and checks it against the limits.
func (h *snapshotHeader) decode(b []byte) error {
	if len(b) != snapshotHeaderBytes && len(b) != snapshotHeaderRoomsBytes {
		return fmt.Errorf("%w: header of %d bytes", ErrSnapshotContent, len(b))
	}
	h.partition = binary.LittleEndian.Uint32(b)
	h.applied = binary.LittleEndian.Uint64(b[4:])
	h.nowMillis = int64(binary.LittleEndian.Uint64(b[12:]))
	h.hash = binary.LittleEndian.Uint64(b[20:])
	h.plans = binary.LittleEndian.Uint32(b[28:])
	h.charts = binary.LittleEndian.Uint32(b[32:])
	h.events = binary.LittleEndian.Uint32(b[36:])
	if len(b) == snapshotHeaderRoomsBytes {
		if h.rooms = binary.LittleEndian.Uint32(b[snapshotHeaderBytes:]); h.rooms == 0 {
			return fmt.Errorf("%w: header that counts no rooms", ErrSnapshotContent)
		}
	}
	if h.plans > MaxPlans || h.charts > MaxCharts || h.events > MaxEvents || h.rooms > h.events {
		return fmt.Errorf("%w: %d plans, %d charts, %d events, %d rooms", ErrSnapshotLimit, h.plans, h.charts, h.events, h.rooms)
	}
	return nil
}

func comparePlans(a, b *storedPlan) int { return bytes.Compare(a.hash[:], b.hash[:]) }

// recordWriter cuts what is written into frames of one kind. finish marks the last.
type recordWriter struct {
	w    io.Writer
	kind byte
	buf  []byte // prefix and payload so far
}

func newRecordWriter(w io.Writer) *recordWriter {
	return &recordWriter{w: w, buf: make([]byte, 0, framePrefixBytes+maxFrameBytes+frameSuffixBytes)}
}

func (r *recordWriter) begin(kind byte) {
	r.kind = kind
	r.buf = append(r.buf[:0], make([]byte, framePrefixBytes)...)
}

// Write adds to the record. A full frame goes out only when more follows, since the last must be marked.
func (r *recordWriter) Write(data []byte) (int, error) {
	written := len(data)
	for len(data) > 0 {
		if len(r.buf) == framePrefixBytes+maxFrameBytes {
			if err := r.emit(0); err != nil {
				return 0, err
			}
		}
		n := min(len(data), framePrefixBytes+maxFrameBytes-len(r.buf))
		r.buf = append(r.buf, data[:n]...)
		data = data[n:]
	}
	return written, nil
}

func (r *recordWriter) finish() error { return r.emit(flagLast) }

func (r *recordWriter) emit(flags byte) error {
	r.buf[0], r.buf[1] = r.kind, flags
	binary.LittleEndian.PutUint32(r.buf[2:], uint32(len(r.buf)-framePrefixBytes))
	r.buf = binary.LittleEndian.AppendUint32(r.buf, crc32.Checksum(r.buf, castagnoli))
	_, err := r.w.Write(r.buf)
	r.buf = r.buf[:framePrefixBytes]
	return err
}

// appendChart and the others write a record's fields; a record's bulk follows its fields to the record's end.
func (c *StoredChart) appendFields(b []byte) []byte {
	b = appendText(b, c.Name)
	b = append(b, c.Content[:]...)
	b = append(b, c.Plan[:]...)
	return append(b, c.key[:]...)
}

func (e *Event) appendFields(b []byte) []byte {
	b = appendText(b, e.key)
	b = appendText(b, e.chart)
	b = append(b, e.plan[:]...)
	b = append(b, e.createKey[:]...)
	b = append(b, e.fingerprint[:]...)
	return binary.LittleEndian.AppendUint64(b, e.bornAt)
}
