package record

import (
	"errors"
	"time"

	"github.com/parterre/parterre/bench/trace"
)

// scribe turns buffers of actions into files. One goroutine's.
type scribe struct {
	options Options
	metrics *metrics
	file    *file // nil after a fault
	start   time.Time
	entry   entry
	record  trace.Record
	files   int
	fault   error
}

func newScribe(o Options, m *metrics, start time.Time) (*scribe, error) {
	s := &scribe{options: o, metrics: m, start: start}
	return s, s.begin()
}

// write records the actions of a buffer.
func (s *scribe) write(actions []byte, dropped int64) {
	if s.file == nil {
		s.drop(actions)
		return
	}
	s.file.writer.Drop(dropped)
	before := s.file.writer.Bytes()
	for rest := actions; len(rest) > 0; {
		rest = s.entry.read(rest)
		if err := s.one(); err != nil {
			s.fail(err)
			s.drop(rest)
			return
		}
	}
	now := time.Now()
	if now.Sub(s.file.flushed) >= flushEvery {
		if err := s.file.writer.Flush(); err != nil {
			s.fail(err)
			return
		}
		s.file.flushed = now
	}
	s.metrics.bytes.Add(float64(s.file.writer.Bytes() - before))
	if !s.file.done(now) {
		return
	}
	if err := s.file.close(); err != nil {
		s.fail(err)
	} else if err := s.begin(); err != nil {
		s.fail(err)
	}
}

// one records the entry at hand.
func (s *scribe) one() error {
	f := s.file
	st := f.stageOf(s.entry.event)
	if st == nil || !s.entry.resolve(&s.record, st, f.numbers) {
		return nil // nothing that could be replayed, such as a seat that does not exist
	}
	s.record.AtMicros = s.entry.micros - f.offset
	err := f.writer.Write(&s.record)
	if errors.Is(err, trace.ErrRecord) {
		s.options.Logger.Warn("an action is not recorded", "error", err)
		return nil
	}
	if err == nil {
		s.metrics.actions.Inc()
	}
	return err
}

// begin begins the next file. Its times count from the last action: whatever is still to come is not before that.
func (s *scribe) begin() (err error) {
	s.files++
	s.file, err = newFile(&s.options, s.files, s.start.Add(time.Duration(s.entry.micros)*time.Microsecond), s.entry.micros)
	return err
}

// fail ends the recording; the node goes on.
func (s *scribe) fail(err error) {
	s.options.Logger.Error("recording has ended", "error", err)
	s.fault = err
	if s.file != nil {
		_ = s.file.disk.Close() // the fault is told
		s.file = nil
	}
}

// drop counts actions that are not recorded.
func (s *scribe) drop(actions []byte) {
	for len(actions) > 0 {
		actions = s.entry.read(actions)
		s.metrics.dropped.Inc()
	}
}

// close ends the last file, and tells what ended the recording before.
func (s *scribe) close() error {
	if s.file == nil {
		return s.fault
	}
	return s.file.close()
}
