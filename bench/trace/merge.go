package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// Merge brings recorded traces together: those of several nodes, between which shoppers went to and fro, and those that one
// node wrote one after the other. Clocks are believed. Where a file knows a hold only by its Reference, its actions become
// those of the shopper and slot that another file has for it. Files that were cut off are taken as far as they go.
func Merge(out io.Writer, files []io.ReadSeeker) (*Summary, error) {
	m := &merger{charts: map[string]uint32{}, events: map[string]uint32{}, holds: map[uint64]handle{}}
	for i, f := range files {
		if err := m.open(f); err != nil {
			return nil, fmt.Errorf("file %d: %w", i+1, err)
		}
	}
	if err := m.begin(out); err != nil {
		return nil, err
	}
	for {
		s := m.first()
		if s == nil {
			break
		}
		if err := m.take(s); err != nil {
			return nil, err
		}
	}
	err := m.out.Close()
	return &Summary{Shoppers: int64(m.shoppers), Sessions: int64(m.shoppers), Records: m.out.Records(), Bytes: m.out.Bytes()}, err
}

// merger has one source for each file.
type merger struct {
	out      *Writer
	sources  []*source
	charts   map[string]uint32
	events   map[string]uint32
	holds    map[uint64]handle // by Reference
	shoppers uint64
}

// source is a file, and its next record.
type source struct {
	reader   *Reader
	charts   []Chart // all of the file
	events   []Event
	started  time.Time
	offset   int64    // microseconds from the merged trace's start to the file's
	index    []uint32 // of the file's events in the merged trace
	shoppers map[uint64]uint64
	next     Record
	done     bool
}

// handle is whose a hold is.
type handle struct {
	shopper   uint64
	slot      uint8
	anonymous bool
}

// open reads what a file is about, and its first record.
func (m *merger) open(f io.ReadSeeker) error {
	s := &source{shoppers: map[uint64]uint64{}}
	var err error
	if s.charts, s.events, err = ReadEvents(bufio.NewReaderSize(f, blockBytes)); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if s.reader, err = NewReader(bufio.NewReaderSize(f, blockBytes)); err != nil {
		return err
	}
	h := s.reader.Header()
	if h.Made != Recorded {
		return fmt.Errorf("%w: a %s trace is whole by itself", ErrParameter, h.Made)
	}
	if s.started, err = time.Parse(time.RFC3339, h.Started); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	m.sources = append(m.sources, s)
	return m.advance(s)
}

// begin writes what stands before the records: every chart and event once, by its name.
func (m *merger) begin(out io.Writer) error {
	if len(m.sources) == 0 {
		return fmt.Errorf("%w: nothing to merge", ErrParameter)
	}
	start := m.sources[0].started
	for _, s := range m.sources {
		if s.started.Before(start) {
			start = s.started
		}
	}
	header := *m.sources[0].reader.Header()
	header.By, header.Started = "merged", start.UTC().Format("2006-01-02T15:04:05.000Z")
	var err error
	if m.out, err = NewWriter(out, &header); err != nil {
		return err
	}
	for _, s := range m.sources {
		s.offset = s.started.Sub(start).Microseconds()
		if t := s.reader.Trailer(); s.done && t != nil { // a file without records
			m.out.Drop(t.Dropped)
		}
		if err := m.define(s); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) define(s *source) (err error) {
	for _, e := range s.events {
		index, known := m.events[e.Name]
		if !known {
			if e.Chart, err = m.chart(s.charts[e.Chart]); err != nil {
				return err
			}
			if index, err = m.out.AddEvent(e); err != nil {
				return err
			}
			m.events[e.Name] = index
		}
		s.index = append(s.index, index)
	}
	return nil
}

// chart is the index of a chart. Charts never change in a cluster, so that a name says it all; others are told apart.
func (m *merger) chart(c Chart) (index uint32, err error) {
	key := c.Name + "\x00" + string(bytes.TrimSpace(c.Document))
	index, known := m.charts[key]
	if !known {
		if index, err = m.out.AddChart(c); err == nil {
			m.charts[key] = index
		}
	}
	return index, err
}

// advance reads a source's next record.
func (m *merger) advance(s *source) error {
	switch err := s.reader.Next(&s.next); {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		s.done = true
		if m.out != nil {
			m.out.Drop(s.reader.Trailer().Dropped)
		}
	case errors.Is(err, ErrTruncated):
		s.done = true
	default:
		return err
	}
	return nil
}

// first is the source whose record is next; of equals the one that was named first.
func (m *merger) first() (next *source) {
	for _, s := range m.sources {
		if !s.done && (next == nil || s.next.AtMicros+s.offset < next.next.AtMicros+next.offset) {
			next = s
		}
	}
	return next
}

// take writes a source's record as one of the merged trace.
func (m *merger) take(s *source) error {
	r := &s.next
	r.AtMicros += s.offset
	r.Event = s.index[r.Event]
	shopper, known := s.shoppers[r.Shopper]
	if !known {
		shopper = m.shoppers
		s.shoppers[r.Shopper] = shopper
		m.shoppers++
	}
	r.Shopper = shopper
	makes := r.Action == Hold || r.Action == Sale
	if h, known := m.holds[r.Reference]; known && !makes && r.Reference != 0 {
		r.Shopper, r.Slot, r.Anonymous = h.shopper, h.slot, h.anonymous
	} else if makes && r.Reference != 0 {
		m.holds[r.Reference] = handle{shopper: r.Shopper, slot: r.Slot, anonymous: r.Anonymous}
	}
	if err := m.out.Write(r); err != nil {
		return err
	}
	return m.advance(s)
}
