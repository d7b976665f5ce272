package chaos

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
	"github.com/parterre/parterre/httpapi/client"
)

// shopper makes calls: what one worker asks for, by its own random numbers.
type shopper struct {
	load   *load
	random *rand.Rand
	name   string
	count  int
	log    *history.Log
}

// share is how often a kind of operation is asked for.
type share struct {
	weight int
	make   func(*shopper, *call) bool // false: there is nothing to ask it of
	many   bool                       // batches and streams have it
}

// shares are the mix. Holds are more than are confirmed, so that some lapse; cancellations keep the hall from selling out.
var shares = []share{
	{18, (*shopper).hold, true},
	{14, (*shopper).wish, true},
	{17, (*shopper).confirm, true},
	{6, (*shopper).release, true},
	{8, (*shopper).sale, true},
	{8, (*shopper).cancel, true},
	{3, (*shopper).readHold, true},
	{4, (*shopper).readOrder, true},
	{4, (*shopper).extend, false},
	{7, (*shopper).change, false},
	{5, (*shopper).readStrong, false},
	{5, (*shopper).readOwn, false},
	{3, (*shopper).readAny, false},
}

// next makes a call, of those that batches and streams have if many.
func (s *shopper) next(many bool) *call {
	total := 0
	for _, k := range shares {
		if k.many || !many {
			total += k.weight
		}
	}
	for {
		pick := s.random.IntN(total)
		for _, k := range shares {
			if many && !k.many {
				continue
			}
			if pick -= k.weight; pick < 0 {
				c := &call{event: s.load.anEvent(s.random)}
				if k.make(s, c) {
					return c
				}
				break
			}
		}
	}
}

// begin names the operation. A write has its key before its first attempt.
func (s *shopper) begin(c *call, kind history.Kind) {
	s.count++
	c.op.Begin(kind, c.event.number, s.log.Now())
	if isWrite(kind) {
		c.key = fmt.Appendf(nil, "%s-%d", s.name, s.count)
		c.op.Key = history.Digest(c.key)
	}
}

// post makes the single request of a write with a body, from which the operation learns what it asks for.
func (s *shopper) post(c *call, route string, body any) {
	text, err := json.Marshal(body)
	if err == nil {
		err = c.op.AskedWith(s.load.chart, text)
	}
	if err != nil {
		panic(fmt.Errorf("chaos: a request that cannot be written: %w", err)) // of our own making
	}
	c.method, c.body = wire.Post, text
	c.path = fmt.Appendf(nil, "/v1/events/%s/%s", c.event.name, route)
}

// buyers are few, so that their limits count.
const buyers = 40

func (s *shopper) buyer(c *call) string {
	n := 1 + s.random.IntN(buyers)
	c.op.Buyer = uint64(n)
	return "b" + strconv.Itoa(n)
}

// party is how many places are wanted.
func (s *shopper) party() int { return 1 + s.random.IntN(4) }

// selection are some neighbours, or a table, or places on the floor.
func (s *shopper) selection() client.Selection {
	switch s.random.IntN(12) {
	case 0:
		return client.Selection{Tables: []client.Table{{Table: s.load.chart.Tables[s.random.IntN(len(s.load.chart.Tables))]}}}
	case 1, 2:
		return client.Selection{Areas: []client.AreaQuantity{{Area: s.load.chart.Areas[0].Key, Quantity: s.party()}}}
	}
	row := s.load.hall.Rows[s.random.IntN(len(s.load.hall.Rows))]
	n := s.party()
	from := s.random.IntN(len(row.Labels) - n + 1)
	return client.Selection{Seats: row.Labels[from : from+n]}
}

func (s *shopper) best() *client.BestAvailable {
	b := &client.BestAvailable{Quantity: s.party()}
	switch s.random.IntN(4) {
	case 0:
		b.Together = "require"
	case 1:
		b.Categories = []string{strconv.Itoa(1 + s.random.IntN(2))}
	}
	return b
}

func (s *shopper) hold(c *call) bool {
	s.begin(c, history.KindHold)
	s.post(c, "holds", client.HoldRequest{Buyer: s.buyer(c), Selection: s.selection()})
	c.many = client.OpHold
	return true
}

