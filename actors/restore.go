package actors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

// Restore replaces everything by what Encode wrote, on all cores. Bad input is an error that wraps ErrSnapshot; then nothing
// is replaced, and it is never a panic. Both states are in memory until the old one is dismissed. Readers who wait for a
// view of an event go on with the restored event. A halted partition stays halted. Apply goroutine only.
func (p *Partition) Restore(r io.Reader) error {
	return p.RestoreWith(r, Pace{Members: runtime.GOMAXPROCS(0)})
}

// RestoreWith is Restore at a pace.
func (p *Partition) RestoreWith(r io.Reader, pace Pace) error {
	p.deciding.Lock()
	defer p.deciding.Unlock()
	if err := p.Halted(); err != nil {
		return err
	}
	if p.stopped {
		return ErrStopped
	}
	s := newStaged(p.number, r, pace)
	if err := s.read(); err != nil {
		return err
	}
	p.replace(s)
	return nil
}

// replace dismisses the old actors before it hires the new ones, so that an event never has two.
func (p *Partition) replace(s *staged) {
	p.registry.Lock()
	old := p.state
	old.era.over = true
	p.registry.Unlock()
	p.dismiss(old.byKey)
	p.herald.list.clear()
	p.lapses.clear()

	for i, e := range s.state.events {
		seats, room := s.seats[i], s.rooms[e]
		p.adopt(e, seats, room, s.state.era, s.header.applied, s.header.nowMillis)
		deadlineMillis, has := nextDue(seats, room)
		p.listDeadline(e, deadlineMillis, has)
		p.hire(e, seats, room)
	}
	p.registry.Lock()
	p.state = s.state
	p.registry.Unlock()
	p.sum = s.sum
	p.nowMillis.Store(s.header.nowMillis)
	p.applied.Store(s.header.applied)
	close(old.era.ended)
}

// staged is a state that is being read and not yet anybody's.
type staged struct {
	number uint32
	in     *recordReader
	header snapshotHeader
	state  directory
	crew   *crew
	seats  []*seatmap.Map // of state.events
	rooms  map[*Event]*waitroom.Room
	sum    stateSum

	lastPlan seatmap.PlanHash
}

func newStaged(number uint32, r io.Reader, pace Pace) *staged {
	return &staged{
		number: number, in: newRecordReader(r), state: newDirectory(), crew: newCrew(pace), rooms: map[*Event]*waitroom.Room{},
	}
}

func (s *staged) read() error {
	if err := s.readHeader(); err != nil {
		return err
	}
	for range s.header.plans {
		if err := s.readPlan(); err != nil {
			return err
		}
	}
	for range s.header.charts {
		if err := s.readChart(); err != nil {
			return err
		}
	}
	if err := s.readEvents(); err != nil {
		return err
	}
	if err := s.readRooms(); err != nil {
		return err
	}
	if err := s.readTrailer(); err != nil {
		return err
	}
	for i, e := range s.state.events {
		s.sum.replace(0, mix(e.identify(), eventHash(s.seats[i].Hash(), s.rooms[e], (*waitroom.Room).Hash)))
	}
	if hash := finalHash(s.sum, s.header.nowMillis); hash != s.header.hash {
		return fmt.Errorf("%w: %016x, header says %016x", ErrSnapshotHash, hash, s.header.hash)
	}
	return nil
}

func (s *staged) readHeader() error {
	if err := s.in.preamble(); err != nil {
		return err
	}
	if err := s.in.begin(frameHeader); err != nil {
		return err
	}
	b, err := s.in.rest(snapshotHeaderRoomsBytes)
	if err != nil {
		return err
	}
	if err := s.header.decode(b); err != nil {
		return err
	}
	if s.header.partition != s.number {
		return fmt.Errorf("%w: %d, this is %d", ErrSnapshotPartition, s.header.partition, s.number)
	}
	return s.in.end()
}

func (s *staged) readPlan() error {
	if err := s.in.begin(framePlan); err != nil {
		return err
	}
	plan := &storedPlan{}
	if err := s.in.field(plan.hash[:]); err != nil {
		return err
	}
	code, err := s.in.rest(seatmap.MaxPlanCodeBytes)
	if err != nil {
		return err
	}
	plan.code = code
	if len(s.state.plans) > 0 && bytes.Compare(s.lastPlan[:], plan.hash[:]) >= 0 {
		return fmt.Errorf("%w: plans out of order", ErrSnapshotContent)
	}
	if _, err := unpackPlan(code, plan.hash); err != nil {
		return fmt.Errorf("%w: plan %x: %w", ErrSnapshotContent, plan.hash[:8], err)
	}
	s.state.addPlan(plan)
	s.lastPlan = plan.hash
	s.sum.replace(0, plan.term())
	return s.checkBytes()
}

