package chart

import (
	"fmt"
	"math"

	"github.com/parterre/parterre/actors/seatmap"
)

func (c *checker) sections() {
	keys := make(map[string]bool, len(c.doc.Sections))
	for i := range c.doc.Sections {
		s, field := &c.doc.Sections[i], fmt.Sprintf("sections[%d].", i)
		if c.key(field+"key", s.Key, false) && keys[s.Key] {
			c.add(field+"key", "another section has the key %q", s.Key)
		}
		keys[s.Key] = true
		c.name(field+"name", s.Name, seatmap.MaxNameBytes)
		c.category(field+"category", s.Category, false)
		for j := range s.Rows {
			c.row(s, &s.Rows[j], fmt.Sprintf("%srows[%d].", field, j))
			if c.full() {
				return
			}
		}
	}
}

func (c *checker) row(s *Section, r *Row, field string) {
	c.key(field+"key", r.Key, false)
	c.category(field+"category", r.Category, false)
	if r.Rank != nil && *r.Rank > MaxRank {
		c.add(field+"rank", "want a whole number from 0 to %d", MaxRank)
	}
	inherited := s.Category
	if r.Category != "" {
		inherited = r.Category
	}
	if r.Seats.Run != nil {
		c.run(s, r, field, inherited)
		return
	}
	for i := range r.Seats.List {
		if seat := &r.Seats.List[i]; !c.soundSeat(s, r, seat, inherited) {
			c.seat(s, r, seat, inherited, fmt.Sprintf("%sseats[%d].", field, i))
			if c.full() {
				return
			}
		}
	}
}

// soundSeat is the quick way past the seats that have no problem, which are most: it notes the label of such a seat.
func (c *checker) soundSeat(s *Section, r *Row, seat *Seat, inherited string) bool {
	category := seat.Category
	if category == "" {
		category = inherited
	}
	c.label = appendLabel(c.label[:0], s.Key, r.Key, seat.Key)
	sound := seat.Key != "" && len(c.label) <= seatmap.MaxLabelBytes && plain(seat.Key) && c.categories[category] &&
		math.Abs(seat.X) <= MaxCoordinate && math.Abs(seat.Y) <= MaxCoordinate &&
		(seat.Rank == nil || *seat.Rank <= MaxRank) && !c.labels[string(c.label)]
	if sound {
		c.labels[string(c.label)] = true
	}
	return sound
}

// plain reports whether a key has nothing but visible ASCII characters.
func plain(key string) bool {
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return false
		}
	}
	return true
}

// seat tells every problem of one seat, and notes its label.
func (c *checker) seat(s *Section, r *Row, seat *Seat, inherited, field string) {
	if c.key(field+"key", seat.Key, true) {
		c.seatLabel(s, r, seat.Key, field+"key")
	}
	c.category(field+"category", seat.Category, inherited == "")
	c.coordinate(field+"x", seat.X)
	c.coordinate(field+"y", seat.Y)
	if seat.Rank != nil && *seat.Rank > MaxRank {
		c.add(field+"rank", "want a whole number from 0 to %d", MaxRank)
	}
}

func (c *checker) seatLabel(s *Section, r *Row, key, field string) {
	c.label = appendLabel(c.label[:0], s.Key, r.Key, key)
	if len(c.label) > seatmap.MaxLabelBytes {
		c.add(field, "the label is longer than %d bytes", seatmap.MaxLabelBytes)
		return
	}
	c.unique(field, string(c.label))
}

// run checks seats that are counted. Their coordinates lie between the first one's and the last one's.
func (c *checker) run(s *Section, r *Row, field, inherited string) {
	run, seats := r.Seats.Run, field+"seats"
	if inherited == "" {
		c.add(field+"category", "is needed here or in the section")
	}
	c.coordinate(seats+".x", run.X)
	c.coordinate(seats+".y", run.Y)
	c.coordinate(seats+".dx", run.DX)
	c.coordinate(seats+".dy", run.DY)
	last := r.Seats.At(r.Seats.Len() - 1)
	if !(math.Abs(last.X) <= MaxCoordinate) || !(math.Abs(last.Y) <= MaxCoordinate) {
		c.add(seats, "its last seat lies outside of ±%g", MaxCoordinate)
	}
	if run.First < 0 || run.First > MaxSeatNumber {
		c.add(seats+".first", "want a whole number from 0 to %d", MaxSeatNumber)
		return
	}
	for i := range r.Seats.Len() {
		c.seatLabel(s, r, r.Seats.At(i).Key, seats)
		if c.full() {
			return
		}
	}
}
