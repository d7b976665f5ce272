package chaos

import (
	"encoding/json"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
)

// call is one operation on its way: what is asked, by any of the three roads, and what became of it.
type call struct {
	op    history.Op
	event *event
	// method, path and body are the single request.
	method     string
	path, body []byte
	key        []byte // of a write
	// many is the operation's word in batches and streams, "" if they do not have it, and manyBody its body there.
	many     string
	manyBody []byte
	// floor is the least revision that the answer of a read may tell.
	floor uint64
	// spans of the answer that a repetition must give again.
	status int
	answer []byte
}

func (c *call) request() wire.Request {
	return wire.Request{Method: c.method, Path: c.path, Key: c.key, Body: c.body}
}

// operation is the call as one of a batch.
type operation struct {
	Op    string          `json:"op"`
	Event string          `json:"event"`
	Key   string          `json:"key,omitempty"`
	Body  json.RawMessage `json:"body"`
}

func (c *call) operation() operation {
	body := c.manyBody
	if body == nil {
		body = c.body
	}
	return operation{Op: c.many, Event: c.event.name, Key: string(c.key), Body: body}
}

// answerBody is what the load needs of a hold or an order.
type answerBody struct {
	Hold   string `json:"hold"`
	Order  string `json:"order"`
	State  string `json:"state"`
	Places []struct {
		Seat, Table, Area, Ticket string
	} `json:"places"`
}

// claimOf reads the claim out of an answer.
func claimOf(chart *history.Chart, body []byte) (claim, answerBody, error) {
	var a answerBody
	if err := json.Unmarshal(body, &a); err != nil {
		return claim{}, a, err
	}
	c := claim{id: a.Hold}
	if a.Order != "" {
		c.id = a.Order
	}
	for _, p := range a.Places {
		c.places = append(c.places, claimed{number: history.Number(chart, p.Seat+p.Table+p.Area), seat: p.Seat, ticket: p.Ticket})
	}
	return c, a, nil
}