func (s *staged) readChart() error {
	if err := s.in.begin(frameChart); err != nil {
		return err
	}
	c := &StoredChart{}
	var err error
	if c.Name, err = s.in.text(command.MaxChartNameBytes); err != nil {
		return err
	}
	for _, field := range [][]byte{c.Content[:], c.Plan[:], c.key[:]} {
		if err := s.in.field(field); err != nil {
			return err
		}
	}
	if c.Document, err = s.in.rest(command.MaxDocumentBytes); err != nil {
		return err
	}
	plan := s.state.plans[c.Plan]
	switch n := len(s.state.charts); {
	case c.Name == "" || n > 0 && s.state.charts[n-1].Name >= c.Name:
		return fmt.Errorf("%w: chart %q out of order", ErrSnapshotContent, c.Name)
	case plan == nil:
		return fmt.Errorf("%w: chart %q without its plan", ErrSnapshotContent, c.Name)
	}
	c.PlanCode = plan.code
	s.state.addChart(c)
	s.sum.replace(0, c.term())
	return s.checkBytes()
}

// readEvents ends when no member of the crew works any more, whatever happened.
func (s *staged) readEvents() error {
	var err error
	for range s.header.events {
		if err = s.readEvent(); err != nil {
			break
		}
	}
	maps, refused := s.crew.wait()
	if refused != nil {
		return refused
	}
	if err != nil {
		return err
	}
	s.seats = maps
	return nil
}

func (s *staged) readEvent() error {
	if err := s.in.begin(frameEvent); err != nil {
		return err
	}
	e, err := s.readEventFields()
	if err != nil {
		return err
	}
	stored := s.state.plans[e.plan]
	switch n := len(s.state.events); {
	case e.key == "" || n > 0 && s.state.events[n-1].key >= e.key:
		return fmt.Errorf("%w: event %q out of order", ErrSnapshotContent, e.key)
	case stored == nil:
		return fmt.Errorf("%w: event %q without its plan", ErrSnapshotContent, e.key)
	}
	plan, err := stored.ready()
	if err != nil {
		return fmt.Errorf("%w: plan of event %q: %w", ErrSnapshotContent, e.key, err)
	}
	if err := s.crew.restore(s.in, e, plan); err != nil {
		return err
	}
	s.state.addEvent(e)
	return s.in.end()
}

func (s *staged) readEventFields() (*Event, error) {
	e := &Event{}
	var err error
	if e.key, err = s.in.text(command.MaxEventKeyBytes); err != nil {
		return nil, err
	}
	if e.chart, err = s.in.text(command.MaxChartNameBytes); err != nil {
		return nil, err
	}
	var bornAt [8]byte
	for _, field := range [][]byte{e.plan[:], e.createKey[:], e.fingerprint[:], bornAt[:]} {
		if err := s.in.field(field); err != nil {
			return nil, err
		}
	}
	e.bornAt = binary.LittleEndian.Uint64(bornAt[:])
	return e, nil
}

func (s *staged) readTrailer() error {
	records, digest := s.in.records, s.in.digest.Sum(nil)
	if err := s.in.begin(frameTrailer); err != nil {
		return err
	}
	var count [8]byte
	if err := s.in.field(count[:]); err != nil {
		return err
	}
	told, err := s.in.rest(len(digest))
	if err != nil {
		return err
	}
	if n := binary.LittleEndian.Uint64(count[:]); n != records {
		return fmt.Errorf("%w: trailer counts %d records, there are %d", ErrSnapshotContent, n, records)
	}
	if !bytes.Equal(told, digest) {
		return fmt.Errorf("%w: SHA-256 of the whole", ErrSnapshotChecksum)
	}
	return s.in.exhausted()
}

func (s *staged) checkBytes() error {
	if s.state.bytes > MaxPlanBytes {
		return fmt.Errorf("%w: charts of more than %d bytes", ErrSnapshotLimit, MaxPlanBytes)
	}
	return s.in.end()
}
