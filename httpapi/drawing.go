package httpapi

import (
	"errors"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/command"
)

// drawing reads the request's body as a chart and compiles it; what is wrong with it, it has answered.
func (a *api) drawing(c *gin.Context, name string) (*command.Chart, bool) {
	msgpack, err := bodyIsMsgpack(c.Request)
	if err != nil {
		refuseUnread(c, &problem{code: codeUnsupportedMedia})
		return nil, false
	}
	body, p := readBody(c, a.limits.ChartBytes)
	if p != nil {
		refuse(c, p)
		return nil, false
	}
	parse := chart.Parse
	if msgpack {
		parse = chart.ParseMsgpack
	}
	document, err := parse(body)
	if err != nil {
		a.refuseDrawing(c, err)
		return nil, false
	}
	packed, err := chart.Pack(document, name)
	if err != nil {
		a.refuseDrawing(c, err)
		return nil, false
	}
	return packed, true
}

func (a *api) refuseDrawing(c *gin.Context, err error) {
	var bad *chart.Malformed
	var wrong *chart.Invalid
	switch {
	case errors.Is(err, chart.ErrTooLarge):
		refuse(c, &problem{code: codeTooLarge})
	case errors.As(err, &bad):
		refuse(c, &problem{code: codeMalformed, detail: "The body is malformed: " + bad.Reason + "."})
	case errors.As(err, &wrong):
		p := &problem{code: codeInvalid}
		for _, found := range wrong.Problems {
			p.errors = append(p.errors, fieldError{Field: found.Field, Reason: found.Reason})
		}
		refuse(c, p)
	default:
		a.failed(c, err, callKey{})
	}
}
