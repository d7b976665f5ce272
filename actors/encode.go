package actors

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
)

// Encode writes header, one record per plan, chart and event, and the trailer with count and SHA-256, in frames with a
// CRC each. Equal states give equal bytes. It may run beside Apply, once or more. After a halt it returns an error that
// wraps ErrHalted: a state that is in doubt must not become a snapshot.
func (f *Frozen) Encode(w io.Writer) error {
	e := encoder{frozen: f, digest: sha256.New()}
	e.record = newRecordWriter(io.MultiWriter(w, e.digest))
	if err := e.encode(); err != nil {
		return err
	}
	if err := f.partition.Halted(); err != nil {
		return err
	}
	return e.trailer(w)
}

type encoder struct {
	frozen  *Frozen
	record  *recordWriter
	digest  hash.Hash
	records uint64
	fields  []byte
}

func (e *encoder) encode() error {
	f := e.frozen
	preamble := binary.LittleEndian.AppendUint16([]byte(snapshotMagic), snapshotVersion)
	if _, err := e.record.w.Write(preamble); err != nil {
		return err
	}
	if err := e.write(frameHeader, f.header.append(nil), nil); err != nil {
		return err
	}
	for _, p := range f.plans {
		if err := e.write(framePlan, p.hash[:], p.code); err != nil {
			return err
		}
	}
	for _, c := range f.charts {
		if err := e.write(frameChart, c.appendFields(e.fields[:0]), c.Document); err != nil {
			return err
		}
	}
	for _, event := range f.events {
		if err := e.event(event); err != nil {
			return err
		}
	}
	for _, event := range f.events {
		if event.room == nil {
			continue
		}
		if err := e.room(event); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) room(event *freeze) error {
	e.records++
	e.fields = appendText(e.fields[:0], event.event.key)
	e.record.begin(frameRoom)
	if _, err := e.record.Write(e.fields); err != nil {
		return err
	}
	if err := event.room.Encode(e.record); err != nil {
		return err
	}
	return e.record.finish()
}

func (e *encoder) event(event *freeze) error {
	if err := e.frozen.partition.Halted(); err != nil {
		return err
	}
	e.records++
	e.fields = event.event.appendFields(e.fields[:0])
	e.record.begin(frameEvent)
	if _, err := e.record.Write(e.fields); err != nil {
		return err
	}
	if err := event.frozen.Encode(e.record); err != nil {
		return err
	}
	return e.record.finish()
}

func (e *encoder) write(kind byte, fields, bulk []byte) error {
	e.records++
	e.record.begin(kind)
	if _, err := e.record.Write(fields); err != nil {
		return err
	}
	if _, err := e.record.Write(bulk); err != nil {
		return err
	}
	return e.record.finish()
}

func (e *encoder) trailer(w io.Writer) error {
	b := binary.LittleEndian.AppendUint64(nil, e.records)
	b = e.digest.Sum(b)
	e.record.w = w
	return e.write(frameTrailer, b, nil)
}
