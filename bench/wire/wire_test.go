package wire

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var get = &Request{Method: Get, Path: []byte("/v1/events/e/seats")}

func TestARequestIsWrittenAsTheContractWantsIt(t *testing.T) {
	var mu sync.Mutex
	var seen []byte
	c := dialTo(t, requestSeen(&mu, &seen), Options{})
	for _, one := range []struct {
		r    Request
		want string
	}{
		{
			Request{Method: Post, Path: []byte("/v1/x"), Key: []byte("k1"), Body: []byte(`{"a":1}`)},
			"POST /v1/x HTTP/1.1\r\nHost: H\r\nIdempotency-Key: k1\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
		},
		{Request{Method: Get, Path: []byte("/v1/y?a=b")}, "GET /v1/y?a=b HTTP/1.1\r\nHost: H\r\n\r\n"},
		{
			Request{Method: Get, Path: []byte("/s"), IfNoneMatch: []byte(`"e-1.json"`), Gzip: true},
			"GET /s HTTP/1.1\r\nHost: H\r\nIf-None-Match: \"e-1.json\"\r\nAccept-Encoding: gzip\r\n\r\n",
		},
		{Request{Method: Delete, Path: []byte("/h"), Key: []byte("k")}, "DELETE /h HTTP/1.1\r\nHost: H\r\nIdempotency-Key: k\r\n\r\n"},
		{Request{Method: Post, Path: []byte("/p")}, "POST /p HTTP/1.1\r\nHost: H\r\nContent-Length: 0\r\n\r\n"},
	} {
		if _, err := c.Do(&one.r); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		if got := strings.ReplaceAll(string(seen), c.Addr(), "H"); got != one.want {
			t.Errorf("got  %q\nwant %q", got, one.want)
		}
		mu.Unlock()
	}
}

func TestAnAnswerIsReadWhereverItIsCut(t *testing.T) {
	for name, text := range map[string]string{
		"length":  "HTTP/1.1 429 Too Many Requests\r\nContent-Encoding: gzip\r\nETag: \"ab-7.json\"\r\nretry-after: 3\r\nPARTERRE-REVISION: 18446744073709551615\r\nIdempotent-Replayed: true\r\nContent-Length: 11\r\n\r\nhello world",
		"chunked": "HTTP/1.1 429 Too Many Requests\r\nETag:  \"ab-7.json\" \r\nRetry-After: 3\r\nParterre-Revision: 18446744073709551615\r\nIdempotent-Replayed: true\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n \r\n005\r\nworld\r\n0\r\nTrailer: x\r\n\r\n",
		"after an announcement": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 X\nETag: \"ab-7.json\"\nRetry-After: 3\nParterre-Revision: 18446744073709551615\n" +
			"Idempotent-Replayed: true\nContent-Length: 11\n\nhello world",
	} {
		for pieces, send := range map[string]func(string) func([]byte, net.Conn) bool{"whole": fixed, "in pieces": inPieces} {
			t.Run(name+" "+pieces, func(t *testing.T) {
				c := dialTo(t, send(text), Options{})
				for range 2 { // the connection is kept, and nothing of the first answer is left
					a, err := c.Do(get)
					if err != nil {
						t.Fatal(err)
					}
					if a.Status != 429 || string(a.Body) != "hello world" || string(a.ETag) != `"ab-7.json"` ||
						a.RetryAfter != 3*time.Second || a.Revision != 18446744073709551615 || !a.Replayed {
						t.Errorf("%d %q etag %q after %s revision %d replayed %v", a.Status, a.Body, a.ETag, a.RetryAfter, a.Revision, a.Replayed)
					}
				}
			})
		}
	}
}

