package httpapi

import (
	"strings"
	"time"
)

// choice reads one of some words and returns its index; 0 where it is refused.
func (d *decoder) choice(words ...string) int {
	if !d.want(tokenText, "must be a string") {
		return 0
	}
	text := d.src.text()
	for i, word := range words {
		if text == word {
			return i
		}
	}
	d.reject("must be one of " + strings.Join(words, ", "))
	return 0
}

// moment reads a time in RFC 3339 as Unix milliseconds; null is 0. Fractions below a millisecond are dropped.
func (d *decoder) moment() int64 {
	if d.null() || !d.want(tokenText, "must be a time in RFC 3339 or null") {
		return 0
	}
	t, err := time.Parse(time.RFC3339Nano, d.src.text())
	switch {
	case err != nil:
		d.reject("must be a time in RFC 3339")
	case t.UnixMilli() <= 0 || t.Year() > 9999:
		d.reject("must be after 1970 and before 10000")
	default:
		return t.UnixMilli()
	}
	return 0
}
