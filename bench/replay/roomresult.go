package replay

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/parterre/parterre/bench/queue"
	"github.com/parterre/parterre/bench/report"
	"github.com/parterre/parterre/bench/wire"
)

// lookAtRoom asks the node at hand how the first event's room stands.
func (s *stockSampler) lookAtRoom() {
	if s.e.door == nil || len(s.rooms) > maxSeconds {
		return
	}
	answer, err := s.conn.Do(&wire.Request{Method: wire.Get, Path: append(append(s.room[:0], s.e.stage.Events[0].path...), "/room"...)})
	if err != nil {
		return // the look at the stock turns to another node
	}
	var said struct {
		Phase         string
		Inside        int64
		RatePerMinute int64 `json:"rate_per_minute"`
		Lanes         []struct {
			Waiting int64
			Drawn   uint64
		}
	}
	if answer.Status != 200 || json.Unmarshal(answer.Body, &said) != nil {
		return
	}
	waiting := int64(0)
	for _, lane := range said.Lanes {
		waiting += lane.Waiting
	}
	if len(said.Lanes) > 0 && said.Phase != "before" && said.Phase != "pre_queue" {
		s.drawn = said.Lanes[0].Drawn
	}
	s.rooms = append(s.rooms, report.RoomMoment{
		At: time.Since(s.e.start).Seconds(), Waiting: waiting, Inside: said.Inside, RatePerMinute: said.RatePerMinute, Phase: said.Phase,
	})
}

// drawn notes how many numbers of the first room were drawn, by what a node said last; 0 = none said, or it draws nothing.
func (d *door) drawn(n uint64) {
	if d == nil || n == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.line.Rooms[0].Drawn, d.line.Rooms[0].DrawnKnown = n, true
}

// waitParts is how many points the waits over time have at most.
const waitParts = 120

// Room is what was seen of the rooms, nil without any.
func (r *Result) Room() *report.Room {
	l := r.Line
	if l == nil || len(l.Rooms) == 0 {
		return nil
	}
	room := &l.Rooms[0]
	m := &report.Room{Mode: room.Mode, Moments: r.Moments, Settings: []report.Setting{
		{Name: "max inside", Value: strconv.FormatInt(room.MaxInside, 10)},
		{Name: "admit per minute", Value: strconv.FormatInt(room.PerMinute, 10)},
		{Name: "idle limit", Value: (time.Duration(room.IdleSeconds) * time.Second).String()},
		{Name: "stay limit", Value: (time.Duration(room.StaySeconds) * time.Second).String()},
		{Name: "opened after", Value: round(time.Duration(room.Opens)).String()},
	}}
	l.Each(func(v *queue.Visit) { tell(m, v) })
	if f := l.Fairness(); f.Visits > 1 {
		m.Fairness = &report.RoomFairness{Visitors: int64(f.Visits), Correlation: f.Correlation}
	}
	if d := l.Draw(); d.ChiSquare > 0 {
		m.Draw = &report.RoomDraw{Visitors: int64(d.Visits), ChiSquare: d.ChiSquare, Freedom: d.Freedom, P: d.P}
	}
	if e := l.Estimates(); e.Visits > 0 {
		m.Estimates = &report.RoomEstimates{
			Visitors: int64(e.Visits), Waited: e.Waited.Seconds(), Foretold: e.Foretold.Seconds(), Error: e.Error.Seconds(), Within: e.Within,
		}
	}
	for _, w := range l.Waits(waitParts) {
		m.Waits = append(m.Waits, report.RoomWait{
			At: w.At.Seconds(), Visitors: int64(w.Visits), Waited: w.Waited.Seconds(), Foretold: w.Expected.Seconds(),
			Least: w.Least.Seconds(), Most: w.Most.Seconds(),
		})
	}
	return m
}

func tell(m *report.Room, v *queue.Visit) {
	if !v.Joined() {
		return
	}
	m.Joined++
	if v.Inside() {
		m.Entered++
	}
	switch v.End {
	case queue.Ordered:
		m.Ordered++
	case queue.TurnedAway:
		m.TurnedAway++
	case queue.Lapsed:
		m.Lapsed++
	case queue.Unended:
		if !v.Inside() {
			m.Waiting++
		}
	}
}

// stayed counts who tried the door again after an order, and who was still inside then.
func (r *Result) stayed() (stayed, tried int64) {
	r.Line.Each(func(v *queue.Visit) {
		if v.Tried {
			tried++
		}
		if v.Stayed {
			stayed++
		}
	})
	return stayed, tried
}

// printRoom writes what was seen of the rooms for a reader.
func (r *Result) printRoom(w io.Writer) {
	m := r.Room()
	if m == nil {
		return
	}
	fmt.Fprintf(w, "waiting room (%s): %d joined, %d let in, %d of them bought; %d ran out of time, %d were told that all is sold, %d still waited; %d actions of the trace stayed outside\n",
		m.Mode, m.Joined, m.Entered, m.Ordered, m.Lapsed, m.TurnedAway, m.Waiting, r.TurnedOff)
	if stayed, tried := r.stayed(); tried > 0 {
		fmt.Fprintf(w, "  of %d who tried to enter again after their order, %d were still inside\n", tried, stayed)
	}
	most := report.RoomMoment{}
	for _, s := range m.Moments {
		most.Waiting, most.Inside, most.RatePerMinute = max(most.Waiting, s.Waiting), max(most.Inside, s.Inside), max(most.RatePerMinute, s.RatePerMinute)
	}
	fmt.Fprintf(w, "  at most: %d waiting, %d inside, %d called in a minute\n", most.Waiting, most.Inside, most.RatePerMinute)
	if f := m.Fairness; f != nil {
		fmt.Fprintf(w, "  in order of arrival: rank correlation of arrival and call %.4f (%d visitors)\n", f.Correlation, f.Visitors)
	}
	if d := m.Draw; d != nil {
		fmt.Fprintf(w, "  draw: chi-square %.1f with %d degrees of freedom, p %.3f (%d visitors)\n", d.ChiSquare, d.Freedom, d.P, d.Visitors)
	}
	if e := m.Estimates; e != nil {
		fmt.Fprintf(w, "  estimates: median wait %.1f s, foretold %.1f s, off by %.1f s; %.1f %% of the waits lay in their band (%d visitors)\n",
			e.Waited, e.Foretold, e.Error, 100*e.Within, e.Visitors)
	}
}
