package trace

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
)

const (
	magic          = "PTRC\x01"
	blockHeadBytes = 9

	kindHeader  = 'H'
	kindChart   = 'C'
	kindEvent   = 'E'
	kindRecords = 'R'
	kindTrailer = 'T'
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(kind byte, payload []byte) uint32 {
	return crc32.Update(crc32.Update(0, castagnoli, []byte{kind}), castagnoli, payload)
}

// Writer writes a trace. Not for several goroutines. Its errors are final.
type Writer struct {
	out            io.Writer
	block          []byte // records of the open block
	head           []byte // scratch
	base, last     int64  // of the open block, of the newest record
	inBlock        int
	charts, events uint32
	trailer        Trailer
	written        int64
	err            error
}

// NewWriter begins a trace.
func NewWriter(out io.Writer, h *Header) (*Writer, error) {
	w := &Writer{out: out}
	w.put([]byte(magic))
	w.putJSON(kindHeader, h)
	return w, w.err
}

// AddChart defines a chart and returns its index.
func (w *Writer) AddChart(c Chart) (uint32, error) {
	if w.charts == MaxEvents {
		return 0, fmt.Errorf("%w: more than %d charts", ErrRecord, MaxEvents)
	}
	w.define(kindChart, c)
	w.charts++
	return w.charts - 1, w.err
}

// AddEvent defines an event, whose chart is defined, and returns its index. Records about it may follow.
func (w *Writer) AddEvent(e Event) (uint32, error) {
	if e.Chart >= w.charts || w.events == MaxEvents {
		return 0, fmt.Errorf("%w: event %s: chart %d of %d, event %d", ErrRecord, e.Name, e.Chart, w.charts, w.events)
	}
	w.define(kindEvent, e)
	w.events++
	return w.events - 1, w.err
}

// define writes what stands in a block of its own; the records before it go first.
func (w *Writer) define(kind byte, v any) {
	_ = w.Flush() // the error stays in w
	w.putJSON(kind, v)
}

// Write adds a record. Its time must not be before that of the record before it. It keeps nothing of r.
func (w *Writer) Write(r *Record) error {
	if w.err != nil {
		return w.err
	}
	if err := r.check(); err != nil {
		return err
	}
	if r.AtMicros < w.last || r.Event >= w.events {
		return fmt.Errorf("%w: at %d after %d, event %d of %d", ErrRecord, r.AtMicros, w.last, r.Event, w.events)
	}
	if w.inBlock == 0 {
		w.base = w.last
	}
	w.block = r.append(w.block, w.last)
	w.last = r.AtMicros
	w.inBlock++
	w.trailer.Records++
	if len(w.block) >= blockBytes {
		return w.Flush()
	}
	return nil
}

// Drop counts actions that could not be written.
func (w *Writer) Drop(n int64) { w.trailer.Dropped += n }

// Records is the number of records so far.
func (w *Writer) Records() int64 { return w.trailer.Records }

// Bytes is the number of bytes handed to the underlying writer so far.
func (w *Writer) Bytes() int64 { return w.written }

// Flush closes the open block, so that a reader sees its records.
func (w *Writer) Flush() error {
	if w.inBlock == 0 || w.err != nil {
		return w.err
	}
	prefix := binary.AppendUvarint(nil, uint64(w.base))
	prefix = binary.AppendUvarint(prefix, uint64(w.inBlock))
	w.putBlock(kindRecords, append(prefix, w.block...))
	w.block, w.inBlock = w.block[:0], 0
	return w.err
}

// Close writes the last block and the trailer. It does not close the underlying writer.
func (w *Writer) Close() error {
	_ = w.Flush() // the error stays in w
	w.trailer.LastMicros = w.last
	w.putJSON(kindTrailer, w.trailer)
	return w.err
}

func (w *Writer) putJSON(kind byte, v any) {
	payload, err := json.Marshal(v)
	switch {
	case w.err != nil:
	case err != nil:
		w.err = err
	case len(payload) > maxJSONBytes:
		w.err = fmt.Errorf("%w: %d bytes of JSON", ErrRecord, len(payload))
	default:
		w.putBlock(kind, payload)
	}
}

func (w *Writer) putBlock(kind byte, payload []byte) {
	w.head = append(w.head[:0], kind)
	w.head = binary.LittleEndian.AppendUint32(w.head, uint32(len(payload)))
	w.head = binary.LittleEndian.AppendUint32(w.head, checksum(kind, payload))
	w.put(w.head)
	w.put(payload)
}

func (w *Writer) put(b []byte) {
	if w.err == nil {
		_, w.err = w.out.Write(b)
		w.written += int64(len(b))
	}
}