func (s *shopper) wish(c *call) bool {
	s.begin(c, history.KindWish)
	s.post(c, "holds", client.HoldRequest{Buyer: s.buyer(c), BestAvailable: s.best()})
	c.many = client.OpHold
	return true
}

func (s *shopper) sale(c *call) bool {
	s.begin(c, history.KindSale)
	r := client.SaleRequest{Buyer: s.buyer(c), Reference: "r-" + s.name + strconv.Itoa(s.count)}
	if s.random.IntN(2) == 0 {
		r.Selection = s.selection()
	} else {
		r.BestAvailable = s.best()
	}
	s.post(c, "sales", r)
	c.many = client.OpSale
	return true
}

// sharedPercent of holds and orders stay for others to ask for, too.
const sharedPercent = 15

func (s *shopper) takes() bool { return s.random.IntN(100) >= sharedPercent }

func (s *shopper) confirm(c *call) bool {
	h, ok := c.event.aHold(s.random.Int(), s.takes())
	if !ok {
		return false
	}
	s.begin(c, history.KindConfirm)
	r := client.ConfirmRequest{Hold: h.id, Reference: "r-" + h.id}
	if s.random.IntN(3) == 0 {
		r.IfExpired = "retake"
	}
	s.post(c, "orders", r)
	c.many = client.OpConfirm
	return true
}

func (s *shopper) release(c *call) bool {
	h, ok := c.event.aHold(s.random.Int(), s.takes())
	if !ok {
		return false
	}
	s.begin(c, history.KindRelease)
	c.op.ID, _ = history.ParseID(h.id)
	c.method, c.path = wire.Delete, fmt.Appendf(nil, "/v1/events/%s/holds/%s", c.event.name, h.id)
	c.many, c.manyBody = client.OpRelease, fmt.Appendf(nil, `{"hold":%q}`, h.id)
	return true
}

func (s *shopper) extend(c *call) bool {
	h, ok := c.event.aHold(s.random.Int(), false)
	if !ok {
		return false
	}
	s.begin(c, history.KindExtend)
	s.post(c, "holds/"+h.id+"/extend", map[string]int{"ttl_seconds": 1 + s.random.IntN(8)})
	c.op.ID, _ = history.ParseID(h.id)
	return true
}

// change gives a seat of a hold back, or takes further ones, or both.
func (s *shopper) change(c *call) bool {
	h, ok := c.event.aHold(s.random.Int(), false)
	if !ok {
		return false
	}
	r := client.ChangeRequest{}
	if seats := h.seats(); len(seats) > 1 && s.random.IntN(2) == 0 {
		r.Remove = &client.Selection{Seats: seats[:1]}
	}
	if r.Remove == nil || s.random.IntN(2) == 0 {
		label := s.load.chart.Seats[s.random.IntN(len(s.load.chart.Seats))]
		if slices.Contains(h.seats(), label) {
			return false
		}
		r.Add = &client.Selection{Seats: []string{label}}
	}
	s.begin(c, history.KindChange)
	s.post(c, "holds/"+h.id, r)
	c.method = wire.Patch
	c.op.ID, _ = history.ParseID(h.id)
	return true
}

func (c *claim) seats() []string {
	var seats []string
	for _, p := range c.places {
		if p.seat != "" {
			seats = append(seats, p.seat)
		}
	}
	return seats
}

// cancel cancels an order, or one of its tickets.
func (s *shopper) cancel(c *call) bool {
	o, ok := c.event.anOrder(s.random.Int(), s.takes())
	if !ok {
		return false
	}
	s.begin(c, history.KindCancel)
	r := struct {
		Order   string   `json:"order,omitempty"`
		Tickets []string `json:"tickets,omitempty"`
	}{}
	if len(o.places) > 1 && s.random.IntN(3) == 0 {
		p := o.places[s.random.IntN(len(o.places))]
		r.Tickets = []string{p.ticket}
		c.op.Take(p.number)
	}
	s.post(c, "orders/"+o.id+"/cancel", r)
	c.op.ID, _ = history.ParseID(o.id)
	r.Order = o.id
	c.many = client.OpCancel
	c.manyBody, _ = json.Marshal(r) // strings cannot fail
	return true
}
