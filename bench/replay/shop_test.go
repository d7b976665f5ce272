package replay

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/trace"
)

// shop is a node that a test makes up: it reads a request at a time and writes what answer says.
type shop struct {
	listener net.Listener
	answer   func(request []byte) []byte // nil = never
}

func newShop(tb testing.TB, answer func(request []byte) []byte) *shop {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &shop{listener: listener, answer: answer}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			peer, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.serve(peer) })
		}
	})
	tb.Cleanup(func() {
		_ = listener.Close()
		all.Wait()
	})
	return s
}

func (s *shop) addr() string { return s.listener.Addr().String() }

// granted answers every hold alike, without allocating.
var granted = func() func([]byte) []byte {
	text := respond(201, holdBody(1, "A-1-1"))
	return func([]byte) []byte { return text }
}()

// crowd holds requests up until so many are under way at once.
type crowd struct {
	size int64
	came atomic.Int64
	all  chan struct{} // closed when so many have come
}

// crowdPatience is how long a request waits for the others.
const crowdPatience = time.Minute

func newCrowd(size int64) *crowd { return &crowd{size: size, all: make(chan struct{})} }

func (c *crowd) join() {
	if c == nil {
		return
	}
	if c.came.Add(1) == c.size {
		close(c.all)
	}
	select {
	case <-c.all:
	case <-time.After(crowdPatience):
	}
}

func (c *crowd) met() bool {
	select {
	case <-c.all:
		return true
	default:
		return false
	}
}

var availability = respond(200, `{"event":"e","revision":7,"total":{"free":5,"held":2,"sold":1,"blocked":0}}`)

func (s *shop) serve(peer net.Conn) {
	defer peer.Close()
	buffer, used := make([]byte, 64<<10), 0
	for {
		n, err := peer.Read(buffer[used:])
		if err != nil {
			return
		}
		used += n
		head := bytes.Index(buffer[:used], []byte("\r\n\r\n"))
		if head < 0 || used < head+4+contentLength(buffer[:head]) {
			continue
		}
		var text []byte
		if bytes.Contains(buffer[:head], []byte("/availability ")) {
			text = availability // whoever watches the stock is not the test's concern
		} else {
			text = s.answer(buffer[:used])
		}
		used = 0
		if text == nil {
			continue
		}
		if _, err := peer.Write(text); err != nil {
			return
		}
	}
}

func contentLength(head []byte) int {
	const name = "Content-Length: "
	at := bytes.Index(head, []byte(name))
	if at < 0 {
		return 0
	}
	digits, _, _ := bytes.Cut(head[at+len(name):], []byte("\r\n"))
	n, _ := strconv.Atoi(string(digits))
	return n
}

// respond is an answer as a node writes it.
func respond(status int, body string, headers ...string) []byte {
	extra := ""
	for _, h := range headers {
		extra += h + "\r\n"
	}
	return fmt.Appendf(nil, "HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), extra, body)
}

func holdBody(id uint64, seats ...string) string {
	var places []string
	for _, s := range seats {
		places = append(places, fmt.Sprintf(`{"seat":%q,"category":"1","price":0}`, s))
	}
	return fmt.Sprintf(`{"hold":%q,"event":"e","buyer":"b","state":"held","together":true,"places":[%s],"total":0,"currency":"CHF","expires_at":"2030-01-01T00:00:00.000Z","extensions_left":1,"revision":7}`,
		idOf(id).String(), strings.Join(places, ","))
}

func orderBody(id uint64, seats ...string) string {
	var places []string
	for i, s := range seats {
		places = append(places, fmt.Sprintf(`{"seat":%q,"category":"1","price":0,"ticket":"%s-%d"}`, s, idOf(id), i))
	}
	return fmt.Sprintf(`{"order":%q,"event":"e","hold":%q,"buyer":"b","reference":"psp-4-0","state":"confirmed","together":true,"places":[%s],"total":0,"currency":"CHF","revision":8}`,
		idOf(id).String(), idOf(id).String(), strings.Join(places, ","))
}

func problemBody(status int, code string) string {
	return fmt.Sprintf(`{"type":"t","title":"t","status":%d,"detail":"d","code":%q}`, status, code)
}

func idOf(n uint64) (id history.ID) {
	for i := range 8 {
		id[15-i] = byte(n >> (8 * i))
	}
	return id
}

// hallStage is a stage with one event in a hall of one row of seats A-1-1, A-1-2, …
func hallStage(tb testing.TB, seats int, speed Speed) *Stage {
	tb.Helper()
	document := fmt.Sprintf(`{"name":"Hall","focal_point":{"x":0,"y":0},"categories":[{"key":"1","name":"All","color":"#000000"}],
		"sections":[{"key":"A","name":"A","category":"1","rows":[{"key":"1","seats":{"count":%d,"first":1,"x":0,"y":10,"dx":1,"dy":0}}]}],
		"areas":[{"key":"Floor","name":"Floor","category":"1","capacity":50}]}`, seats)
	h, err := newHouse(&trace.Chart{Name: "hall", Document: []byte(document)})
	if err != nil {
		tb.Fatal(err)
	}
	stage := &Stage{Run: history.New(), HoldTTL: 8 * time.Minute}
	h.number = stage.Run.AddChart(h.chart)
	e := newEvent(&trace.Event{Name: "e", HoldTTLSeconds: 480}, h, speed)
	e.Number = stage.Run.AddEvent("e", h.number)
	stage.Events = []*Event{e}
	return stage
}

// script is a trace that a test writes down.
type script struct{ records []trace.Record }

func (s *script) Next(rec *trace.Record) error {
	if len(s.records) == 0 {
		return io.EOF
	}
	*rec = s.records[0]
	s.records = s.records[1:]
	return nil
}

// repeating gives count holds of one seat, each by a shopper of its own, one after the other.
type repeating struct{ at, count uint64 }

func (r *repeating) Next(rec *trace.Record) error {
	if r.at == r.count {
		return io.EOF
	}
	rec.Reset()
	rec.Shopper, rec.Action, rec.Last = r.at, trace.Hold, true
	rec.Places = append(rec.Places, trace.Place{Kind: trace.Seat, Index: uint32(r.at % 8)})
	r.at++
	return nil
}
