package chaos

import (
	"encoding/json"
	"fmt"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
	"github.com/parterre/parterre/httpapi/client"
)

// lookedAt is how many places of a map a read notes in the history.
const lookedAt = 6

func (s *shopper) readHold(c *call) bool {
	h, ok := c.event.aHold(s.random.Int(), false)
	return ok && s.readByID(c, history.KindReadHold, "holds", client.OpGetHold, "hold", h.id)
}

func (s *shopper) readOrder(c *call) bool {
	o, ok := c.event.anOrder(s.random.Int(), false)
	return ok && s.readByID(c, history.KindReadOrder, "orders", client.OpGetOrder, "order", o.id)
}

func (s *shopper) readByID(c *call, kind history.Kind, route, word, member, id string) bool {
	s.begin(c, kind)
	c.op.ID, _ = history.ParseID(id)
	c.op.Flags |= history.FlagStrong // decided in the log
	c.method, c.path = wire.Get, fmt.Appendf(nil, "/v1/events/%s/%s/%s", c.event.name, route, id)
	c.many, c.manyBody = word, fmt.Appendf(nil, `{%q:%q}`, member, id)
	return true
}

// readStrong must show all that was acknowledged before it was asked.
func (s *shopper) readStrong(c *call) bool {
	s.readMap(c, "?consistency=strong")
	c.op.Flags |= history.FlagStrong
	c.floor = c.event.acked.Load()
	return true
}

// readOwn waits at any node for what was acknowledged.
func (s *shopper) readOwn(c *call) bool {
	min := c.event.acked.Load()
	if min == 0 {
		return false
	}
	s.readMap(c, fmt.Sprintf("?min_revision=%d", min))
	c.op.MinRevision, c.floor = min, min
	return true
}

// readAny shows what the node has: it may be old.
func (s *shopper) readAny(c *call) bool {
	s.readMap(c, "")
	return true
}

func (s *shopper) readMap(c *call, query string) {
	s.begin(c, history.KindReadMap)
	c.method, c.path = wire.Get, fmt.Appendf(nil, "/v1/events/%s/seats%s", c.event.name, query)
	for range lookedAt {
		c.op.Ask(uint32(s.random.IntN(s.load.chart.Slots())))
	}
}

// readPicture notes which of the places that were looked at are not free.
func (c *call) readPicture(chart *history.Chart, body []byte) error {
	var m client.SeatMap
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	if len(m.States) != len(chart.Seats) || len(m.Tables) != len(chart.Tables) {
		return fmt.Errorf("chaos: a map of %d seats and %d tables", len(m.States), len(m.Tables))
	}
	for _, p := range c.op.Asked {
		free := false
		if i := int(p.Number); i < len(m.States) {
			free = m.States[i] == 'f'
		} else {
			free = m.Tables[i-len(m.States)].State == "free" || m.Tables[i-len(m.States)].State == "f"
		}
		if !free {
			c.op.Give(p.Number)
		}
	}
	c.op.Revision = m.Revision
	return nil
}
