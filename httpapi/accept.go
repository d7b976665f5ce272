package httpapi

import (
	"net/http"
	"strconv"
	"strings"
)

// answersMsgpack picks the format of an answer by Accept (RFC 9110, 12.5.1): JSON unless msgpack is wished for more.
// ok is false where neither is acceptable.
func answersMsgpack(r *http.Request) (msgpack, ok bool) {
	given := r.Header["Accept"]
	if len(given) == 0 {
		return false, true
	}
	if len(given) == 1 {
		switch given[0] {
		case "", "*/*", mediaJSON:
			return false, true
		case mediaMsgpack:
			return true, true
		}
	}
	header := strings.Join(given, ",")
	forJSON, forMsgpack := weight(header, mediaJSON), weight(header, mediaMsgpack)
	return forMsgpack > forJSON, forJSON > 0 || forMsgpack > 0
}

// weight is the q (0 to 1) that an Accept header gives to a media type, by the most specific range that matches.
func weight(header, media string) float64 {
	kind, _, _ := strings.Cut(media, "/")
	best, q := 0, 0.0
	for part := range strings.SplitSeq(header, ",") {
		media2, parameters, _ := strings.Cut(part, ";")
		rank := 0
		switch strings.ToLower(strings.TrimSpace(media2)) {
		case media:
			rank = 3
		case kind + "/*":
			rank = 2
		case "*/*":
			rank = 1
		}
		if rank > best {
			best, q = rank, quality(parameters)
		}
	}
	return q
}

// quality reads q out of a range's parameters; without one it is 1, and a malformed one is 0.
func quality(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}

// acceptsGzip reports whether the client reads gzip.
func acceptsGzip(r *http.Request) bool {
	for _, header := range r.Header["Accept-Encoding"] {
		for part := range strings.SplitSeq(header, ",") {
			coding, parameters, _ := strings.Cut(part, ";")
			if coding = strings.TrimSpace(coding); strings.EqualFold(coding, "gzip") || coding == "*" {
				return quality(parameters) > 0
			}
		}
	}
	return false
}

// matchesETag reports whether If-None-Match names tag (RFC 9110, 13.1.2: compared weakly).
func matchesETag(r *http.Request, tag string) bool {
	for _, header := range r.Header["If-None-Match"] {
		for part := range strings.SplitSeq(header, ",") {
			if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == tag {
				return true
			}
		}
	}
	return false
}
