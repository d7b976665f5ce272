package wire

import (
	"net/url"
	"strconv"
	"strings"
)

// The methods of the API.
const (
	Get    = "GET"
	Post   = "POST"
	Put    = "PUT"
	Patch  = "PATCH"
	Delete = "DELETE"
)

// Request is one request; nothing of it is kept.
type Request struct {
	Method string
	// Path is the escaped path with its query.
	Path []byte
	// Key is the Idempotency-Key; empty = none.
	Key []byte
	// Visitor is a waiting room's token, Pass its pass; empty = none.
	Visitor, Pass []byte
	// IfNoneMatch is an ETag with its quotes; empty = none.
	IfNoneMatch []byte
	// Gzip allows a zipped answer, which Answer.Gzipped then says; it is left zipped.
	Gzip bool
	// Body is JSON; empty = none.
	Body []byte
}

// Do sends a request and reads the answer, which is valid until the next call. After an error the outcome is unknown.
func (c *Conn) Do(r *Request) (*Answer, error) {
	err := c.ready()
	if err == nil {
		c.out = c.encode(c.out[:0], r)
		_, err = c.conn.Write(c.out)
	}
	if err == nil {
		err = c.receive()
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	if c.answer.closes {
		c.Close()
	}
	return &c.answer, nil
}

func (c *Conn) encode(b []byte, r *Request) []byte {
	b = append(b, r.Method...)
	b = append(b, ' ')
	b = append(b, r.Path...)
	b = append(b, c.host...)
	if len(r.Key) > 0 {
		b = append(b, "Idempotency-Key: "...)
		b = append(b, r.Key...)
		b = append(b, "\r\n"...)
	}
	if len(r.Visitor) > 0 {
		b = append(b, "Parterre-Visitor: "...)
		b = append(b, r.Visitor...)
		b = append(b, "\r\n"...)
	}
	if len(r.Pass) > 0 {
		b = append(b, "Parterre-Pass: "...)
		b = append(b, r.Pass...)
		b = append(b, "\r\n"...)
	}
	if len(r.IfNoneMatch) > 0 {
		b = append(b, "If-None-Match: "...)
		b = append(b, r.IfNoneMatch...)
		b = append(b, "\r\n"...)
	}
	if r.Gzip {
		b = append(b, "Accept-Encoding: gzip\r\n"...)
	}
	if len(r.Body) > 0 {
		b = append(b, "Content-Type: application/json\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(r.Body)), 10)
		b = append(b, "\r\n"...)
	} else if r.Method != Get && r.Method != Delete {
		b = append(b, "Content-Length: 0\r\n"...)
	}
	b = append(b, "\r\n"...)
	return append(b, r.Body...)
}

// Endpoint takes a node's base address apart: host:port for New, and whether it speaks TLS. A bare host:port is http.
func Endpoint(endpoint string) (addr string, secure bool, err error) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "http://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", false, err
	}
	if u.Hostname() == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		return "", false, ErrEndpoint
	}
	addr = u.Host
	switch u.Scheme {
	case "http":
		if u.Port() == "" {
			addr += ":80"
		}
	case "https":
		secure = true
		if u.Port() == "" {
			addr += ":443"
		}
	default:
		return "", false, ErrEndpoint
	}
	return addr, secure, nil
}
