package httpapi

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// eventParam is the event's key in the path; a bad one is refused here.
func eventParam(c *gin.Context) (string, bool) {
	return nameParam(c, "event", eventKeyReason)
}

// chartParam is the chart's name in the path; a bad one is refused here.
func chartParam(c *gin.Context) (string, bool) {
	return nameParam(c, "chart", chartNameReason)
}

func nameParam(c *gin.Context, param string, reasonOf func(string) string) (string, bool) {
	name := c.Param(param)
	if reason := reasonOf(name); reason != "" {
		refuse(c, invalid(param, reason))
		return "", false
	}
	return name, true
}

// idParam is the hold's or order's id in the path. Ids are opaque to callers: a text that is none is just unknown.
func idParam(c *gin.Context, name, unknown string) (seatmap.ID, bool) {
	id, err := seatmap.ParseID(c.Param(name))
	if err != nil {
		refuse(c, &problem{code: unknown})
		return id, false
	}
	return id, true
}

func eventKeyReason(key string) string {
	group, name, grouped := strings.Cut(key, ":")
	switch {
	case !grouped:
		return nameReason(key, command.MaxEventKeyBytes)
	case strings.Contains(name, ":"):
		return "must have at most one colon"
	case group == "" || name == "":
		return "must have something on both sides of its colon"
	case len(key) > command.MaxEventKeyBytes:
		return nameReason(key, command.MaxEventKeyBytes)
	}
	if reason := nameReason(group, command.MaxEventKeyBytes); reason != "" {
		return reason
	}
	return nameReason(name, command.MaxEventKeyBytes)
}

func chartNameReason(name string) string { return nameReason(name, command.MaxChartNameBytes) }

func nameReason(name string, limit int) string {
	if name == "" || len(name) > limit {
		return "must have 1 to 128 characters"
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return "must be made of A-Z, a-z, 0-9, '.', '_' and '-'"
		}
	}
	return ""
}