func TestAnAnswerWithoutABodyHasNone(t *testing.T) {
	for _, status := range []int{204, 304} {
		// A 304 may say how long the body would have been (RFC 9110, section 8.6).
		c := dialTo(t, fixed(fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: 99\r\n\r\n", status)), Options{})
		if a, err := c.Do(get); err != nil || a.Status != status || len(a.Body) != 0 {
			t.Errorf("%d: %+v %v", status, a, err)
		}
	}
}

func TestWhatIsNoAnswerIsAnErrorAndClosesTheConnection(t *testing.T) {
	long := strings.Repeat("x", 100)
	for text, want := range map[string]error{
		"SSH-2.0-OpenSSH\r\n\r\n":                                                        ErrMalformed,
		"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n":                                   ErrMalformed,
		"HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n":                                   ErrMalformed,
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n":                                  ErrMalformed,
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab":            ErrMalformed,
		"HTTP/1.1 200 OK\r\nno header\r\n\r\n":                                           ErrMalformed,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n":                             ErrMalformed,
		"HTTP/1.1 200 OK\r\n\r\nuntil the end":                                           ErrNoLength,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc":                                ErrMalformed,
		"HTTP/1.1 204 OK\r\n\r\nabc":                                                     ErrMalformed,
		"HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n" + long:                           ErrTooLarge,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n41\r\n" + long:             ErrTooLarge,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n" + long:      ErrMalformed,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n":     ErrMalformed,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nHTTP/1": ErrMalformed,
		"HTTP/1.1 200 OK\r\nX: " + strings.Repeat(long, 400) + "\r\n\r\n":                ErrTooLarge,
	} {
		c := dialTo(t, fixed(text), Options{MaxAnswerBytes: 64})
		if a, err := c.Do(get); !errors.Is(err, want) {
			t.Errorf("%.60q: %+v %v, want %v", text, a, err, want)
		}
		if c.Open() {
			t.Errorf("%.60q: the connection was kept", text)
		}
	}
}

func TestALargeAnswerIsReadUpToTheBound(t *testing.T) {
	large := strings.Repeat("f", 300_000)
	plain := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(large), large)
	chunked := fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", 200_000, large[:200_000], 100_000, large[200_000:])
	for _, text := range []string{plain, chunked} {
		c := dialTo(t, fixed(text), Options{MaxAnswerBytes: 300_000})
		if a, err := c.Do(get); err != nil || string(a.Body) != large {
			t.Errorf("%.50q: %v", text, err)
		}
		c = dialTo(t, fixed(text), Options{MaxAnswerBytes: 299_999})
		if _, err := c.Do(get); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%.50q: %v, want %v", text, err, ErrTooLarge)
		}
	}
}

func TestABrokenConnectionIsAnErrorAndTheNextRequestDialsAgain(t *testing.T) {
	var requests atomic.Int32 // each connection is served by a goroutine of its own
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		fmt.Fprint(w, "there")
	}))
	defer server.Close()
	c := New(strings.TrimPrefix(server.URL, "http://"), Options{Timeout: time.Second})
	defer c.Close()
	if _, err := c.Do(get); err == nil {
		t.Fatal("an answer came out of a connection that was cut")
	}
	if a, err := c.Do(get); err != nil || a.Status != 200 || string(a.Body) != "there" {
		t.Fatalf("after dialling again: %+v %v", a, err)
	}
}

func TestARequestThatNeverLeftIsToldFromOneWithoutAnAnswer(t *testing.T) {
	c := dialTo(t, func([]byte, net.Conn) bool { return false }, Options{})
	if _, err := c.Do(get); err == nil || errors.Is(err, ErrNotSent) {
		t.Errorf("sent and cut: %v", err)
	}
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = nobody.Close()
	c.Move(nobody.Addr().String())
	if _, err := c.Do(get); !errors.Is(err, ErrNotSent) {
		t.Errorf("nobody there: %v, want %v", err, ErrNotSent)
	}
}

func TestAConnectionThatLayIdleTooLongIsNotTrusted(t *testing.T) {
	r := newResponder(t, fixed(okAnswer))
	c := New(r.addr(), Options{IdleTimeout: time.Nanosecond})
	defer c.Close()
	var dialled []string
	for range 2 {
		if _, err := c.Do(get); err != nil {
			t.Fatal(err)
		}
		dialled = append(dialled, c.conn.LocalAddr().String())
	}
	if dialled[0] == dialled[1] {
		t.Error("the connection was used again")
	}
}

