package httpapi

import (
	"errors"
	"net/http"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// The answer to an operation: what its own route would say in status, headers and body.
//
//	{"id": 7, "status": 201, "replayed": true, "revision": 42, "key": "…", "body": {…}}
//
// id only in streams; replayed where it is true; revision where the event has one and the body does not say it; key where
// the outcome is unknown and the node made it. The body of a 204 is null.

// outcome writes the answer to the i-th command of a bunch, and returns its status.
func (a *api) outcome(w *writer, b *bunch, i int) int {
	t, c, err := &b.tags[i], &b.many.Commands[i], b.many.Errs[i]
	if err != nil {
		return a.failedOutcome(w, t, c, err)
	}
	a.recordDecision(c.Event, &c.Request, &b.many.Results[i])
	ans := &b.many.Results[i].Answer
	replayed := ans.Replayed && t.seed.IsZero()
	if ans.Code != seatmap.CodeOK {
		p := problemOf(&b.many.Results[i])
		status := beginOutcome(w, t.id, kinds[p.code].status, replayed)
		if ans.Code != seatmap.CodeUnknownEvent {
			w.revision(ans.Revision)
		}
		encodeProblemBody(w, &p)
		w.endObject()
		return status
	}
	status := http.StatusOK
	switch t.kind.op {
	case seatmap.OpHold, seatmap.OpSale, seatmap.OpConfirm:
		status = statusOf(ans)
	case seatmap.OpRelease:
		beginOutcome(w, t.id, http.StatusNoContent, replayed)
		w.revision(ans.Revision)
		w.null("body")
		w.endObject()
		return http.StatusNoContent
	}
	beginOutcome(w, t.id, status, replayed)
	w.objectValue("body")
	switch t.kind.op {
	case seatmap.OpHold, seatmap.OpGetHold:
		encodeHold(w, c.Event, ans)
	default:
		encodeOrder(w, c.Event, ans)
	}
	w.endObject()
	return status
}

// failedOutcome writes what an error of the cluster means.
func (a *api) failedOutcome(w *writer, t *tag, c *command.Command, err error) int {
	p := problem{}
	if limit := (*command.LimitError)(nil); errors.As(err, &limit) {
		p = problem{code: codeInvalid, errors: []fieldError{{Field: limit.Field, Reason: limit.Reason}}}
	} else {
		p.code = codeOf(err, !t.kind.op.ReadOnly())
	}
	if p.code == codeInternal {
		a.logger.Error("an operation failed", "op", t.kind.word, "event", c.Event, "error", err)
	}
	status := beginOutcome(w, t.id, kinds[p.code].status, false)
	if !t.seed.IsZero() && p.code == codeOutcomeUnknown {
		w.raw("key", seatmap.IDTextLength, t.seed.AppendText)
	}
	encodeProblemBody(w, &p)
	w.endObject()
	return status
}

// refusedOutcome writes the answer to an operation that never was a command.
func refusedOutcome(w *writer, r *refusal) int {
	status := beginOutcome(w, r.id, kinds[r.problem.code].status, false)
	encodeProblemBody(w, r.problem)
	w.endObject()
	return status
}

func beginOutcome(w *writer, id string, status int, replayed bool) int {
	w.beginObject()
	if id != "" {
		w.name("id")
		w.b = append(w.b, id...)
	}
	w.integer("status", int64(status))
	if replayed {
		w.boolean("replayed", true)
	}
	return status
}

// encodeProblemBody writes a problem as the field body.
func encodeProblemBody(w *writer, p *problem) {
	k := kinds[p.code]
	retry := k.retrySeconds
	if p.retrySeconds > 0 {
		retry = p.retrySeconds
	}
	w.objectValue("body")
	p.encode(w, &k, retry)
}
