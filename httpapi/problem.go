package httpapi

import (
	"strconv"

	"github.com/gin-gonic/gin"
)

// problemType is the stable stem of every problem's type.
const problemType = "urn:parterre:problem:"

var problemMedia = []string{"application/problem+json"}

// fieldError is one field that breaks a rule, by its path in the body, or the name of a header or parameter.
type fieldError struct{ Field, Reason string }

// problem is a refusal or failure on its way out.
type problem struct {
	code   string
	detail string // "" = the kind's
	seats  []string
	errors []fieldError
	// retrySeconds overrides the kind's where it is not 0.
	retrySeconds int
}

func invalid(field, reason string) *problem {
	return &problem{code: codeInvalid, errors: []fieldError{{Field: field, Reason: reason}}}
}

// refuse writes p as the request's answer and ends the chain of handlers.
func refuse(c *gin.Context, p *problem) {
	k := kinds[p.code]
	retry := k.retrySeconds
	if p.retrySeconds > 0 {
		retry = p.retrySeconds
	}
	w := newWriter(false)
	defer w.free()
	p.encode(w, &k, retry)
	h := c.Writer.Header()
	if retry > 0 {
		h.Set("Retry-After", strconv.Itoa(retry))
	}
	h["Cache-Control"] = noStore
	h.Del("Content-Encoding")
	h.Del("ETag")
	c.Abort()
	send(c, k.status, problemMedia, w.b)
}

func (p *problem) encode(w *writer, k *kind, retrySeconds int) {
	w.beginObject()
	w.text("type", problemType+p.code)
	w.text("title", k.title)
	w.integer("status", int64(k.status))
	detail := p.detail
	if detail == "" {
		detail = k.detail
	}
	w.text("detail", detail)
	w.text("code", p.code)
	if len(p.seats) > 0 {
		w.texts("seats", p.seats)
	}
	if len(p.errors) > 0 {
		w.beginArray("errors")
		for i := range p.errors {
			w.beginObject()
			w.text("field", p.errors[i].Field)
			w.text("reason", p.errors[i].Reason)
			w.endObject()
		}
		w.endArray()
	}
	if retrySeconds > 0 {
		w.integer("retry_after_seconds", int64(retrySeconds))
	}
	w.endObject()
}
