package venue

import "github.com/parterre/parterre/actors/chart"

// wheelchairShare is how many seats there are for one wheelchair place: building codes ask for about that.
const wheelchairShare = 120

// end is an end of a strip where a wheelchair place can be.
type end struct {
	row         *row
	first, last int // the place and the seat beside it, as indexes of seats
}

// access turns ends of rows at cross aisles into wheelchair places with a companion's seat beside each.
func (p *plan) access() {
	var ends []end
	for i := range p.blocks {
		for j := range p.blocks[i].rows {
			if r := &p.blocks[i].rows[j]; r.stepFree {
				ends = append(ends, r.roomy()...)
			}
		}
	}
	want := min(max(2, p.seats/wheelchairShare), len(ends))
	for i := range want {
		e := ends[i*len(ends)/want]
		e.row.seats[e.first].Accessible = true
		e.row.seats[e.last].Companion = true
	}
}

// roomy are the ends of the row's strips that have six seats or more: both ends then leave two seats between them.
func (r *row) roomy() (ends []end) {
	start := 0
	for _, stop := range r.ends {
		if stop-start >= 6 {
			ends = append(ends, end{r, start, start + 1}, end{r, stop - 1, stop - 2})
		}
		start = stop
	}
	return ends
}

// view marks the seats whose view is restricted: whole blocks beside the stage, and seats right behind a pillar.
func (p *plan) view() {
	for i := range p.blocks {
		b := &p.blocks[i]
		for j := range b.rows {
			r := &b.rows[j]
			start := 0
			for _, stop := range r.ends {
				strip := r.seats[start:stop]
				for k := range strip {
					behind := r.pillar && (2*k == len(strip) || 2*k+2 == len(strip) || 2*k+1 == len(strip))
					restrict(&strip[k], b.sideOn || behind)
				}
				start = stop
			}
		}
	}
}

// restrict marks a seat, unless it was made for somebody in a wheelchair.
func restrict(s *chart.Seat, restricted bool) {
	if restricted && !s.Accessible && !s.Companion {
		s.RestrictedView = true
	}
}
