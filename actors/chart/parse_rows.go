package chart

import "github.com/parterre/parterre/actors/seatmap"

func (w *walker) section(left *room) (s Section) {
	w.object(func(name string) bool {
		switch name {
		case "key":
			w.text(&s.Key)
		case "name":
			w.text(&s.Name)
		case "category":
			w.text(&s.Category)
		case "rows":
			w.list(&left.rows, "rows", seatmap.MaxRows, func() { s.Rows = append(s.Rows, w.row(left)) })
		default:
			return false
		}
		return true
	})
	return s
}

func (w *walker) row(left *room) (r Row) {
	w.object(func(name string) bool {
		switch name {
		case "key":
			w.text(&r.Key)
		case "category":
			w.text(&r.Category)
		case "rank":
			w.rank(&r.Rank)
		case "seats":
			w.seats(&r.Seats, left)
		default:
			return false
		}
		return true
	})
	return r
}

// seats reads either form of a row's seats.
func (w *walker) seats(s *Seats, left *room) {
	switch t := w.lex.next(); t.kind {
	case '[':
		w.elements(&left.seats, "seats", seatmap.MaxSeats, func() { s.List = append(s.List, w.seat()) })
	case '{':
		s.Run = &Run{First: 1}
		w.run(s.Run)
	default:
		w.mismatch(t, "a list of seats, or an object with their count")
	}
}

func (w *walker) seat() (s Seat) {
	w.object(func(name string) bool {
		switch name {
		case "key":
			w.text(&s.Key)
		case "category":
			w.text(&s.Category)
		case "x":
			w.number(&s.X)
		case "y":
			w.number(&s.Y)
		case "rank":
			w.rank(&s.Rank)
		case "accessible":
			w.flag(&s.Accessible)
		case "companion":
			w.flag(&s.Companion)
		case "restricted_view":
			w.flag(&s.RestrictedView)
		case "aisle_after":
			w.flag(&s.AisleAfter)
		default:
			return false
		}
		return true
	})
	return s
}

func (w *walker) run(r *Run) {
	w.fields(func(name string) bool {
		switch name {
		case "count":
			w.whole(&r.Count)
		case "first":
			w.whole(&r.First)
		case "x":
			w.number(&r.X)
		case "y":
			w.number(&r.Y)
		case "dx":
			w.number(&r.DX)
		case "dy":
			w.number(&r.DY)
		default:
			return false
		}
		return true
	})
}
