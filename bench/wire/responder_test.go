package wire

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"
)

// responder answers each request with fixed bytes: one read, one write, no parsing, no allocation. Requests must fit
// one read, which those of the bench do.
type responder struct {
	listener net.Listener
	all      sync.WaitGroup
}

const okAnswer = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nParterre-Revision: 42\r\n" +
	"Date: Sat, 21 Nov 2026 20:00:00 GMT\r\nContent-Length: 58\r\n\r\n" +
	`{"hold":"01J00000000000000000000000","state":"held","x":1}`

func newResponder(tb testing.TB, answer func(request []byte, peer net.Conn) bool) *responder {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r := &responder{listener: listener}
	r.all.Go(func() {
		for {
			peer, err := listener.Accept()
			if err != nil {
				return
			}
			r.all.Go(func() {
				defer peer.Close()
				request := make([]byte, 4096)
				for {
					n, err := peer.Read(request)
					if err != nil || !answer(request[:n], peer) {
						return
					}
				}
			})
		}
	})
	tb.Cleanup(func() { _ = listener.Close() })
	return r
}

func (r *responder) addr() string { return r.listener.Addr().String() }

// fixed answers everything alike.
func fixed(answer string) func([]byte, net.Conn) bool {
	text := []byte(answer)
	return func(_ []byte, peer net.Conn) bool {
		_, err := peer.Write(text)
		return err == nil
	}
}

// inPieces sends an answer byte by byte, so that every boundary of a read is met.
func inPieces(answer string) func([]byte, net.Conn) bool {
	return func(_ []byte, peer net.Conn) bool {
		for i := range len(answer) {
			if _, err := peer.Write([]byte(answer[i : i+1])); err != nil {
				return false
			}
		}
		return true
	}
}

func dialTo(tb testing.TB, answer func([]byte, net.Conn) bool, o Options) *Conn {
	tb.Helper()
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	c := New(newResponder(tb, answer).addr(), o)
	tb.Cleanup(c.Close)
	return c
}

// requestSeen has the responder keep the bytes of the last request.
func requestSeen(mu *sync.Mutex, seen *[]byte) func([]byte, net.Conn) bool {
	return func(request []byte, peer net.Conn) bool {
		mu.Lock()
		*seen = bytes.Clone(request)
		mu.Unlock()
		return fixed(okAnswer)(nil, peer)
	}
}
