package venue

import "math"

// Picture is one seat map of a venue, prepared so that many shoppers can look at it. It never changes.
type Picture struct {
	venue   *Venue
	states  string
	longest []uint16 // by row: its longest run of free seats
	free    int
}

const freeSeat = 'f'

// NewPicture prepares the states of a seat map, which has a letter for every seat of the venue; what is missing counts as
// taken. It costs one walk over the states.
func NewPicture(v *Venue, states string) *Picture {
	p := &Picture{venue: v, states: states, longest: make([]uint16, len(v.Rows))}
	for i := range v.Rows {
		longest, length := 0, 0
		for k := range v.Rows[i].Labels {
			if !p.isFree(v.Rows[i].First + k) {
				length = 0
				continue
			}
			p.free++
			length++
			longest = max(longest, length)
		}
		p.longest[i] = uint16(min(longest, math.MaxUint16))
	}
	return p
}

// Free is the number of free seats.
func (p *Picture) Free() int { return p.free }

func (p *Picture) isFree(seat int) bool { return seat < len(p.states) && p.states[seat] == freeSeat }

// FreeRun finds count free neighbours as near as possible to a seat that is liked: in its row, else in the nearest row by
// the order of Venue.Rows, of two equally near ones in the one further in front. It returns the index of their first one;
// the labels are Venue.Labels[first:first+count]. It allocates nothing.
func (p *Picture) FreeRun(row, seat, count int) (first int, ok bool) {
	if count < 1 || p.free < count || len(p.longest) == 0 {
		return 0, false
	}
	row = min(max(row, 0), len(p.longest)-1)
	for off := 0; row-off >= 0 || row+off < len(p.longest); off++ {
		for _, near := range [2]int{row - off, row + off} {
			if near < 0 || near >= len(p.longest) || int(p.longest[near]) < count {
				continue
			}
			if first, ok = p.inRow(near, seat, count); ok {
				return first, true
			}
		}
	}
	return 0, false
}

// inRow finds the run of a row whose first seat is nearest to the one that is liked; to the left of it, if two are.
func (p *Picture) inRow(row, seat, count int) (first int, ok bool) {
	r := &p.venue.Rows[row]
	best, length := math.MaxInt, 0
	for k := range r.Labels {
		if !p.isFree(r.First + k) {
			length = 0
			continue
		}
		if length++; length < count {
			continue
		}
		from := k - count + 1
		away := max(from-seat, seat-from)
		if away < best {
			best, first = away, r.First+from
		}
	}
	return first, best < math.MaxInt
}
