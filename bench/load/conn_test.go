package load

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAConnectionPostsAndReadsTheAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL.Path, r.Header.Get("Idempotency-Key"), body)
	}))
	defer server.Close()
	conn := NewConn(strings.TrimPrefix(server.URL, "http://"), time.Second)
	defer conn.Close()
	for i := range 3 { // the connection is kept
		status, body, err := conn.Post([]byte("/v1/x"), []byte("k1"), []byte(`{"a":1}`))
		if want := `POST /v1/x k1 {"a":1}`; err != nil || status != http.StatusCreated || string(body) != want {
			t.Fatalf("request %d: got %d %q %v, want 201 %q", i, status, body, err, want)
		}
	}
}

func TestABrokenConnectionIsAnErrorAndTheNextRequestDialsAgain(t *testing.T) {
	cut := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if cut {
			cut = false
			panic(http.ErrAbortHandler)
		}
		fmt.Fprint(w, "there")
	}))
	defer server.Close()
	conn := NewConn(strings.TrimPrefix(server.URL, "http://"), time.Second)
	defer conn.Close()
	if _, _, err := conn.Post([]byte("/"), nil, nil); err == nil {
		t.Fatal("an answer came out of a connection that was cut")
	}
	if status, body, err := conn.Post([]byte("/"), nil, nil); err != nil || status != 200 || string(body) != "there" {
		t.Fatalf("after dialling again: %d %q %v", status, body, err)
	}
}

func TestTheSteadyPathAllocatesNothing(t *testing.T) {
	// A server that allocates nothing itself: one fixed answer for each read.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		peer, err := listener.Accept()
		if err != nil {
			return
		}
		defer peer.Close()
		answer, buffer := []byte("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"), make([]byte, 4096)
		for {
			if _, err := peer.Read(buffer); err != nil {
				return
			}
			if _, err := peer.Write(answer); err != nil {
				return
			}
		}
	}()
	conn := NewConn(listener.Addr().String(), time.Second)
	defer conn.Close()
	path, key, body := []byte("/v1/x"), []byte("k"), []byte("{}")
	if got := testing.AllocsPerRun(100, func() {
		if status, _, err := conn.Post(path, key, body); err != nil || status != 201 {
			t.Fatal(status, err)
		}
	}); got != 0 {
		t.Errorf("a request allocates %v times", got)
	}
}