func TestAServerThatClosesIsDialledAgain(t *testing.T) {
	dialled := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			dialled++
		}
	}
	server.Start()
	defer server.Close()
	c := New(strings.TrimPrefix(server.URL, "http://"), Options{})
	defer c.Close()
	for range 3 {
		if _, err := c.Do(get); err != nil {
			t.Fatal(err)
		}
	}
	server.Close()
	if dialled != 3 {
		t.Errorf("dialled %d times, want 3", dialled)
	}
}

func TestASilentServerTimesOut(t *testing.T) {
	c := dialTo(t, func([]byte, net.Conn) bool { return true }, Options{Timeout: 50 * time.Millisecond})
	start := time.Now()
	_, err := c.Do(get)
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("%v, want a time-out", err)
	}
	if took := time.Since(start); took < 50*time.Millisecond {
		t.Errorf("timed out after %s", took)
	}
}

func TestAnOldDeadlineDoesNotShortenALaterRequest(t *testing.T) {
	t.Parallel()                    // it mostly waits
	const timeout = 3 * time.Second // a third of it is what a starved machine may add
	var requests int
	c := dialTo(t, func(_ []byte, peer net.Conn) bool {
		if requests++; requests == 2 {
			time.Sleep(timeout * 2 / 3)
		}
		return fixed(okAnswer)(nil, peer)
	}, Options{Timeout: timeout})
	if _, err := c.Do(get); err != nil {
		t.Fatal(err)
	}
	time.Sleep(timeout * 2 / 3)
	if _, err := c.Do(get); err != nil {
		t.Errorf("a request that took less than the timeout failed: %v", err)
	}
}

func TestAnInterruptEndsTheRequestUnderWayAndAllLaterOnes(t *testing.T) {
	asked := make(chan struct{})
	c := dialTo(t, func([]byte, net.Conn) bool { close(asked); return true }, Options{Timeout: time.Minute})
	ended := make(chan error, 1)
	go func() {
		_, err := c.Do(get)
		ended <- err
	}()
	<-asked
	c.Interrupt()
	if err := <-ended; err == nil {
		t.Error("an interrupted request came to an answer")
	}
	if _, err := c.Do(get); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after an interrupt: %v, want %v", err, net.ErrClosed)
	}
}

func TestAnHTTPSNodeIsAskedByTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "safe") }))
	defer server.Close()
	addr, secure, err := Endpoint(server.URL)
	if err != nil || !secure {
		t.Fatal(addr, secure, err)
	}
	config := server.Client().Transport.(*http.Transport).TLSClientConfig
	c := New(addr, Options{TLS: config})
	defer c.Close()
	if a, err := c.Do(get); err != nil || string(a.Body) != "safe" {
		t.Errorf("%+v %v", a, err)
	}
}

func TestAnEndpointIsTakenApart(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "http://n1:80/": "n1:80", "http://n1": "n1:80",
		"https://n1": "n1:443 tls", "https://[::1]:9": "[::1]:9 tls",
		"ftp://n1": "error", "http://n1/path": "error", "": "error", "http://": "error", ":80": "error",
	} {
		addr, secure, err := Endpoint(in)
		got := addr
		if secure {
			got += " tls"
		}
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestTheSteadyPathAllocatesNothing(t *testing.T) {
	c := dialTo(t, fixed(okAnswer), Options{})
	r := &Request{Method: Post, Path: []byte("/v1/x"), Key: []byte("k"), Body: []byte("{}")}
	if got := testing.AllocsPerRun(100, func() {
		if a, err := c.Do(r); err != nil || a.Status != 201 {
			t.Fatal(a, err)
		}
	}); got != 0 {
		t.Errorf("a request allocates %v times", got)
	}
}
