package httpapi

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// query reads the parameters of a request. Unknown ones, and ones given twice, are refused like unknown fields of a
// body: a mistyped consistency must not become the default.
func query(c *gin.Context, known ...string) (url.Values, bool) {
	if c.Request.URL.RawQuery == "" {
		return nil, true
	}
	values, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		refuse(c, &problem{code: codeMalformed, detail: "The query is malformed."})
		return nil, false
	}
	var wrong []fieldError
	for name, given := range values {
		if !slices.Contains(known, name) {
			wrong = append(wrong, fieldError{Field: name, Reason: "is not a known parameter"})
		} else if len(given) != 1 {
			wrong = append(wrong, fieldError{Field: name, Reason: "must be given once"})
		}
		if len(wrong) == maxBodyErrors {
			break
		}
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(x, y fieldError) int { return strings.Compare(x.Field, y.Field) })
		refuse(c, &problem{code: codeInvalid, errors: wrong})
		return nil, false
	}
	return values, true
}

// page is a window of a list.
type page struct {
	after string
	limit int
}

// pageOf reads limit and after.
func pageOf(c *gin.Context, longest int) (page, bool) {
	values, ok := query(c, "limit", "after")
	if !ok {
		return page{}, false
	}
	p := page{after: values.Get("after"), limit: defaultListLimit}
	if reason := lineReason(p.after, longest, false); reason != "" {
		refuse(c, invalid("after", reason))
		return p, false
	}
	if values.Has("limit") {
		n, err := strconv.Atoi(values.Get("limit"))
		if err != nil || n < 1 || n > maxListLimit {
			refuse(c, invalid("limit", "must be a whole number from 1 to 1000"))
			return p, false
		}
		p.limit = n
	}
	return p, true
}

// cut takes limit rows of the limit + 1 that were asked for; the one more only tells that there is a next page.
func cut[T any](rows []T, limit int, key func(T) string) (shown []T, next string) {
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], key(rows[limit-1])
}
