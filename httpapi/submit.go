package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

const headerRevision = "Parterre-Revision"

// submitEvent has one request to an event decided. It returns the decision where that is OK; everything else it has
// answered. Writes carry the request's key; reads carry none.
func (a *api) submitEvent(c *gin.Context, event string, req *seatmap.Request) (*seatmap.Answer, bool) {
	cmd := &command.Command{Kind: command.KindEvent, Event: event, Request: *req}
	var key callKey
	if !req.Op.ReadOnly() {
		var ok bool
		if key, ok = keyOf(c); !ok {
			return nil, false
		}
		cmd.Request.Key, cmd.Request.CallerKey = key.digest, key.callers
		cmd.Request.Fingerprint = command.Fingerprint(cmd)
	}
	if given := c.Request.Header[headerPass]; len(given) > 0 && needsPass(req.Op) {
		var p *problem
		if cmd.Pass, p = a.passOf(given[0], event, req); p != nil {
			refuse(c, p)
			return nil, false
		}
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.limits.RequestTimeout)
	defer cancel()
	result, err := a.node.Submit(ctx, cmd)
	if err == nil {
		a.recordDecision(event, &cmd.Request, result)
	}
	if err == nil && result.Answer.Code != seatmap.CodeUnknownEvent {
		setRevision(c, result.Answer.Revision)
	}
	return a.decided(c, result, err, key)
}

// decided turns what the cluster came to into a decision that is OK, or into a problem that it has answered with.
func (a *api) decided(c *gin.Context, result *command.Result, err error, key callKey) (*seatmap.Answer, bool) {
	if err != nil {
		a.failed(c, err, key)
		return nil, false
	}
	ans := &result.Answer
	if ans.Replayed && key.callers {
		c.Writer.Header().Set(headerReplayed, "true")
	}
	if ans.Code != seatmap.CodeOK {
		p := problemOf(result)
		refuse(c, &p)
		return nil, false
	}
	return ans, true
}

// failed answers an error of the cluster. Where the outcome is open, the caller is told the key to ask again with.
func (a *api) failed(c *gin.Context, err error, key callKey) {
	if limit := (*command.LimitError)(nil); errors.As(err, &limit) {
		refuse(c, invalid(limit.Field, limit.Reason))
		return
	}
	code := codeOf(err, key.text != "")
	if code == codeInternal {
		a.logger.Error("a request failed", "route", c.FullPath(), "error", err)
	}
	if key.text != "" && !key.callers {
		c.Writer.Header().Set(headerKey, key.text)
	}
	refuse(c, &problem{code: code})
}

func setRevision(c *gin.Context, revision uint64) {
	c.Writer.Header().Set(headerRevision, strconv.FormatUint(revision, 10))
}

// answer writes what encode makes, in the format that the client accepts.
func answer(c *gin.Context, status int, encode func(*writer)) {
	msgpack, _ := answersMsgpack(c.Request) // acceptable: admission has seen to it
	w := newWriter(msgpack)
	defer w.free()
	encode(w)
	send(c, status, mediaOf(msgpack), w.b)
}

func mediaOf(msgpack bool) []string {
	if msgpack {
		return msgpackMedia
	}
	return jsonMedia
}

// send writes an answer whole: one Write, with its length. Header values are shared slices that nobody changes.
func send(c *gin.Context, status int, media []string, body []byte) {
	h := c.Writer.Header()
	h["Content-Type"] = media
	if _, set := h["Cache-Control"]; !set {
		h["Cache-Control"] = noStore
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(body) // the client is gone if this fails, and there is nobody to tell
}

// sendNothing writes 204.
func sendNothing(c *gin.Context) {
	c.Writer.WriteHeader(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
}
