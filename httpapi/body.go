package httpapi

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unsafe"

	"github.com/gin-gonic/gin"
)

const (
	mediaJSON    = "application/json"
	mediaMsgpack = "application/msgpack"
)

var (
	jsonMedia    = []string{mediaJSON}
	msgpackMedia = []string{mediaMsgpack}
	noStore      = []string{"no-store"}
)

// errBodyMedia says that a body came in a format that is not read.
var errBodyMedia = errors.New("httpapi: unsupported media type")

// bodyIsMsgpack tells the format of a request's body. A body without a Content-Type is JSON.
func bodyIsMsgpack(r *http.Request) (bool, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return false, errBodyMedia
	}
	switch given := r.Header.Get("Content-Type"); given {
	case "", mediaJSON:
		return false, nil
	case mediaMsgpack:
		return true, nil
	default:
		media, parameters, err := mime.ParseMediaType(given)
		charset := parameters["charset"]
		switch {
		case err != nil:
			return false, errBodyMedia
		case media == mediaMsgpack:
			return true, nil
		case media == mediaJSON && (charset == "" || strings.EqualFold(charset, "utf-8")):
			return false, nil
		}
		return false, errBodyMedia
	}
}

// readBody reads at most limit bytes. What announces itself as longer is refused before a byte is read; what announces
// itself as long is not believed, and gets memory as it comes. The bytes belong to the caller: they are not pooled, since
// a command may keep texts of them longer than its request lives.
func readBody(c *gin.Context, limit int64) ([]byte, *problem) {
	length := c.Request.ContentLength
	if length > limit {
		c.Writer.Header().Set("Connection", "close") // rather than read and throw away what is coming
		return nil, &problem{code: codeTooLarge}
	}
	var body []byte
	var err error
	if length >= 0 && length <= trustedBytes {
		body = make([]byte, length)
		_, err = io.ReadFull(c.Request.Body, body)
	} else {
		body, err = io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, &problem{code: codeTooLarge}
	}
	if err != nil {
		return nil, &problem{code: codeMalformed, detail: "The body ends before its announced length, or came too slowly."}
	}
	return body, nil
}

// readBodyInto is readBody into a buffer that is used again: nothing may keep its bytes longer than the caller does.
func readBodyInto(c *gin.Context, limit int64, body *bytes.Buffer) *problem {
	length := c.Request.ContentLength
	if length > limit {
		c.Writer.Header().Set("Connection", "close") // as in readBody
		return &problem{code: codeTooLarge}
	}
	if length > 0 && length <= int64(max(body.Cap()-bytes.MinRead, trustedBytes)) {
		body.Grow(int(length) + bytes.MinRead) // with room for the read that finds the end
	}
	_, err := body.ReadFrom(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return &problem{code: codeTooLarge}
	}
	if err != nil {
		return &problem{code: codeMalformed, detail: "The body ends before its announced length, or came too slowly."}
	}
	return nil
}

// body reads and decodes the request's body; on a refusal it answers and returns false. An empty body is malformed
// unless optional: then decode is not called.
func (a *api) body(c *gin.Context, limit int64, optional bool, decode func(*decoder)) bool {
	msgpack, err := bodyIsMsgpack(c.Request)
	if err != nil {
		refuseUnread(c, &problem{code: codeUnsupportedMedia})
		return false
	}
	body, p := readBody(c, limit)
	if p == nil && (len(body) > 0 || !optional) {
		p = decodeBody(body, msgpack, decode)
	}
	if p != nil {
		refuse(c, p)
		return false
	}
	return true
}

// decodeBody is the seam between bytes and requests: nothing else knows how a body is read.
func decodeBody(body []byte, msgpack bool, decode func(*decoder)) *problem {
	text := unsafe.String(unsafe.SliceData(body), len(body)) // body is never written again
	var d decoder
	d.src.reset(text, msgpack)
	decode(&d)
	return d.problem()
}
