package judge

import (
	"fmt"
	"strings"
	"time"

	"github.com/parterre/parterre/bench/history"
)

// moment is a time since the run's start.
func moment(at int64) string {
	if at == forever {
		return "never"
	}
	return time.Duration(at).Round(time.Microsecond).String()
}

// words tell an operation: when, who, what and the answer.
func (c *eventCase) words(o *history.Op) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s – %s, session %d", moment(o.Called), moment(o.Returned), o.Session)
	if o.Node != 0 {
		fmt.Fprintf(&b, ", node %d", o.Node)
	}
	b.WriteString(": ")
	b.WriteString(c.what(o))
	return b.String()
}

func (c *eventCase) what(o *history.Op) string {
	var b strings.Builder
	b.WriteString(o.Kind.String())
	begins := o.Kind == history.KindHold || o.Kind == history.KindWish || o.Kind == history.KindSale
	if !begins && !o.ID.IsZero() {
		fmt.Fprintf(&b, " of %s", o.ID)
	}
	if o.Wanted > 0 {
		fmt.Fprintf(&b, " %d seats", o.Wanted)
	}
	c.list(&b, " ", o.Asked)
	c.list(&b, " without ", o.Taken)
	if o.Has(history.FlagRetake) {
		b.WriteString(" (retake)")
	}
	if o.MinRevision > 0 {
		fmt.Fprintf(&b, " from revision %d on", o.MinRevision)
	}
	fmt.Fprintf(&b, " → %s", o.Outcome)
	if o.Code != history.CodeNone {
		fmt.Fprintf(&b, ", %s", o.Code)
	}
	if begins && !o.ID.IsZero() {
		fmt.Fprintf(&b, ", %s", o.ID)
	}
	if o.State != history.StateNone {
		fmt.Fprintf(&b, ", %s", stateWords[min(int(o.State), len(stateWords)-1)])
	}
	c.list(&b, ", ", o.Given)
	if o.Revision != 0 {
		fmt.Fprintf(&b, ", revision %d", o.Revision)
	}
	if o.Deadline != 0 {
		fmt.Fprintf(&b, ", until %s", moment(c.since(o.Deadline)))
	}
	return b.String()
}

var stateWords = [...]string{"", "held", "confirmed", "released", "lapsed", "cancelled", "another state"}

// maxListed bounds the places that are told of one list.
const maxListed = 8

func (c *eventCase) list(b *strings.Builder, before string, places []history.Place) {
	for i, p := range places {
		if i == maxListed {
			fmt.Fprintf(b, " and %d more", len(places)-i)
			return
		}
		if i == 0 {
			b.WriteString(before)
		} else {
			b.WriteByte(' ')
		}
		if p.Quantity != 1 {
			fmt.Fprintf(b, "%d × ", p.Quantity)
		}
		b.WriteString(c.chart.Label(p.Number))
	}
}

func (g *group) label(place int32) string { return g.c.chart.Label(g.numbers[place]) }

// name is what a cell is called.
func (g *group) name(number int32) string {
	if id := g.ids[number]; !id.IsZero() {
		return id.String()
	}
	return "a hold or block without a name"
}

var phaseWords = [...]string{"not made", "held", "an order", "released", "lapsed", "cancelled"}

// String lists what a hold may be.
func (p phase) String() string {
	var words []string
	for i, word := range phaseWords {
		if p&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return "nothing that it can be"
	}
	return strings.Join(words, " or ")
}

// describe is an operation in porcupine's picture.
func (g *group) describe(p *operation) string { return g.c.what(p.Op) }

// maxCells bounds the holds in the picture of a state.
const maxCells = 16

func (g *group) describeState(s *state) string {
	var b strings.Builder
	told := 0
	for i := range g.cells {
		c := s.cells.at(int32(i))
		if c.phases&owning == 0 {
			continue
		}
		if told++; told > maxCells {
			b.WriteString("…")
			break
		}
		fmt.Fprintf(&b, "%s: %s", g.name(int32(i)), c.phases)
		for _, p := range c.parts {
			fmt.Fprintf(&b, " %s", g.label(p.place))
		}
		b.WriteString("; ")
	}
	return b.String()
}
