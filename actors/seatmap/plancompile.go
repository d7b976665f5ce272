package seatmap

import (
	"fmt"
	"strings"
)

// maxColorBytes bounds a category's colour, which the seat map only carries along.
const maxColorBytes = 64

// NewPlan compiles a chart. Labels, area keys and table keys share one name space; what breaks a rule or a limit is an
// error that wraps ErrBadPlan.
func NewPlan(spec *PlanSpec) (*Plan, error) {
	c := compiler{spec: spec, plan: &Plan{}}
	steps := []func() error{c.words, c.rows, c.tables, c.areas, c.names}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadPlan, err)
		}
	}
	c.plan.layout = newLayout(c.plan)
	c.plan.seal()
	return c.plan, nil
}

// compiler is the making of one plan.
type compiler struct {
	spec   *PlanSpec
	plan   *Plan
	labels textsBuilder
	chairs int // all chairs, those at whole tables counted
}

func (c *compiler) words() error {
	spec, p := c.spec, c.plan
	if len(spec.Categories) > MaxCategories || len(spec.Sections) > MaxSections || len(spec.Rows) > MaxRows ||
		len(spec.Tables) > MaxTables || len(spec.Areas) > MaxAreas {
		return fmt.Errorf("more than %d categories, %d sections, %d rows, %d tables or %d areas",
			MaxCategories, MaxSections, MaxRows, MaxTables, MaxAreas)
	}
	seen := make(map[string]bool, len(spec.Categories))
	for i, category := range spec.Categories {
		if category.Key == "" || len(category.Key) > MaxLabelBytes || seen[category.Key] ||
			len(category.Name) > MaxNameBytes || len(category.Color) > maxColorBytes {
			return fmt.Errorf("category %d: its key must be unique and 1-%d bytes, its name at most %d", i, MaxLabelBytes, MaxNameBytes)
		}
		seen[category.Key] = true
		p.categories = append(p.categories, CategorySpec{
			Key: strings.Clone(category.Key), Name: strings.Clone(category.Name), Color: strings.Clone(category.Color),
		})
	}
	for i, section := range spec.Sections {
		if len(section.Key) > MaxLabelBytes || len(section.Name) > MaxNameBytes {
			return fmt.Errorf("section %d: key or name is too long", i)
		}
		p.sections = append(p.sections, SectionSpec{Key: strings.Clone(section.Key), Name: strings.Clone(section.Name)})
	}
	return nil
}

func (c *compiler) rows() error {
	var keys textsBuilder
	for i := range c.spec.Rows {
		r := &c.spec.Rows[i]
		if r.Section < -1 || r.Section >= len(c.spec.Sections) || len(r.Key) > MaxLabelBytes {
			return fmt.Errorf("row %d: no such section, or its key is too long", i)
		}
		first := len(c.plan.category)
		if err := c.seats(r.Seats, uint32(i)); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
		c.plan.rows = append(c.plan.rows, row{first: uint32(first), count: uint32(len(r.Seats)), section: int32(r.Section)})
		keys.add(r.Key)
	}
	c.plan.rowKey = keys.texts()
	return nil
}

// seats appends the seats of a group as slots.
func (c *compiler) seats(seats []SeatSpec, group uint32) error {
	if c.chairs += len(seats); c.chairs > MaxSeats {
		return fmt.Errorf("more than %d seats", MaxSeats)
	}
	for i := range seats {
		s := &seats[i]
		if s.Flags&^publicFlags != 0 {
			return fmt.Errorf("seat %q: unknown flags %#x", s.Label, s.Flags)
		}
		flags := s.Flags
		if s.AisleAfter {
			flags |= aisleAfter
		}
		if err := c.slot(s.Label, s.Category, group, s.Rank, flags); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) slot(label string, category int, group, rank uint32, flags SeatFlags) error {
	if label == "" || len(label) > MaxLabelBytes {
		return fmt.Errorf("label %q: want 1-%d bytes", label, MaxLabelBytes)
	}
	if category < 0 || category >= len(c.spec.Categories) {
		return fmt.Errorf("%q: no such category: %d", label, category)
	}
	p := c.plan
	c.labels.add(label)
	p.category = append(p.category, uint16(category))
	p.group = append(p.group, group)
	p.rank = append(p.rank, rank)
	p.flags = append(p.flags, flags)
	return nil
}

// tables appends the seats of tables sold by seat, then the tables sold whole.
func (c *compiler) tables() error {
	p := c.plan
	p.tables = make([]table, len(c.spec.Tables))
	for _, whole := range []bool{false, true} {
		for i := range c.spec.Tables {
			if t := &c.spec.Tables[i]; t.Whole == whole {
				if err := c.table(i, t); err != nil {
					return fmt.Errorf("table %d: %w", i, err)
				}
			}
		}
		if !whole {
			p.seats = len(p.category)
		}
	}
	p.slots = len(p.category)
	var keys textsBuilder
	for i := range c.spec.Tables {
		keys.add(c.spec.Tables[i].Key)
	}
	p.tableKey = keys.texts()
	p.labels = c.labels.texts()
	return nil
}

func (c *compiler) table(i int, t *TableSpec) error {
	if t.Key == "" || len(t.Key) > MaxLabelBytes || t.Category < 0 || t.Category >= len(c.spec.Categories) {
		return fmt.Errorf("its key must be 1-%d bytes and its category exist", MaxLabelBytes)
	}
	c.plan.tables[i] = table{
		first: uint32(len(c.plan.category)), chairs: uint32(len(t.Seats)), rank: t.Rank,
		category: uint16(t.Category), whole: t.Whole,
	}
	if !t.Whole {
		return c.seats(t.Seats, uint32(len(c.plan.rows)+i))
	}
	if c.chairs += len(t.Seats); c.chairs > MaxSeats {
		return fmt.Errorf("more than %d seats", MaxSeats)
	}
	return c.slot(t.Key, t.Category, noGroup, t.Rank, 0)
}

func (c *compiler) areas() error {
	for i, a := range c.spec.Areas {
		if a.Key == "" || len(a.Key) > MaxLabelBytes || len(a.Name) > MaxNameBytes ||
			a.Category < 0 || a.Category >= len(c.spec.Categories) ||
			a.Section < -1 || a.Section >= len(c.spec.Sections) || a.Capacity < 1 || a.Capacity > MaxAreaCapacity {
			return fmt.Errorf("area %d (%q): key, category, section or capacity out of bounds", i, a.Key)
		}
		a.Key, a.Name = strings.Clone(a.Key), strings.Clone(a.Name)
		c.plan.areas = append(c.plan.areas, a)
	}
	return nil
}

func (c *compiler) names() error {
	p := c.plan
	p.names.reserve(p.slots + len(p.areas) + len(p.tables))
	for name := range uint32(p.slots + len(p.areas)) {
		if !p.addName(name) {
			return fmt.Errorf("two things are called %q", p.nameText(name))
		}
	}
	for i := range p.tables {
		name := uint32(p.slots + len(p.areas) + i)
		if !p.tables[i].whole && !p.addName(name) {
			return fmt.Errorf("two things are called %q", p.nameText(name))
		}
	}
	return nil
}
