package replay

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/audit"
	"github.com/parterre/parterre/bench/queue"
	"github.com/parterre/parterre/bench/trace"
)

// doorman is a shop with a room that a test makes up: a visitor who has asked often enough is called.
type doorman struct {
	shop diary

	mu      sync.Mutex
	asks    int // how often a visitor asks until called
	numbers int
	asked   map[string]int
	inside  map[string]bool
	soldOut bool
	lines   []string // method, path and papers of what is no asking
}

func (d *doorman) answer(request []byte) []byte {
	head, body, _ := strings.Cut(string(request), "\r\n\r\n")
	words := strings.Fields(head)
	method, path := words[0], strings.TrimPrefix(words[1], "/v1/events/e")
	token, pass := headerOf(head, "Parterre-Visitor"), headerOf(head, "Parterre-Pass")
	if path == "/room" && method == "PUT" {
		d.note(method, path, "", body)
		return respond(201, "{}")
	}
	if path == "/room" {
		return respond(200, `{"phase":"selling","called":1,"inside":2,"rate_per_minute":60,"lanes":[{"lane":"public","waiting":5}]}`)
	}
	if !strings.HasPrefix(path, "/room/visitors") {
		d.note(method, path, pass, "")
		return d.shop.answer(request)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch strings.TrimPrefix(path, "/room/visitors") {
	case "":
		token = fmt.Sprintf("t%d", d.numbers)
		d.numbers++
		return respond(201, d.standing(token, `"token":"`+token+`",`))
	case "/me":
		d.asked[token]++
		return respond(200, d.standing(token, ""))
	case "/me/enter":
		d.lines = append(d.lines, "enter "+token)
		if d.inside[token] {
			return respond(410, problemBody(410, "session_ended"))
		}
		d.inside[token] = true
		return respond(200, `{"state":"inside","pass":"p`+token[1:]+`","number":`+token[1:]+`,"lane":"public","expires_at":"2030-01-01T00:00:00.000Z"}`)
	}
	d.lines = append(d.lines, "leave "+token)
	return respond(204, "")
}

// standing is what a visitor is told. The caller has mu.
func (d *doorman) standing(token, more string) string {
	state := "waiting"
	switch {
	case d.soldOut:
		state = "sold_out"
	case d.asked[token] >= d.asks:
		state = "ready"
	}
	number := token[1:]
	return fmt.Sprintf(`{%s"state":%q,"number":%s,"place":%s,"wait_seconds":0,"wait_low_seconds":0,"wait_high_seconds":1,"poll_after_seconds":0,"room":{"inside":9,"state":"x"}}`,
		more, state, number, number)
}

func (d *doorman) note(words ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, strings.TrimSpace(strings.Join(words, " ")))
}

