package httpapi

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/cespare/xxhash/v2"
	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/cluster"
)

// cacheControl lets anybody keep a picture of an event, but not use it without asking whether it still holds.
var (
	cacheControl = []string{"no-cache"}
	varyByFormat = []string{"Accept, Accept-Encoding"}
)

// read finds the event in the path and the view that the query asks for; what it cannot find it has answered.
func (a *api) read(c *gin.Context) (*actors.Event, *actors.View, bool) {
	key, ok := eventParam(c)
	if !ok {
		return nil, nil, false
	}
	w, ok := wishOf(c)
	if !ok {
		return nil, nil, false
	}
	if !w.strong && !w.atLeast {
		if e, found := a.node.Event(key); found {
			return e, e.Recent(c.Request.Context()), true
		}
	}
	e, v, p := a.waitForView(c.Request.Context(), key, w)
	if p != nil {
		refuse(c, p)
		return nil, nil, false
	}
	return e, v, true
}

// wish is what a reader wants to see.
type wish struct {
	strong   bool
	atLeast  bool // of revision; 0 counts too: whoever names it has seen the event
	revision uint64
}

// wishOf reads consistency and min_revision.
func wishOf(c *gin.Context) (w wish, ok bool) {
	values, ok := query(c, "consistency", "min_revision")
	if !ok {
		return w, false
	}
	if w.strong, ok = strongOf(c, values); !ok {
		return w, false
	}
	if w.atLeast = values.Has("min_revision"); w.atLeast {
		n, err := strconv.ParseUint(values.Get("min_revision"), 10, 63)
		if err != nil {
			refuse(c, invalid("min_revision", "must be a whole number of at least 0"))
			return w, false
		}
		w.revision = n
	}
	return w, true
}

// strongOf reads consistency.
func strongOf(c *gin.Context, values url.Values) (strong, ok bool) {
	if !values.Has("consistency") {
		return false, true
	}
	if values.Get("consistency") != "strong" {
		refuse(c, invalid("consistency", "must be strong, or left out"))
		return false, false
	}
	return true, true
}

// waitForView waits until this node shows what the reader wants to see, within bounds.
func (a *api) waitForView(ctx context.Context, key string, w wish) (*actors.Event, *actors.View, *problem) {
	if w.strong {
		bound, cancel := context.WithTimeout(ctx, a.limits.RequestTimeout)
		defer cancel()
		if err := a.node.ReadBarrier(bound, key); err != nil {
			return nil, nil, &problem{code: codeOf(err, false)}
		}
	}
	bound, cancel := context.WithTimeout(ctx, a.limits.RevisionWait)
	defer cancel()
	e, found := a.node.Event(key)
	if !found && !w.strong {
		// This node may just not have heard of it yet: an event is said to be unknown only when it is.
		if err := a.node.ReadBarrier(bound, key); err != nil && !errors.Is(err, cluster.ErrUnknownEvent) {
			return nil, nil, &problem{code: codeOf(err, false)}
		}
		e, found = a.node.Event(key)
	}
	if !found {
		return nil, nil, &problem{code: codeUnknownEvent}
	}
	var v *actors.View
	var err error
	if w.strong {
		v, err = e.Fresh(bound)
	}
	if err == nil && (v == nil || v.Revision() < w.revision) {
		v, err = e.ViewAt(bound, w.revision)
	}
	if err != nil {
		return nil, nil, behind(e, err)
	}
	return e, v, nil
}

// behind is the problem of a read that waited in vain.
func behind(e *actors.Event, err error) *problem {
	if errors.Is(err, actors.ErrHalted) {
		return &problem{code: codeHalted}
	}
	shown := strconv.FormatUint(e.Latest().Revision(), 10)
	return &problem{code: codeNoLeader, detail: "This node is at revision " + shown + " of the event and did not catch up in time."}
}

// getAvailability is GET /v1/events/{event}/availability.
func (a *api) getAvailability(c *gin.Context) { a.picture(c, "availability", encodeAvailability) }

// getSeats is GET /v1/events/{event}/seats.
func (a *api) getSeats(c *gin.Context) {
	a.recordLook(c)
	a.picture(c, "seats", encodeSeats)
}

// picture answers with an encoding that is made once per view, whoever asks.
func (a *api) picture(c *gin.Context, name string, encode func(*writer, string, *actors.View)) {
	e, v, ok := a.read(c)
	if !ok {
		return
	}
	msgpack, _ := answersMsgpack(c.Request)
	zipped := acceptsGzip(c.Request)
	tag := etag(e.Key(), v, name, msgpack, zipped)
	setRevision(c, v.Revision())
	if fresh(c, tag, cacheControl) {
		return
	}
	encoded := v.Encoding(name+formatSuffix(msgpack, false), func(v *actors.View) []byte {
		w := &writer{msgpack: msgpack} // not pooled: the view keeps the bytes
		encode(w, e.Key(), v)
		return w.b
	})
	body := encoded.Plain
	if zipped {
		body = encoded.Gzip()
		c.Writer.Header().Set("Content-Encoding", "gzip")
	}
	send(c, http.StatusOK, mediaOf(msgpack), body)
}

// fresh sets the headers of a picture, and answers 304 if the client has this one.
func fresh(c *gin.Context, tag string, cache []string) bool {
	h := c.Writer.Header()
	h["Cache-Control"] = cache
	h["Vary"] = varyByFormat
	h.Set("ETag", tag)
	if !matchesETag(c.Request, tag) {
		return false
	}
	c.Writer.WriteHeader(http.StatusNotModified)
	c.Writer.WriteHeaderNow()
	return true
}

// etag names one representation of one event at one revision: the same on every node. The plan's hash tells events of
// different clusters apart that share a name.
func etag(event string, v *actors.View, name string, msgpack, zipped bool) string {
	plan := v.Plan().Hash()
	var digest xxhash.Digest
	digest.Reset()
	_, _ = digest.WriteString(event) // a hash never fails
	_, _ = digest.WriteString("\x00" + name)
	_, _ = digest.Write(plan[:])
	var sum [8]byte
	b := append(make([]byte, 0, 64), '"')
	b = hex.AppendEncode(b, digest.Sum(sum[:0]))
	b = strconv.AppendUint(append(b, '-'), v.Revision(), 10)
	b = append(b, formatSuffix(msgpack, zipped)...)
	return string(append(b, '"'))
}

func formatSuffix(msgpack, zipped bool) string {
	switch {
	case msgpack && zipped:
		return ".msgpack.gz"
	case msgpack:
		return ".msgpack"
	case zipped:
		return ".json.gz"
	}
	return ".json"
}
