package wire

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
)

// said is a connection on which everything was said before.
type said struct{ io.Reader }

func (said) Write(b []byte) (int, error)      { return len(b), nil }
func (said) Close() error                     { return nil }
func (said) LocalAddr() net.Addr              { return nil }
func (said) RemoteAddr() net.Addr             { return nil }
func (said) SetDeadline(time.Time) error      { return nil }
func (said) SetReadDeadline(time.Time) error  { return nil }
func (said) SetWriteDeadline(time.Time) error { return nil }

// FuzzAnswer: whatever a server sends, nothing panics, no answer has a status of its own making, and no more memory is taken than
// the limit allows.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 201 Created\r\nContent-Length: 5\r\nParterre-Revision: 42\r\nETag: \"a\"\r\n\r\nhello"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: x\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 16
		c := New("127.0.0.1:1", Options{MaxAnswerBytes: limit})
		c.conn, c.in = said{bytes.NewReader(b)}, make([]byte, 64)
		if err := c.receive(); err != nil {
			return
		}
		if c.answer.Status < 200 || c.answer.Status > 999 || len(c.answer.Body) > limit {
			t.Errorf("%+v", c.answer)
		}
	})
}
