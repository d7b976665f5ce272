package history

import "github.com/parterre/parterre/bench/venue"

// Chart says which places an event has, by number: seats in chart order, then the tables sold whole, then the areas.
type Chart struct {
	Name   string   `json:"name"`
	Seats  []string `json:"seats"`
	Tables []string `json:"tables,omitempty"`
	Areas  []Area   `json:"areas,omitempty"`

	numbers map[string]uint32
}

// Area is general admission.
type Area struct {
	Key      string `json:"key"`
	Capacity uint32 `json:"capacity"`
}

// NoPlace stands for a place that the chart does not have.
const NoPlace = ^uint32(0)

// Slots is the number of seats and tables; the areas' numbers begin with it.
func (c *Chart) Slots() int { return len(c.Seats) + len(c.Tables) }

// Numbers is the number of seats, tables and areas.
func (c *Chart) Numbers() int { return c.Slots() + len(c.Areas) }

// Places is how much there is to sell: an area as many as its capacity.
func (c *Chart) Places() int {
	n := c.Slots()
	for _, a := range c.Areas {
		n += int(a.Capacity)
	}
	return n
}

// index makes the table from labels to numbers.
func (c *Chart) index() {
	c.numbers = make(map[string]uint32, c.Numbers())
	for n := range c.Numbers() {
		c.numbers[c.Label(uint32(n))] = uint32(n)
	}
}

// Number is the number of a seat, table or area, NoPlace if there is none of that label. It does not allocate. The chart
// must have been added to a Run.
func Number[T string | []byte](c *Chart, label T) uint32 {
	if n, ok := c.numbers[string(label)]; ok {
		return n
	}
	return NoPlace
}

// Label is the label of a seat, or the key of a table or area.
func (c *Chart) Label(number uint32) string {
	n := int(number)
	switch {
	case n < len(c.Seats):
		return c.Seats[n]
	case n < c.Slots():
		return c.Tables[n-len(c.Seats)]
	case n < c.Numbers():
		return c.Areas[n-c.Slots()].Key
	}
	return "a place that the chart does not have"
}

// ChartOf is the chart of a venue.
func ChartOf(v *venue.Venue) *Chart {
	c := &Chart{Name: v.Name, Seats: v.Labels, Tables: v.Tables}
	for _, a := range v.Areas {
		c.Areas = append(c.Areas, Area{Key: a.Key, Capacity: uint32(a.Capacity)})
	}
	return c
}
