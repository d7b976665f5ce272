package command

import (
	"fmt"

	"github.com/parterre/parterre/actors/seatmap"
)

// Validate checks c against what every Decoder accepts, and tells the first thing that breaks a limit as a *LimitError.
// A node calls it before proposing, for an entry that no replica can decode would halt the partition.
func (c *Command) Validate() error {
	v := validator{}
	v.text("event", c.Event, MaxEventKeyBytes)
	switch c.Kind {
	case KindEvent:
		v.request(&c.Request)
	case KindPutChart, KindInstallChart:
		v.chart(c.Chart)
	case KindCreateEvent:
		v.create(c.Create)
	case KindRoom:
		v.room(c.Room)
	case KindRead:
	default:
		v.fail("kind", "is unknown")
	}
	if v.err != nil {
		return v.err
	}
	return nil
}

// validator keeps the first problem.
type validator struct{ err *LimitError }

func (v *validator) fail(field, format string, args ...any) {
	if v.err == nil {
		v.err = &LimitError{Field: field, Reason: fmt.Sprintf(format, args...)}
	}
}

func (v *validator) text(field, s string, limit int) {
	if len(s) > limit {
		v.fail(field, "is longer than %d bytes", limit)
	}
}

func (v *validator) count(field string, n, limit int) {
	if n > limit {
		v.fail(field, "has more than %d entries", limit)
	}
}

func (v *validator) labels(field string, labels []string, limit int) {
	v.count(field, len(labels), limit)
	for i, label := range labels {
		if len(label) > seatmap.MaxLabelBytes {
			v.text(fmt.Sprintf("%s[%d]", field, i), label, seatmap.MaxLabelBytes)
			return
		}
	}
}

// names are a selection's fields in the HTTP contract.
type names struct{ seats, areas, tables string }

var (
	plainNames  = names{"seats", "areas", "tables"}
	addNames    = names{"add.seats", "add.areas", "add.tables"}
	removeNames = names{"remove.seats", "remove.areas", "remove.tables"}
)

func (v *validator) selection(names *names, s *seatmap.Selection, limit int) {
	v.labels(names.seats, s.Seats, limit)
	v.count(names.areas, len(s.Areas), limit)
	for i := range s.Areas {
		if len(s.Areas[i].Area) > seatmap.MaxLabelBytes {
			v.text(fmt.Sprintf("%s[%d].area", names.areas, i), s.Areas[i].Area, seatmap.MaxLabelBytes)
			break
		}
	}
	v.labels(names.tables, s.Tables, limit)
}

func (v *validator) request(r *seatmap.Request) {
	if !r.Op.Valid() {
		v.fail("op", "is unknown")
	}
	add := &plainNames
	if r.Op == seatmap.OpChange {
		add = &addNames
	}
	limit := maxSelection(r.Op)
	v.text("buyer", r.Buyer, seatmap.MaxBuyerBytes)
	v.text("reference", r.Reference, seatmap.MaxReferenceBytes)
	v.selection(add, &r.Add, limit)
	v.selection(&removeNames, &r.Remove, limit)
	v.count("tickets", len(r.Tickets), MaxTickets)
	v.wish(&r.Wish)
	if r.Patch != nil {
		if r.Patch.Set&^patchBits != 0 {
			v.fail("patch", "sets an unknown field")
		}
		v.config(&r.Patch.Config)
	}
}

func (v *validator) chart(c *Chart) {
	if c == nil {
		v.fail("chart", "is missing")
		return
	}
	v.text("chart", c.Name, MaxChartNameBytes)
	if len(c.Document) > MaxPackedDocumentBytes {
		v.fail("document", "is longer than %d bytes", MaxPackedDocumentBytes)
	}
	if len(c.PlanCode) > MaxPackedPlanBytes {
		v.fail("plan", "is longer than %d bytes", MaxPackedPlanBytes)
	}
}

func (v *validator) create(c *Create) {
	if c == nil {
		v.fail("event", "has no content")
		return
	}
	v.text("chart", c.Chart, MaxChartNameBytes)
	v.config(&c.Config)
}

func (v *validator) config(c *seatmap.Config) {
	v.text("name", c.Name, seatmap.MaxNameBytes)
	v.text("currency", c.Currency, MaxCurrencyBytes)
	v.count("prices", len(c.Prices), seatmap.MaxCategories)
	for i := range c.Prices {
		if len(c.Prices[i].Category) > MaxCategoryKeyBytes {
			v.text("prices", c.Prices[i].Category, MaxCategoryKeyBytes)
			return
		}
	}
}
