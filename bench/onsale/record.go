package onsale

import (
	"errors"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/httpapi/client"
)

// record writes down what came of one call of the client, which makes all its attempts with one key.
type record struct {
	log   *history.Log
	chart *history.Chart
	op    history.Op
}

// ended notes how the call ended. A client that gave up after several attempts does not know what the first ones did.
func (r *record) ended(err error, meta *client.Meta) {
	now, problem := r.log.Now(), (*client.Problem)(nil)
	switch {
	case err == nil:
		r.op.Answered(meta.Status, history.CodeNone, now)
	case errors.As(err, &problem):
		if meta.Attempts > 1 {
			r.op.Broke(now)
		}
		r.op.Answered(problem.Status, history.CodeOf(problem.Code), now)
		for _, label := range problem.Seats {
			r.op.Give(history.Number(r.chart, label))
		}
	default:
		r.op.Broke(now)
	}
	r.op.Attempts = uint32(meta.Attempts)
}

func (r *record) asks(s *client.Selection) {
	for _, seat := range s.Seats {
		r.op.Ask(history.Number(r.chart, seat))
	}
	for _, t := range s.Tables {
		r.op.Ask(history.Number(r.chart, t.Table))
	}
	for _, a := range s.Areas {
		r.op.AskPlaces(history.Number(r.chart, a.Area), uint32(a.Quantity))
	}
}

func (r *record) gives(id string, revision uint64, places []client.Place) {
	r.op.ID, _ = history.ParseID(id) // an id of another form leaves the order unknown to the audit, which says so
	r.op.Revision = revision
	for _, p := range places {
		r.op.GivePlaces(history.Number(r.chart, p.Seat+p.Table+p.Area), uint32(max(1, p.Quantity)))
	}
}
