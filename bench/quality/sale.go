package quality

import (
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
)

// beganMillis is the log time at which every sale begins.
const beganMillis = 1_800_000_000_000

// expireLimit bounds what one OpExpire frees: more than is ever due at once.
const expireLimit = 1 << 20

// chooser prepares the hold of a party; false if it has no seats for it.
type chooser func(size int32, req *seatmap.Request) bool

// sale is one sale with one allocator.
type sale struct {
	house  *house
	event  *seatmap.Map
	choose chooser
	now    int64
	holds  []hold // by number: the id of hold i is i+1
	due    agenda
	req    seatmap.Request
	ans    seatmap.Answer

	sold      int
	soldRanks uint64
	heldRanks uint64
	result    Result
	nanos     []int64
}

// hold is what a party was given.
type hold struct {
	slots []int
	fate  fate
}

func (s *sale) run(parties []party) (*Result, error) {
	for _, p := range parties {
		for len(s.due) > 0 && s.due[0].atMillis <= p.atMillis {
			if err := s.settle(); err != nil {
				return nil, err
			}
		}
		if s.sold == len(s.house.free) {
			break
		}
		s.now = p.atMillis
		if err := s.ask(&p); err != nil {
			return nil, err
		}
	}
	for len(s.due) > 0 {
		if err := s.settle(); err != nil {
			return nil, err
		}
	}
	s.result.End = s.mark(s.soldRanks, s.sold)
	slices.Sort(s.nanos)
	s.result.MedianNanos, s.result.P99Nanos = s.nanos[len(s.nanos)/2], s.nanos[len(s.nanos)*99/100]
	return &s.result, s.audit()
}

// ask holds seats for a party.
func (s *sale) ask(p *party) error {
	s.req.Reset()
	s.req.Op, s.req.ID = seatmap.OpHold, id(len(s.holds))
	begin := time.Now()
	found := s.choose(p.size, &s.req)
	if found {
		s.do()
	}
	s.nanos = append(s.nanos, int64(time.Since(begin)))
	if !found || s.ans.Code == seatmap.CodeNotEnoughSeats {
		if s.house.left >= int(p.size) {
			s.result.RefusedThoughFree++
		} else {
			s.result.RefusedForWant++
		}
		return nil
	}
	if s.ans.Code != seatmap.CodeOK {
		return fmt.Errorf("quality: a hold: %v %v %s", s.ans.Code, s.ans.Labels, s.ans.Reason)
	}
	h := hold{fate: p.fate}
	for _, place := range s.ans.Places {
		slot, _ := s.house.plan.Slot(place.Label)
		h.slots = append(h.slots, int(slot))
		s.house.set(int(slot), false)
		s.heldRanks += uint64(s.house.rank(int(slot)))
	}
	slices.Sort(h.slots)
	after := p.afterMillis
	if p.fate == lapsed {
		after = ttlMillis
	}
	heap.Push(&s.due, task{atMillis: s.now + after, hold: len(s.holds)})
	s.holds = append(s.holds, h)
	s.markTaken()
	return nil
}

// settle lets the next hold meet its fate.
func (s *sale) settle() error {
	next := heap.Pop(&s.due).(task)
	s.now = next.atMillis
	h := &s.holds[next.hold]
	s.req.Reset()
	s.req.ID = id(next.hold)
	switch h.fate {
	case bought:
		s.req.Op, s.req.Reference = seatmap.OpConfirm, "paid"
	case released:
		s.req.Op = seatmap.OpRelease
	case lapsed:
		s.req.Op, s.req.Limit = seatmap.OpExpire, expireLimit // what is due with it is due here, too, in the same moment
	}
	if s.do(); s.ans.Code != seatmap.CodeOK {
		return fmt.Errorf("quality: %v: %v %s", s.req.Op, s.ans.Code, s.ans.Reason)
	}
	for _, slot := range h.slots {
		rank := uint64(s.house.rank(slot))
		s.heldRanks -= rank
		if h.fate == bought {
			s.soldRanks += rank
			s.sold++
		} else {
			s.house.set(slot, true)
		}
	}
	if h.fate == bought {
		s.judge(h.slots)
		s.markSold()
	}
	return nil
}

// judge counts how a party that paid sits.
func (s *sale) judge(slots []int) {
	s.result.Parties++
	if len(slots) == 1 {
		return
	}
	s.result.Groups++
	together, alone := s.house.sitting(slots)
	if !together {
		s.result.Split++
	}
	if alone {
		s.result.Alone++
	}
	if s.house.strewn(slots) {
		s.result.Strewn++
	}
}

func (s *sale) do() { s.event.Do(beganMillis+s.now, &s.req, &s.ans) }

// audit compares the house with the map, which is the one that decides.
func (s *sale) audit() error {
	if err := s.event.Check(); err != nil {
		return err
	}
	for slot, state := range s.event.Picture().AppendStates(nil) {
		if s.house.free[slot] != (state == seatmap.StatusFree.Letter()) {
			return errors.New("quality: the simulation and the seat map differ at " + s.house.plan.Label(uint32(slot))) //nolint:gosec // a slot
		}
	}
	return nil
}

func id(hold int) (id seatmap.ID) {
	binary.BigEndian.PutUint64(id[8:], uint64(hold)+1) //nolint:gosec // not negative
	return id
}
