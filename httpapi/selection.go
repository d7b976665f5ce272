package httpapi

import "github.com/parterre/parterre/actors/seatmap"

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

// labels is never nil: an empty list was named, too.
func (d *decoder) labels(limit int) []string {
	labels := d.room.takeTexts()
	d.array(limit, func() { labels = append(labels, d.line(seatmap.MaxLabelBytes, true)) })
	return d.room.keepTexts(labels)
}

// areas reads [{"area": "Floor", "quantity": 2}].
func (d *decoder) areas() (areas []seatmap.AreaQuantity) {
	d.array(seatmap.MaxAreas, func() {
		a := seatmap.AreaQuantity{}
		whole := d.object(func(name string) bool {
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
		d.required("area", !whole || a.Area != "")
		d.required("quantity", !whole || a.Quantity != 0)
		areas = append(areas, a)
	})
	return areas
}

// tables reads [{"table": "T1"}].
func (d *decoder) tables(limit int) (tables []string) {
	d.array(limit, func() {
		table := ""
		whole := d.object(func(name string) bool {
			if name != "table" {
				return false
			}
			table = d.line(seatmap.MaxLabelBytes, true)
			return true
		})
		d.required("table", !whole || table != "")
		tables = append(tables, table)
	})
	return tables
}

// required refuses a body in which a field is missing. A field that was refused already is not refused again.
func (d *decoder) required(name string, there bool) {
	if there || d.stopped() {
		return
	}
	field := d.fieldIn(name)
	for i := range d.errors {
		if d.errors[i].Field == field {
			return
		}
	}
	d.rejectAt(field, "is required")
}
