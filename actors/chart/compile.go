package chart

import "github.com/parterre/parterre/actors/seatmap"

// Compile turns the drawing into what seatmap.NewPlan compiles: labels, category numbers, ranks and neighbours, without a
// float. An invalid document is an *Invalid error.
//
// Ranks: a seat's own rank wins, then its row's; seats and tables without one are numbered from 0 in the order of their
// distance from the focal point, equal distances in chart order. Explicit ranks share that scale.
func (d *Document) Compile() (*seatmap.PlanSpec, error) {
	if found := d.Validate(); len(found) != 0 {
		return nil, &Invalid{Problems: found}
	}
	c := &compiler{doc: d, categories: make(map[string]int, len(d.Categories))}
	for i, category := range d.Categories {
		c.categories[category.Key] = i
		c.spec.Categories = append(c.spec.Categories, seatmap.CategorySpec(category))
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		c.spec.Sections = append(c.spec.Sections, seatmap.SectionSpec{Key: s.Key, Name: s.Name})
		for j := range s.Rows {
			c.spec.Rows = append(c.spec.Rows, c.row(i, s, &s.Rows[j]))
		}
	}
	for i := range d.Tables {
		c.spec.Tables = append(c.spec.Tables, c.table(&d.Tables[i]))
	}
	for _, a := range d.Areas {
		c.spec.Areas = append(c.spec.Areas, seatmap.AreaSpec{
			Key: a.Key, Name: a.Name, Category: c.categories[a.Category], Section: -1, Capacity: int32(a.Capacity),
		})
	}
	c.rank()
	return &c.spec, nil
}

// compiler is the compilation of one document.
type compiler struct {
	doc        *Document
	spec       seatmap.PlanSpec
	categories map[string]int
	label      []byte
}

func (c *compiler) row(section int, s *Section, r *Row) seatmap.RowSpec {
	spec := seatmap.RowSpec{Section: section, Key: r.Key, Seats: make([]seatmap.SeatSpec, r.Seats.Len())}
	inherited := s.Category
	if r.Category != "" {
		inherited = r.Category
	}
	for i := range spec.Seats {
		seat := r.Seats.At(i)
		category := inherited
		if seat.Category != "" {
			category = seat.Category
		}
		c.label = appendLabel(c.label[:0], s.Key, r.Key, seat.Key)
		spec.Seats[i] = seatmap.SeatSpec{
			Label: string(c.label), Category: c.categories[category], Flags: flags(&seat), AisleAfter: seat.AisleAfter,
		}
	}
	splitAtGaps(r, spec.Seats)
	return spec
}

func flags(s *Seat) (f seatmap.SeatFlags) {
	if s.Accessible {
		f |= seatmap.SeatAccessible
	}
	if s.Companion {
		f |= seatmap.SeatCompanion
	}
	if s.RestrictedView {
		f |= seatmap.SeatRestrictedView
	}
	return f
}

func (c *compiler) table(t *Table) seatmap.TableSpec {
	spec := seatmap.TableSpec{
		Key: t.Key, Category: c.categories[t.Category], Whole: t.Book == BookWhole,
		Seats: make([]seatmap.SeatSpec, t.Seats),
	}
	if spec.Whole {
		return spec
	}
	for i := range spec.Seats {
		c.label = appendTableLabel(c.label[:0], t.Key, i+1)
		spec.Seats[i] = seatmap.SeatSpec{Label: string(c.label), Category: spec.Category}
	}
	return spec
}
