package trace

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Reader reads a trace. Not for several goroutines.
type Reader struct {
	in      io.Reader
	header  Header
	charts  []Chart
	events  []Event
	trailer *Trailer

	kind    byte
	payload []byte // of the block at hand
	block   decoder
	left    uint64 // records of it
	last    int64
	records int64
	end     error // what stands in the way of the next record, for good
}

// NewReader reads a trace's front: its header, and the charts and events that stand before the first record. in should be
// buffered.
func NewReader(in io.Reader) (*Reader, error) {
	r := &Reader{in: in}
	var front [len(magic)]byte
	if _, err := io.ReadFull(in, front[:]); err != nil || string(front[:]) != magic {
		return nil, ErrNotATrace
	}
	if err := r.next(); err != nil {
		return nil, err
	}
	if r.kind != kindHeader {
		return nil, fmt.Errorf("%w: no header", ErrDamaged)
	}
	if err := unmarshal(r.payload, &r.header); err != nil {
		return nil, err
	}
	r.end = r.advance()
	return r, nil
}

// Header is the file's header.
func (r *Reader) Header() *Header { return &r.header }

// Charts are those defined so far. A generated trace defines all of them at its front; of a recorded one see ReadEvents.
func (r *Reader) Charts() []Chart { return r.charts }

// Events are those defined so far.
func (r *Reader) Events() []Event { return r.events }

// Trailer is the file's end, nil before Next returned io.EOF.
func (r *Reader) Trailer() *Trailer { return r.trailer }

// Next reads the next record into rec, whose slices are used again: nothing is allocated on the steady path. Errors: io.EOF
// behind the last record of a whole file, ErrTruncated, ErrDamaged, or the underlying reader's.
func (r *Reader) Next(rec *Record) error {
	if r.end != nil {
		return r.end
	}
	for r.left == 0 {
		if r.end = r.advance(); r.end != nil {
			return r.end
		}
	}
	if !r.block.record(rec, r.last) || rec.Event >= uint32(len(r.events)) {
		r.end = fmt.Errorf("%w: record %d", ErrDamaged, r.records)
		return r.end
	}
	r.last = rec.AtMicros
	r.left--
	r.records++
	if r.left == 0 && len(r.block.b) > 0 {
		r.end = fmt.Errorf("%w: bytes behind record %d", ErrDamaged, r.records)
		return r.end
	}
	return nil
}

// advance reads blocks up to the next one of records; io.EOF behind the trailer.
func (r *Reader) advance() error {
	for {
		if err := r.next(); err != nil {
			return err
		}
		if done, err := r.take(); done || err != nil {
			return err
		}
	}
}

// take makes of the block at hand what it is, and says whether records can be read now.
func (r *Reader) take() (done bool, err error) {
	switch r.kind {
	case kindChart:
		var c Chart
		if err := unmarshal(r.payload, &c); err != nil || len(r.charts) == MaxEvents {
			return false, errors.Join(ErrDamaged, err)
		}
		r.charts = append(r.charts, c)
	case kindEvent:
		var e Event
		if err := unmarshal(r.payload, &e); err != nil || len(r.events) == MaxEvents || e.Chart >= uint32(len(r.charts)) {
			return false, errors.Join(ErrDamaged, err)
		}
		r.events = append(r.events, e)
	case kindRecords:
		r.block = decoder{b: r.payload}
		base := int64(r.block.number(maxAtMicros))
		r.left = r.block.number(maxBlockBytes)
		if r.block.bad || r.left == 0 || base != r.last {
			return false, fmt.Errorf("%w: block behind record %d", ErrDamaged, r.records)
		}
		return true, nil
	case kindTrailer:
		var t Trailer
		if err := unmarshal(r.payload, &t); err != nil || t.Records != r.records {
			return false, fmt.Errorf("%w: the trailer counts %d records, there are %d", ErrDamaged, t.Records, r.records)
		}
		r.trailer = &t
		return true, io.EOF
	default:
		return false, fmt.Errorf("%w: block of kind %q", ErrDamaged, r.kind)
	}
	return false, nil
}

// next reads one block and checks it.
func (r *Reader) next() error {
	var head [blockHeadBytes]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return cut(err)
	}
	length := binary.LittleEndian.Uint32(head[1:])
	r.kind = head[0]
	limit := uint32(maxJSONBytes)
	if r.kind == kindRecords {
		limit = maxBlockBytes
	}
	if length > limit {
		return fmt.Errorf("%w: a block of %d bytes", ErrDamaged, length)
	}
	if err := r.read(int(length)); err != nil {
		return cut(err)
	}
	if binary.LittleEndian.Uint32(head[5:]) != checksum(r.kind, r.payload) {
		return fmt.Errorf("%w: checksum of a block behind record %d", ErrDamaged, r.records)
	}
	return nil
}

// trustedBytes is for how long a block memory is taken before its bytes are there.
const trustedBytes = 256 << 10

func (r *Reader) read(length int) error {
	if length <= trustedBytes {
		if cap(r.payload) < length {
			r.payload = make([]byte, max(length, 2*blockBytes))
		}
		r.payload = r.payload[:length]
		_, err := io.ReadFull(r.in, r.payload)
		return err
	}
	var b bytes.Buffer
	n, err := io.CopyN(&b, r.in, int64(length))
	if err == nil && n < int64(length) {
		err = io.ErrUnexpectedEOF
	}
	r.payload = b.Bytes()
	return err
}

// cut makes of an early end what it is.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}

func unmarshal(payload []byte, v any) error {
	if err := json.Unmarshal(payload, v); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// ReadEvents reads a whole file's charts and events without its records, for who must set all of them up first. A file
// that was cut off gives those before its end.
func ReadEvents(in io.Reader) (charts []Chart, events []Event, err error) {
	r, err := NewReader(in)
	if err != nil {
		return nil, nil, err
	}
	if err = r.end; errors.Is(err, io.EOF) {
		return r.charts, r.events, nil
	}
	for r.trailer == nil && err == nil {
		if err = r.next(); err == nil && r.kind != kindRecords && r.kind != kindTrailer {
			_, err = r.take()
		}
		if r.kind == kindTrailer {
			break
		}
	}
	if errors.Is(err, ErrTruncated) {
		err = nil
	}
	return r.charts, r.events, err
}