func headerOf(head, name string) string {
	_, rest, _ := strings.Cut(head, name+": ")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

func newDoorman(asks int) *doorman {
	return &doorman{asks: asks, asked: map[string]int{}, inside: map[string]bool{}}
}

// visit replays records a millisecond apart behind a room.
func (d *doorman) visit(t *testing.T, records ...trace.Record) (*queue.Line, *Result) {
	t.Helper()
	for i := range records {
		records[i].AtMicros = int64(i) * 1000
	}
	rooms := AutoRooms(FIFO, 8)
	rooms.Patience = time.Minute
	result, err := Play(t.Context(), Options{
		Stage: hallStage(t, 8, 1), Source: &script{records}, Endpoints: []string{newShop(t, d.answer).addr()}, Speed: 1, Connections: 8,
		Rooms: rooms,
	})
	if err != nil {
		t.Fatal(err)
	}
	return result.Line, result
}

func (d *doorman) count(line string) (n int) {
	for _, l := range d.lines {
		if strings.HasPrefix(l, line) {
			n++
		}
	}
	return n
}

func TestAShopperWaitsAtTheDoorAndActsInsideWithThePass(t *testing.T) {
	d := newDoorman(3)
	line, result := d.visit(t,
		trace.Record{Shopper: 8, Action: trace.Look},
		trace.Record{Shopper: 8, Action: trace.Hold, Places: seat1},
		trace.Record{Shopper: 8, Action: trace.Confirm, If: trace.IfHeld},
		trace.Record{Shopper: 8, Action: trace.ReadOrder, If: trace.IfOrdered, Last: true},
	)
	got := strings.Join(d.lines[1:], "\n")
	want := "enter t0\nGET /seats\nPOST /holds p0\nPOST /orders\nenter t0\nGET /orders/" + hold1
	other := "enter t0\nGET /seats\nPOST /holds p0\nPOST /orders\nGET /orders/" + hold1 + "\nenter t0"
	if got = strings.ReplaceAll(got, "?consistency=strong", ""); got != want && got != other {
		t.Errorf("the shop saw\n%s\nwant\n%s", got, want)
	}
	if !strings.Contains(d.lines[0], `"mode":"fifo"`) || d.asked["t0"] != 3 {
		t.Errorf("asked %d times; %s", d.asked["t0"], d.lines[0])
	}
	if len(result.Moments) == 0 || result.Moments[0].Inside != 2 || result.Moments[0].Waiting != 5 {
		t.Errorf("the room's moments: %+v", result.Moments)
	}
	line.Each(func(v *queue.Visit) {
		if v.End != queue.Ordered || !v.Tried || v.Twice || v.Foretold == queue.Never || v.WaitingCalled == queue.Never {
			t.Errorf("the visit: %+v", v)
		}
	})
	// What was waited in the line is in no latency of the shop's.
	if held := operationOfResult(t, result, opHold); held.Intended.Max() > 2*held.Service.Max()+100_000 {
		t.Errorf("a hold took %d µs from its intended start, %d of them service", held.Intended.Max(), held.Service.Max())
	}
}

func TestWhoIsDoneWithoutAnOrderLeaves(t *testing.T) {
	d := newDoorman(0)
	line, _ := d.visit(t, trace.Record{Shopper: 1, Action: trace.Look}, trace.Record{Shopper: 1, Action: trace.Hold, If: trace.IfHeld, Last: true})
	if d.count("leave t0") != 1 || d.count("POST /holds") != 0 {
		t.Errorf("%q", d.lines)
	}
	line.Each(func(v *queue.Visit) {
		if v.End != queue.Left || v.EndReturned == queue.Never || v.EndCalled > v.EndReturned {
			t.Errorf("%+v", v)
		}
	})
}

func TestWhoIsToldSoldOutDoesNothingMore(t *testing.T) {
	d := newDoorman(2)
	d.soldOut = true
	line, result := d.visit(t, trace.Record{Shopper: 1, Action: trace.Look}, trace.Record{Shopper: 1, Action: trace.Hold, Places: seat1, Last: true})
	if len(d.lines) != 1 || result.TurnedOff != 2 {
		t.Errorf("%q, %d records not performed", d.lines, result.TurnedOff)
	}
	line.Each(func(v *queue.Visit) {
		if v.End != queue.TurnedAway {
			t.Errorf("%+v", v)
		}
	})
}

func TestBotsLookAtTheMapFromOutside(t *testing.T) {
	d := newDoorman(0)
	line, _ := d.visit(t, trace.Record{Shopper: 1, Action: trace.Look, Bot: true}, trace.Record{Shopper: 1, Action: trace.LookAgain, Bot: true, Last: true})
	if line.Len() != 0 || d.count("GET /seats") != 2 {
		t.Errorf("%d visits, %q", line.Len(), d.lines)
	}
}

func TestAllDevicesOfAShopperAreOneVisitor(t *testing.T) {
	d := newDoorman(1)
	hold := func(device uint8, last bool) trace.Record {
		return trace.Record{Shopper: 9, Device: device, Slot: device, Action: trace.Hold, Places: seat1, Last: last}
	}
	line, _ := d.visit(t, hold(0, false), hold(1, false), hold(2, true))
	if line.Len() != 1 || d.count("POST /holds p0") != 3 || d.count("enter t0") != 1 || d.count("leave") != 1 {
		t.Errorf("%d visits, %q", line.Len(), d.lines)
	}
}

func TestManyShoppersComeThroughTheLineAndTheAuditIsContent(t *testing.T) {
	d := newDoorman(2)
	var records []trace.Record
	const shoppers = 300
	for i := range uint64(shoppers) {
		records = append(records, trace.Record{Shopper: i, Action: trace.Hold, Places: seat1},
			trace.Record{Shopper: i, Action: trace.Confirm, If: trace.IfHeld, Last: true})
	}
	line, result := d.visit(t, records...)
	v := &audit.Verdict{}
	v.JudgeRooms(line, 0)
	for _, r := range v.Rules() {
		// This room knows no limit, and calls who asks most: only what it keeps is judged.
		if (r.Name == "numbers" || r.Name == "in once") && (r.Violations > 0 || r.Checked < shoppers) {
			t.Errorf("%s: %d of %d", r.Name, r.Violations, r.Checked)
		}
	}
	if n := d.count("POST /orders"); n != shoppers || line.Len() != shoppers {
		t.Errorf("%d orders of %d visits", n, line.Len())
	}
	if d.count("enter") != shoppers+(shoppers+againShare-1)/againShare {
		t.Errorf("%d entries", d.count("enter"))
	}
	if joined := operationOfResult(t, result, opJoin); joined.Intended.TotalCount() != shoppers {
		t.Errorf("%d joined", joined.Intended.TotalCount())
	}
}

func TestARoomAtSpeedMaxIsRefused(t *testing.T) {
	_, err := Play(t.Context(), Options{
		Stage: hallStage(t, 8, Max), Source: &script{}, Endpoints: []string{"127.0.0.1:1"}, Speed: Max, Rooms: AutoRooms(FIFO, 8),
	})
	if !errors.Is(err, ErrRoom) {
		t.Error(err)
	}
}
