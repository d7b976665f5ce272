package httpapi

import (
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// notOffered is the reason against a field of the contract that a later version brings.
const notOffered = "is not offered by this version: name seats, areas or tables"

// selectionField reads one field of a selection; false where name is not one.
func (d *decoder) selectionField(name string, s *seatmap.Selection, limit int) bool {
	switch name {
	case "seats":
		s.Seats = d.labels(limit)
	case "areas":
		s.Areas = d.areas()
	case "tables":
		s.Tables = d.tables(limit)
	default:
		return false
	}
	return true
}

func (d *decoder) labels(limit int) (labels []string) {
	const usual = 4
	labels = make([]string, 0, usual)
	d.array(limit, func() { labels = append(labels, d.line(seatmap.MaxLabelBytes, true)) })
	return labels
}

// areas reads [{"area": "Floor", "quantity": 2}].
func (d *decoder) areas() (areas []seatmap.AreaQuantity) {
	d.array(seatmap.MaxAreas, func() {
		a := seatmap.AreaQuantity{}
		d.object(func(name string) bool {
			switch name {
			case "area":
				a.Area = d.line(seatmap.MaxLabelBytes, true)
			case "quantity":
				a.Quantity = int32(d.number(1, seatmap.MaxAreaCapacity))
			default:
				return false
			}
			return true
		})
		d.required("area", a.Area != "")
		d.required("quantity", a.Quantity != 0)
		areas = append(areas, a)
	})
	return areas
}

// tables reads [{"table": "T1"}].
func (d *decoder) tables(limit int) (tables []string) {
	d.array(limit, func() {
		table := ""
		d.object(func(name string) bool {
			if name != "table" {
				return false
			}
			table = d.line(seatmap.MaxLabelBytes, true)
			return true
		})
		d.required("table", table != "")
		tables = append(tables, table)
	})
	return tables
}

// required refuses a body in which a field is missing. A field that was refused already is not refused again.
func (d *decoder) required(name string, there bool) {
	if there || d.stopped() {
		return
	}
	mark := len(d.path)
	if mark > 0 {
		d.path = append(d.path, '.')
	}
	d.path = append(d.path, name...)
	field := string(d.path)
	d.path = d.path[:mark]
	for i := range d.errors {
		if d.errors[i].Field == field {
			return
		}
	}
	d.rejectAt(field, "is required")
}

// places counts what a selection names.
func places(s *seatmap.Selection) int {
	n := len(s.Seats) + len(s.Tables)
	for i := range s.Areas {
		n += int(s.Areas[i].Quantity)
	}
	return n
}

// requirePlaces refuses a selection that names nothing, or more than a hold can ever have.
func (d *decoder) requirePlaces(s *seatmap.Selection) {
	switch n := places(s); {
	case d.stopped() || len(d.errors) > 0:
	case n == 0:
		d.rejectAt("seats", "name seats, areas or tables")
	case n > command.MaxSelection:
		d.rejectAt(largestField(s), "a hold has at most 1000 places")
	}
}

func largestField(s *seatmap.Selection) string {
	switch {
	case len(s.Seats) >= len(s.Tables) && len(s.Seats) > command.MaxSelection/2:
		return "seats"
	case len(s.Tables) > command.MaxSelection/2:
		return "tables"
	}
	return "areas"
}
