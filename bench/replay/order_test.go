package replay

import (
	"bytes"
	"compress/gzip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/trace"
)

// diary is a shop that writes down what it is asked, and grants holds of the seats asked for with ids 1, 2, 3, …
type diary struct {
	mu     sync.Mutex
	asked  []string // method, path and body
	ids    uint64
	slow   time.Duration // how long a hold takes
	crowd  *crowd        // whom a hold waits for; nil = nobody
	late   string        // the hold of this seat waits until something is paid; "" = none
	paid   chan struct{}
	refuse func(n int) bool
	maps   string // states of the seat map
}

func (d *diary) answer(request []byte) []byte {
	head, body, _ := strings.Cut(string(request), "\r\n\r\n")
	words := strings.Fields(head)
	method, path := words[0], words[1]
	d.mu.Lock()
	line := method + " " + strings.TrimPrefix(path, "/v1/events/e") + " " + body
	if _, etag, known := strings.Cut(head, "If-None-Match: "); known {
		etag, _, _ = strings.Cut(etag, "\r\n")
		line += etag
	}
	d.asked = append(d.asked, strings.TrimSpace(line))
	n, slow := len(d.asked), d.slow
	d.mu.Unlock()
	switch {
	case strings.HasSuffix(path, "/seats"):
		if strings.Contains(head, `If-None-Match: "m-7"`) {
			return respond(304, "", `ETag: "m-7"`, "Parterre-Revision: 7")
		}
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, _ = z.Write([]byte(`{"event":"e","revision":7,"states":"` + d.maps + `","tables":[],"areas":[]}`)) // a buffer never fails
		_ = z.Close()
		return respond(200, zipped.String(), `ETag: "m-7"`, "Parterre-Revision: 7", "Content-Encoding: gzip")
	case strings.HasSuffix(path, "/holds"):
		time.Sleep(slow)
		d.crowd.join()
		if d.late != "" && strings.Contains(body, d.late) {
			<-d.paid
		}
		if d.refuse != nil && d.refuse(n) {
			return respond(409, problemBody(409, "seat_unavailable"))
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.ids++
		return respond(201, holdBody(d.ids, "A-1-1", "A-1-2"))
	case strings.HasSuffix(path, "/orders"):
		if d.late != "" {
			close(d.paid)
		}
		return respond(201, orderBody(1, "A-1-1", "A-1-2"))
	case method == "DELETE":
		return respond(204, "")
	}
	return respond(200, holdBody(1, "A-1-1"))
}

// perform replays records a millisecond apart and returns what the shop was asked.
func (d *diary) perform(t *testing.T, stage *Stage, records ...trace.Record) (asked []string, result *Result) {
	t.Helper()
	for i := range records {
		records[i].AtMicros = int64(i) * 1000
	}
	result, err := Play(t.Context(), Options{
		Stage: stage, Source: &script{records}, Endpoints: []string{newShop(t, d.answer).addr()}, Speed: 1, Connections: 8,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d.asked, result
}

func expect(t *testing.T, asked []string, want ...string) {
	t.Helper()
	if strings.Join(asked, "\n") != strings.Join(want, "\n") {
		t.Errorf("asked\n  %s\nwant\n  %s", strings.Join(asked, "\n  "), strings.Join(want, "\n  "))
	}
}

var (
	hold1 = idOf(1).String()
	hold2 = idOf(2).String()
	seat1 = []trace.Place{{Kind: trace.Seat, Index: 0}}
)

func TestAPaymentWaitsForItsHold(t *testing.T) {
	d := &diary{slow: 100 * time.Millisecond}
	asked, result := d.perform(t, hallStage(t, 8, 1),
		trace.Record{Shopper: 7, Action: trace.Hold, Places: seat1},
		trace.Record{Shopper: 7, Action: trace.Confirm, If: trace.IfHeld, Last: true},
	)
	expect(t, asked, `POST /holds {"buyer":"b-7","seats":["A-1-1"]}`, `POST /orders {"hold":"`+hold1+`","reference":"psp-7-0"}`)
	// The trace wanted the payment a millisecond after the click: that it waited for the cluster is latency, and no service.
	paid := operationOfResult(t, result, opConfirm)
	if waited := paid.Intended.Max() - paid.Service.Max(); waited < 80_000 {
		t.Errorf("of the wait for the hold's answer %d µs are in the payment's latency and not in its service time", waited)
	}
}

func TestOneShopperDoesNotWaitForAnother(t *testing.T) {
	const shoppers = 8
	d := &diary{crowd: newCrowd(shoppers)} // no hold is answered before all have come
	var records []trace.Record
	for i := range shoppers {
		records = append(records, trace.Record{Shopper: uint64(i), Action: trace.Hold, Places: seat1, Last: true})
	}
	_, result := d.perform(t, hallStage(t, 8, 1), records...)
	if !d.crowd.met() || result.Pressure.Accepted != shoppers {
		t.Errorf("of %d holds %d were under way at once, %d accepted", shoppers, d.crowd.came.Load(), result.Pressure.Accepted)
	}
}

func TestARefusedPickerClicksAgainAndAContentOneDoesNot(t *testing.T) {
	d := &diary{maps: "ffffffff", refuse: func(n int) bool { return n == 2 }}
	pick := func(condition trace.Condition) trace.Record {
		return trace.Record{Action: trace.Hold, If: condition, Way: trace.WayWanted, Quantity: 2, Row: 0, Seat: 3}
	}
	again := trace.Record{Action: trace.LookAgain, If: trace.IfRefused}
	stage := hallStage(t, 8, 1)
	asked, result := d.perform(t, stage, trace.Record{Action: trace.Look}, pick(trace.Always), again, pick(trace.IfRefused), again, pick(trace.IfRefused))
	expect(t, asked, "GET /seats", `POST /holds {"buyer":"b-0","seats":["A-1-4","A-1-5"]}`, `GET /seats "m-7"`,
		`POST /holds {"buyer":"b-0","seats":["A-1-4","A-1-5"]}`)
	if result.Skipped.Condition != 2 || result.FirstMinute().Refused[409] != 1 {
		t.Errorf("skipped %+v, refused %v", result.Skipped, result.FirstMinute().Refused)
	}
}

func TestAPickerWhoSeesNothingFreeAsksForNothing(t *testing.T) {
	d := &diary{maps: "sfsfsfsf"}
	asked, result := d.perform(t, hallStage(t, 8, 1), trace.Record{Action: trace.Look},
		trace.Record{Action: trace.Hold, Way: trace.WayWanted, Quantity: 2, Last: true})
	expect(t, asked, "GET /seats")
	if result.Skipped.NoneFree != 1 {
		t.Errorf("skipped %+v", result.Skipped)
	}
}

func TestOfTwoDevicesTheFirstHoldIsKeptAndTheOtherGivenBack(t *testing.T) {
	d := &diary{late: "A-1-1", paid: make(chan struct{})} // device 1 is the first to be granted, whoever asks first
	hold := func(device uint8) trace.Record {
		seat := []trace.Place{{Kind: trace.Seat, Index: uint32(device)}}
		return trace.Record{Shopper: 1, Device: device, Slot: device, Action: trace.Hold, Places: seat}
	}
	spare := func(device uint8) trace.Record {
		return trace.Record{Shopper: 1, Device: device, Slot: device, Action: trace.Release, If: trace.IfSpare}
	}
	pay := func(device uint8) trace.Record {
		return trace.Record{Shopper: 1, Device: device, Slot: device, Action: trace.Confirm, If: trace.IfKept}
	}
	read := trace.Record{Shopper: 1, Slot: 1, Device: 1, Action: trace.ReadOrder, If: trace.IfOrdered}
	d.slow = 5 * time.Millisecond // the spare's release comes before the answers that decide who is spare
	asked, result := d.perform(t, hallStage(t, 8, 1), hold(1), spare(1), pay(1), hold(0), spare(0), pay(0), read)
	var got string
	for _, line := range asked {
		method, rest, _ := strings.Cut(line, " ")
		path, _, _ := strings.Cut(rest, " ")
		got += method + " " + path + "; "
	}
	for _, want := range []string{"DELETE /holds/" + hold2, "POST /orders", "GET /orders/" + hold1} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q is not there once in %s", want, got)
		}
	}
	if result.Skipped.Condition != 2 || len(asked) != 5 {
		t.Errorf("%d requests, skipped %+v: %s", len(asked), result.Skipped, got)
	}
}

func TestALapsedHoldIsGivenUpButPaidFor(t *testing.T) {
	d := &diary{}
	stage := hallStage(t, 8, 1)
	stage.Events[0].HoldTTL = 0
	asked, _ := d.perform(t, stage,
		trace.Record{Action: trace.Hold, Places: seat1},
		trace.Record{Action: trace.Release, If: trace.IfHeld},
		trace.Record{Action: trace.Confirm, If: trace.IfHeld, Retake: true, Last: true},
	)
	expect(t, asked, `POST /holds {"buyer":"b-0","seats":["A-1-1"]}`,
		`POST /orders {"hold":"`+hold1+`","reference":"psp-0-0","if_expired":"retake"}`)
}

func TestEveryActionIsAskedAsTheContractWantsIt(t *testing.T) {
	places := []trace.Place{{Kind: trace.Area, Index: 0, Quantity: 3}, {Kind: trace.Seat, Index: 1}, {Kind: trace.Seat, Index: 99}}
	d := &diary{}
	asked, _ := d.perform(t, hallStage(t, 8, 1),
		trace.Record{Action: trace.Hold, Anonymous: true, Places: places},
		trace.Record{Action: trace.Change, Places: seat1, Removed: places},
		trace.Record{Action: trace.Extend, Seconds: 90},
		trace.Record{Action: trace.ReadHold},
		trace.Record{Action: trace.Confirm},
		trace.Record{Action: trace.ReadOrder},
		trace.Record{Action: trace.Cancel, Tickets: []uint32{1}},
		trace.Record{Action: trace.Cancel},
		trace.Record{Action: trace.Hold, Slot: 1, Way: trace.WayBest, Quantity: 2},
		trace.Record{Action: trace.Decline, Slot: 1}, // sends nothing
		trace.Record{Action: trace.Decline, Slot: 1, Gives: true},
		trace.Record{Action: trace.Hold, Slot: 2, Way: trace.WayBest, Quantity: 4, Together: trace.Require, Accessible: 1, Categories: []uint32{0}, Sections: []uint32{0, 9}},
		trace.Record{Action: trace.Sale, Slot: 3, Places: seat1, Last: true},
	)
	expect(t, asked,
		`POST /holds {"seats":["A-1-2"],"areas":[{"area":"Floor","quantity":3}]}`,
		`PATCH /holds/`+hold1+` {"add":{"seats":["A-1-1"]},"remove":{"seats":["A-1-2"],"areas":[{"area":"Floor","quantity":3}]}}`,
		`POST /holds/`+hold1+`/extend {"ttl_seconds":90}`,
		`GET /holds/`+hold1,
		`POST /orders {"hold":"`+hold1+`","reference":"psp-0-0"}`,
		`GET /orders/`+hold1,
		`POST /orders/`+hold1+`/cancel {"tickets":["`+hold1+`-1"]}`,
		`POST /orders/`+hold1+`/cancel {}`,
		`POST /holds {"buyer":"b-0","best_available":{"quantity":2}}`,
		`DELETE /holds/`+hold2,
		`POST /holds {"buyer":"b-0","best_available":{"quantity":4,"together":"require","accessible":1,"categories":["1"],"sections":["A"]}}`,
		`POST /sales {"buyer":"b-0","reference":"psp-0-3","seats":["A-1-1"]}`,
	)
}

func TestTheHistoryHasWhatTheAuditNeeds(t *testing.T) {
	d := &diary{}
	stage := hallStage(t, 8, 1)
	d.perform(t, stage,
		trace.Record{Shopper: 4, Action: trace.Hold, Places: []trace.Place{{Kind: trace.Seat, Index: 0}, {Kind: trace.Seat, Index: 1}}},
		trace.Record{Shopper: 4, Action: trace.Confirm, If: trace.IfHeld, Last: true},
	)
	var ops []*history.Op
	if err := stage.Run.Each(func(o *history.Op) bool { ops = append(ops, o.Clone()); return true }); err != nil || len(ops) != 2 {
		t.Fatalf("%d operations, %v", len(ops), err)
	}
	both := func(list []history.Place) bool {
		return len(list) == 2 && list[0] == history.Place{Number: 0, Quantity: 1} && list[1] == history.Place{Number: 1, Quantity: 1}
	}
	hold, order := ops[0], ops[1]
	if hold.Kind == history.KindConfirm {
		hold, order = order, hold
	}
	if hold.Kind != history.KindHold || hold.Outcome != history.Done || hold.ID != idOf(1) || hold.Buyer != 5 || hold.Revision != 7 ||
		hold.Deadline == 0 || !both(hold.Asked) || !both(hold.Given) || hold.Called <= 0 || hold.Returned <= hold.Called {
		t.Errorf("hold: %+v", hold)
	}
	if order.Kind != history.KindConfirm || order.Outcome != history.Done || order.ID != idOf(1) || !both(order.Given) ||
		order.Reference != history.Digest("psp-4-0") || order.State != history.StateConfirmed {
		t.Errorf("confirmation: %+v", order)
	}
}

func TestASeatMapIsReadOnceForAllWhoAreShownIt(t *testing.T) {
	d := &diary{maps: "ffssffff"}
	stage := hallStage(t, 8, 1)
	var records []trace.Record
	for i := range 5 {
		records = append(records, trace.Record{Shopper: uint64(i), Action: trace.Look, Last: i > 0}, trace.Record{Shopper: 0, Action: trace.LookAgain})
	}
	asked, result := d.perform(t, stage, records...)
	if len(asked) != 10 || result.Pressure.Accepted != 10 {
		t.Fatalf("%d requests, %+v", len(asked), result.Pressure)
	}
	if kept := stage.Events[0].maps.next; kept != 1 {
		t.Errorf("one revision has %d pictures", kept)
	}
}

func TestASeatMapThatIsNotZippedOrCannotBeReadIsNoTrouble(t *testing.T) {
	answers := [][]byte{
		respond(200, `{"nothing":"of use"}`, `ETag: "a"`, "Parterre-Revision: 1"),
		respond(200, "not zipped", `ETag: "b"`, "Parterre-Revision: 2", "Content-Encoding: gzip"),
		respond(503, problemBody(503, "no_leader")),
		respond(200, `{"states":"ff"}`, `ETag: "c"`, "Parterre-Revision: 3"),
	}
	shop := newShop(t, func([]byte) []byte {
		answer := answers[0]
		answers = answers[1:]
		return answer
	})
	stage := hallStage(t, 2, 1)
	result, err := Play(t.Context(), Options{
		Stage: stage, Source: &script{[]trace.Record{{Action: trace.Look, Last: true}}}, Endpoints: []string{shop.addr()}, Speed: 1,
		Retry: trace.Retry{FirstMillis: 1, MostMillis: 1, Attempts: 5, TimeoutMillis: 1000},
	})
	if err != nil || result.Pressure.GivenUp != 0 || len(answers) != 0 {
		t.Errorf("%+v, %d answers left, %v", result.Pressure, len(answers), err)
	}
	if op := only(t, stage.Run); op.Outcome != history.Done || op.Attempts != 4 || op.Revision != 3 {
		t.Errorf("the history has %+v", op)
	}
}

func TestTheSummarySaysTheTwoFactsOfTheFirstMinute(t *testing.T) {
	d := &diary{refuse: func(n int) bool { return n == 2 }}
	_, result := d.perform(t, hallStage(t, 8, 1),
		trace.Record{Shopper: 1, Action: trace.Hold, Places: seat1, Last: true},
		trace.Record{Shopper: 2, Action: trace.Hold, Places: seat1, Last: true},
	)
	var b bytes.Buffer
	result.Print(&b)
	for _, want := range []string{
		"first minute: no accepted request over 1s: 0 of 1 accepted took longer, the slowest ",
		"first minute: refusals only 409 and 429: 1 × 409, 0 × 429, 0 others\n",
		"first minute: held\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	page := result.Replay("x", reportTrace)
	if len(page.Stock) == 0 || page.Stock[0].Free != 5 || page.Pressure.Accepted != 1 || len(page.Refusals) != 1 || len(page.Phases) != 1 {
		t.Errorf("the page has %+v %+v %+v %+v", page.Stock, page.Pressure, page.Refusals, page.Phases)
	}
}
