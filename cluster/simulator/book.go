package simulator

import (
	"fmt"
	"strings"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// book is who owns what, written down from the answers alone, in the order of the log.
type book struct{ events map[string]*ledger }

// ledger is the book's page of an event.
type ledger struct {
	config  seatmap.Config
	owner   map[string]*claim // of seats and whole tables, by label
	blocked map[string]bool
	claims  map[seatmap.ID]*claim
}

// claim is a hold or order.
type claim struct {
	id       seatmap.ID
	buyer    string
	state    seatmap.HoldState
	deadline int64
	places   []seatmap.Place
}

// alive says that the claim keeps its places at log time now.
func (c *claim) alive(now int64) bool {
	return c != nil && (c.state == seatmap.HoldConfirmed || c.state == seatmap.HoldHeld && c.deadline > now)
}

func newBook() book { return book{events: map[string]*ledger{}} }

// enter writes a decision down, and says what is wrong with it. A ! at the beginning: a rule of the event's is broken; a ?:
// a free place was refused; else: a place has two owners.
func (b *book) enter(c *command.Command, a *seatmap.Answer, now int64) string {
	if c.Kind == command.KindCreateEvent && a.Code == seatmap.CodeOK && b.events[c.Event] == nil {
		b.events[strings.Clone(c.Event)] = &ledger{
			config: c.Create.Config, owner: map[string]*claim{}, blocked: map[string]bool{}, claims: map[seatmap.ID]*claim{},
		}
	}
	l := b.events[c.Event]
	if c.Kind != command.KindEvent || l == nil || a.Replayed {
		return ""
	}
	if a.Code == seatmap.CodeSeatUnavailable {
		return l.refused(a, now)
	}
	if a.Code != seatmap.CodeOK {
		return ""
	}
	switch q := &c.Request; q.Op {
	case seatmap.OpHold, seatmap.OpSale, seatmap.OpConfirm, seatmap.OpExtend, seatmap.OpChange, seatmap.OpCancel, seatmap.OpRelease:
		if !a.Created {
			return ""
		}
		return l.claim(q, a, now)
	case seatmap.OpBlock:
		for _, seat := range q.Add.Seats {
			if l.owner[seat].alive(now) {
				return fmt.Sprintf("%s of %s is blocked while hold %s has it", seat, c.Event, l.owner[seat].id)
			}
			l.blocked[strings.Clone(seat)] = true
		}
	case seatmap.OpUnblock:
		for _, seat := range q.Add.Seats {
			delete(l.blocked, seat)
		}
	case seatmap.OpConfigure:
		l.configure(q.Patch)
	}
	return ""
}

func (l *ledger) configure(p *seatmap.ConfigPatch) {
	if p.Set&seatmap.FieldState != 0 {
		l.config.State = p.Config.State
	}
	if p.Set&seatmap.FieldSaleOpens != 0 {
		l.config.SaleOpensMillis = p.Config.SaleOpensMillis
	}
	if p.Set&seatmap.FieldSaleCloses != 0 {
		l.config.SaleClosesMillis = p.Config.SaleClosesMillis
	}
}

// claim writes down what a claim has now.
func (l *ledger) claim(q *seatmap.Request, a *seatmap.Answer, now int64) string {
	fresh := q.Op == seatmap.OpHold || q.Op == seatmap.OpSale
	c := l.claims[a.ID]
	if c == nil {
		if !fresh {
			return fmt.Sprintf("%s of %s, which nobody made", q.Op, a.ID)
		}
		c = &claim{id: a.ID, buyer: strings.Clone(q.Buyer)}
		l.claims[a.ID] = c
	}
	if fresh && !l.onSale(now) {
		return fmt.Sprintf("!%s is taken at %d while the event is not on sale", a.ID, now)
	}
	for i := range c.places { // what it had is free, unless it has it still
		if p := &c.places[i]; l.owner[p.Label] == c {
			delete(l.owner, p.Label)
		}
	}
	c.state, c.deadline, c.places = a.State, a.ExpiresAtMillis, nil
	if a.State != seatmap.HoldHeld && a.State != seatmap.HoldConfirmed {
		return ""
	}
	c.places = append(c.places, a.Places...)
	for i := range c.places {
		p := &c.places[i]
		p.Label = strings.Clone(p.Label)
		if p.Kind == seatmap.PlaceArea {
			continue
		}
		if other := l.owner[p.Label]; other.alive(now) {
			return fmt.Sprintf("%s is given to %s (%s) while %s has it until %d; log time is %d", p.Label, c.id, q.Op, other.id, other.deadline, now)
		}
		if l.blocked[p.Label] {
			return fmt.Sprintf("%s is given to %s while it is blocked", p.Label, c.id)
		}
		l.owner[p.Label] = c
	}
	if grown := fresh || q.Op == seatmap.OpChange && !q.Add.Empty(); !grown {
		return l.area(now)
	}
	if limit := int(l.config.PlacesPerBuyer); limit > 0 && c.buyer != "" {
		if n := l.placesOf(c.buyer, now); n > limit {
			return fmt.Sprintf("!buyer %s has %d places, the limit is %d", c.buyer, n, limit)
		}
	}
	return l.area(now)
}

func (l *ledger) onSale(now int64) bool {
	c := &l.config
	return c.State == seatmap.SaleOn && (c.SaleOpensMillis == 0 || now >= c.SaleOpensMillis) && (c.SaleClosesMillis == 0 || now < c.SaleClosesMillis)
}

func quantity(places []seatmap.Place) (n int) {
	for i := range places {
		n += int(places[i].Quantity)
	}
	return n
}

// placesOf counts what is alive of a buyer. Claims that are over are forgotten on the way.
func (l *ledger) placesOf(buyer string, now int64) (n int) {
	for id, c := range l.claims {
		switch {
		case c.alive(now) && c.buyer == buyer:
			n += quantity(c.places)
		case !c.alive(now) && c.deadline < now-120_000 && len(c.places) == 0:
			delete(l.claims, id)
		}
	}
	return n
}

// area looks whether more is taken of an area than there is.
func (l *ledger) area(now int64) string {
	taken := 0
	for _, c := range l.claims {
		if !c.alive(now) {
			continue
		}
		for i := range c.places {
			if p := &c.places[i]; p.Kind == seatmap.PlaceArea {
				taken += int(p.Quantity)
			}
		}
	}
	if taken > areaCapacity {
		return fmt.Sprintf("%d places of an area of %d are taken", taken, areaCapacity)
	}
	return ""
}

// refused looks whether what is said to be taken is.
func (l *ledger) refused(a *seatmap.Answer, now int64) string {
	for _, label := range a.Labels {
		if label != areaKey && !l.blocked[label] && !l.owner[label].alive(now) {
			return fmt.Sprintf("?%s is refused at %d though nobody has it", label, now)
		}
	}
	return ""
}
