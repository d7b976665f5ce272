package actors

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
)

// recordReader reads a snapshot record by record: begin, then Read (or the field methods) to the record's end, then end.
// No byte is given out before its frame's checksum was found right. It holds one frame, however large the record; see ahead for more.
type recordReader struct {
	r       *bufio.Reader
	digest  hash.Hash // of every byte before the trailer
	records uint64

	kind    byte
	frame   []byte // prefix, payload and checksum of the newest frame
	payload []byte // what is not read of it
	last    bool   // the newest frame ends the record
	taken   uint64 // bytes of the record, the newest frame's included
	err     error  // the first refusal; it sticks
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{
		r:      bufio.NewReaderSize(r, maxFrameBytes),
		digest: sha256.New(),
		frame:  make([]byte, 0, framePrefixBytes+maxFrameBytes+frameSuffixBytes),
	}
}

// preamble checks magic and version.
func (r *recordReader) preamble() error {
	var b [len(snapshotMagic) + 2]byte
	if err := r.fill(b[:]); err != nil {
		return err
	}
	if string(b[:len(snapshotMagic)]) != snapshotMagic {
		return ErrSnapshotFormat
	}
	if v := binary.LittleEndian.Uint16(b[len(snapshotMagic):]); v != snapshotVersion {
		return fmt.Errorf("%w: %d, this program knows %d", ErrSnapshotVersion, v, snapshotVersion)
	}
	r.digest.Write(b[:])
	return nil
}

// begin opens the next record, which must be of the given kind.
func (r *recordReader) begin(kind byte) error {
	r.kind, r.taken = kind, 0
	if err := r.nextFrame(); err != nil {
		return err
	}
	if kind != frameTrailer {
		r.records++
	}
	return nil
}

// nextFrame reads a frame whole and proves it.
func (r *recordReader) nextFrame() error {
	if r.err != nil {
		return r.err
	}
	r.frame = r.frame[:framePrefixBytes]
	if err := r.fill(r.frame); err != nil {
		return err
	}
	kind, flags, length := r.frame[0], r.frame[1], binary.LittleEndian.Uint32(r.frame[2:])
	switch {
	case kind != r.kind:
		return r.refuse(fmt.Errorf("%w: %d where %d must stand (record %d)", ErrSnapshotKind, kind, r.kind, r.records))
	case flags&^flagLast != 0:
		return r.refuse(fmt.Errorf("%w: frame flags %#x", ErrSnapshotContent, flags))
	case r.taken+uint64(length) > maxEventBytes:
		return r.refuse(fmt.Errorf("%w: record longer than %d bytes", ErrSnapshotLimit, maxEventBytes))
	case length > maxFrameBytes:
		return r.refuse(fmt.Errorf("%w: frame of %d bytes, at most %d", ErrSnapshotLimit, length, maxFrameBytes))
	}
	r.last = flags&flagLast != 0
	if !r.last && length != maxFrameBytes || r.last && length == 0 && r.taken > 0 {
		return r.refuse(fmt.Errorf("%w: frame of %d bytes within a record", ErrSnapshotContent, length))
	}
	r.taken += uint64(length)
	r.frame = r.frame[:framePrefixBytes+int(length)+frameSuffixBytes]
	if err := r.fill(r.frame[framePrefixBytes:]); err != nil {
		return err
	}
	body, sum := r.frame[:len(r.frame)-frameSuffixBytes], r.frame[len(r.frame)-frameSuffixBytes:]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(sum) {
		return r.refuse(fmt.Errorf("%w: frame of kind %d (record %d)", ErrSnapshotChecksum, kind, r.records))
	}
	if kind != frameTrailer {
		r.digest.Write(r.frame)
	}
	r.payload = body[framePrefixBytes:]
	return nil
}

// Read gives the record's bytes, and io.EOF at its end.
func (r *recordReader) Read(b []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	for len(r.payload) == 0 {
		if r.last {
			return 0, io.EOF
		}
		if err := r.nextFrame(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.payload)
	r.payload = r.payload[n:]
	return n, nil
}

// end checks that the record was read to its end.
func (r *recordReader) end() error {
	if r.err != nil {
		return r.err
	}
	if len(r.payload) > 0 || !r.last {
		return r.refuse(fmt.Errorf("%w: record %d is longer than its content", ErrSnapshotContent, r.records))
	}
	return nil
}

// field reads exactly len(b) bytes of the record.
func (r *recordReader) field(b []byte) error {
	if _, err := io.ReadFull(r, b); err != nil {
		if r.err == nil {
			err = r.refuse(fmt.Errorf("%w: record %d is shorter than its content", ErrSnapshotContent, r.records))
		}
		return err
	}
	return nil
}

// text reads a text of at most limit bytes.
func (r *recordReader) text(limit int) (string, error) {
	var length [4]byte
	if err := r.field(length[:]); err != nil {
		return "", err
	}
	n := binary.LittleEndian.Uint32(length[:])
	if uint64(n) > uint64(limit) {
		return "", r.refuse(fmt.Errorf("%w: text of %d bytes, at most %d (record %d)", ErrSnapshotLimit, n, limit, r.records))
	}
	b := make([]byte, n)
	if err := r.field(b); err != nil {
		return "", err
	}
	return string(b), nil
}

// rest reads what is left of the record, at most limit bytes. It allocates as bytes come, not as a length claims.
func (r *recordReader) rest(limit int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(b) > limit {
		return nil, r.refuse(fmt.Errorf("%w: record %d is longer than %d bytes", ErrSnapshotLimit, r.records, limit))
	}
	return b, nil
}

// exhausted checks that nothing follows.
func (r *recordReader) exhausted() error {
	switch _, err := r.r.ReadByte(); {
	case err == nil:
		return r.refuse(fmt.Errorf("%w: bytes after the trailer", ErrSnapshotContent))
	case errors.Is(err, io.EOF):
		return nil
	default:
		return r.refuse(fmt.Errorf("actors: read snapshot: %w", err))
	}
}

func (r *recordReader) fill(b []byte) error {
	if _, err := io.ReadFull(r.r, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return r.refuse(fmt.Errorf("%w: within record %d", ErrSnapshotTruncated, r.records))
		}
		return r.refuse(fmt.Errorf("actors: read snapshot: %w", err))
	}
	return nil
}

func (r *recordReader) refuse(err error) error {
	r.err = err
	r.payload = nil
	return err
}
