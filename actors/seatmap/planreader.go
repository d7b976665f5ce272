package seatmap

// planReader reads an encoding from its front; after the first fault, bad is set and everything reads as empty.
type planReader struct {
	rest   string
	chairs int
	bad    bool
}

func (r *planReader) spec() *PlanSpec {
	spec := &PlanSpec{}
	if len(r.rest) < len(planMagic)+1 || r.rest[:len(planMagic)] != planMagic || r.rest[len(planMagic)] != planVersion {
		r.fail()
		return spec
	}
	r.rest = r.rest[len(planMagic)+1:]
	spec.Categories = make([]CategorySpec, r.count(MaxCategories))
	for i := range spec.Categories {
		spec.Categories[i] = CategorySpec{Key: r.text(MaxLabelBytes), Name: r.text(MaxNameBytes), Color: r.text(maxColorBytes)}
	}
	spec.Sections = make([]SectionSpec, r.count(MaxSections))
	for i := range spec.Sections {
		spec.Sections[i] = SectionSpec{Key: r.text(MaxLabelBytes), Name: r.text(MaxNameBytes)}
	}
	spec.Rows = make([]RowSpec, r.count(MaxRows))
	for i := range spec.Rows {
		spec.Rows[i] = RowSpec{Section: r.number(MaxSections) - 1, Key: r.text(MaxLabelBytes)}
		spec.Rows[i].Seats = r.seats(r.count(MaxSeats))
	}
	spec.Tables = make([]TableSpec, r.count(MaxTables))
	for i := range spec.Tables {
		spec.Tables[i] = r.table()
	}
	spec.Areas = make([]AreaSpec, r.count(MaxAreas))
	for i := range spec.Areas {
		spec.Areas[i] = AreaSpec{
			Key: r.text(MaxLabelBytes), Name: r.text(MaxNameBytes), Category: r.number(MaxCategories),
			Section: r.number(MaxSections) - 1, Capacity: int32(r.number(MaxAreaCapacity)),
		}
	}
	return spec
}

func (r *planReader) table() TableSpec {
	t := TableSpec{Key: r.text(MaxLabelBytes), Category: r.number(MaxCategories), Rank: uint32(r.number(1<<32 - 1))}
	t.Whole = r.number(1) == 1
	chairs := r.number(MaxSeats)
	if !t.Whole && chairs > len(r.rest) {
		r.fail()
	}
	if t.Whole {
		// The chairs of a whole table take no room in the encoding: bound them by the venue's limit.
		if r.chairs += chairs; r.chairs > MaxSeats || r.bad {
			r.fail()
			return t
		}
		t.Seats = make([]SeatSpec, chairs)
		return t
	}
	t.Seats = r.seats(chairs)
	return t
}

func (r *planReader) seats(count int) []SeatSpec {
	if r.bad {
		return nil
	}
	seats := make([]SeatSpec, count)
	for i := range seats {
		label, flags := r.text(MaxLabelBytes), SeatFlags(r.octet())
		seats[i] = SeatSpec{
			Label: label, Flags: flags &^ aisleAfter, AisleAfter: flags&aisleAfter != 0,
			Category: r.number(MaxCategories), Rank: uint32(r.number(1<<32 - 1)),
		}
	}
	return seats
}

func (r *planReader) fail() { r.bad, r.rest = true, "" }

// count reads the length of a list; each element takes at least one byte, so that bounds what is allocated.
func (r *planReader) count(most int) int {
	n := r.number(most)
	if n > len(r.rest) {
		r.fail()
		return 0
	}
	return n
}

// number reads a uvarint of at most most, in its shortest form.
func (r *planReader) number(most int) int {
	var value uint64
	for i := range len(r.rest) {
		c := r.rest[i]
		value |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			if value > uint64(most) || (c == 0 && i > 0) {
				break
			}
			r.rest = r.rest[i+1:]
			return int(value)
		}
		if i == 8 {
			break
		}
	}
	r.fail()
	return 0
}

func (r *planReader) octet() byte {
	if r.rest == "" {
		r.fail()
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

func (r *planReader) text(most int) string {
	n := r.count(most)
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}
