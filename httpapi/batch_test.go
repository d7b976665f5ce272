package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/httpapi/client"
)

// outcome is an answer to an operation, as a client reads it.
type outcome struct {
	ID       any             `json:"id"`
	Status   int             `json:"status"`
	Replayed bool            `json:"replayed"`
	Revision uint64          `json:"revision"`
	Key      string          `json:"key"`
	Last     bool            `json:"last"`
	Body     json.RawMessage `json:"body"`
}

func (o *outcome) problem(t *testing.T, code string) *client.Problem {
	t.Helper()
	p := &client.Problem{}
	if err := json.Unmarshal(o.Body, p); err != nil || p.Code != code || p.Status != o.Status {
		t.Fatalf("want %s, got %d %s", code, o.Status, o.Body)
	}
	return p
}

func (o *outcome) hold(t *testing.T) *client.Hold {
	t.Helper()
	h := &client.Hold{}
	if err := json.Unmarshal(o.Body, h); err != nil || h.Hold == "" {
		t.Fatalf("no hold: %d %s", o.Status, o.Body)
	}
	return h
}

func (o *outcome) order(t *testing.T) *client.Order {
	t.Helper()
	order := &client.Order{}
	if err := json.Unmarshal(o.Body, order); err != nil || order.Order == "" {
		t.Fatalf("no order: %d %s", o.Status, o.Body)
	}
	return order
}

// batch sends operations as JSON and returns their answers.
func (h *house) batch(operations ...string) []outcome {
	h.t.Helper()
	r := h.raw("POST", batchRoute, `{"operations": [`+strings.Join(operations, ",")+`]}`, asJSON)
	if r.status != http.StatusOK {
		h.t.Fatalf("%d %s", r.status, r.body)
	}
	var answer struct{ Results []outcome }
	h.ok(json.Unmarshal(r.body, &answer))
	if len(answer.Results) != len(operations) {
		h.t.Fatalf("%d answers to %d operations: %s", len(answer.Results), len(operations), r.body)
	}
	return answer.Results
}

// op is an operation as JSON; extra are further fields.
func op(word, event, body string, extra ...string) string {
	return fmt.Sprintf(`{"op":%q,"event":%q,"body":%s%s}`, word, event, body, strings.Join(append([]string{""}, extra...), ","))
}

func TestABatchAnswersEachOperationInOrderAsItsOwnRouteWould(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	first := h.batch(
		op("hold", "opening", `{"buyer":"b-1","seats":["A-1-1","A-1-2"]}`),
		op("sale", "opening", `{"seats":["A-1-3"],"reference":"cash"}`),
		op("hold", "opening", `{"seats":["A-1-2"]}`),
		op("hold", "opening", `{"best_available":{"quantity":2}}`),
		op("hold", "nowhere", `{"seats":["A-1-1"]}`),
	)
	held, sold, wished := first[0].hold(t), first[1].order(t), first[3].hold(t)
	if first[0].Status != 201 || held.Buyer != "b-1" || len(held.Places) != 2 || first[1].Status != 201 || sold.Reference != "cash" {
		t.Fatalf("%+v %+v", held, sold)
	}
	if p := first[2].problem(t, codeOf409); first[2].Status != 409 || p.Seats[0] != "A-1-2" || first[2].Revision == 0 {
		t.Fatalf("%+v", p)
	}
	if len(wished.Places) != 2 {
		t.Fatalf("%+v", wished)
	}
	first[4].problem(t, codeUnknownEvent)

	second := h.batch(
		op("get_hold", "opening", fmt.Sprintf(`{"hold":%q}`, held.Hold)),
		op("confirm", "opening", fmt.Sprintf(`{"hold":%q,"reference":"psp"}`, held.Hold)),
		op("confirm", "opening", fmt.Sprintf(`{"hold":%q,"reference":"psp"}`, held.Hold)),
		op("get_order", "opening", fmt.Sprintf(`{"order":%q}`, held.Hold)),
		op("release", "opening", fmt.Sprintf(`{"hold":%q}`, wished.Hold)),
		op("release", "opening", fmt.Sprintf(`{"hold":%q}`, sold.Order)),
		op("cancel", "opening", fmt.Sprintf(`{"tickets":[%q],"order":%q}`, sold.Places[0].Ticket, sold.Order)),
		op("cancel", "opening", fmt.Sprintf(`{"order":%q}`, held.Hold)),
		op("get_hold", "opening", `{"hold":"none"}`),
		op("get_order", "opening", `{"order":"none"}`),
	)
	for i, want := range []int{200, 201, 200, 200, 204, 409, 200, 200, 404, 404} {
		if second[i].Status != want {
			t.Errorf("operation %d: %d %s, want %d", i, second[i].Status, second[i].Body, want)
		}
	}
	if second[3].order(t).Reference != "psp" || string(second[4].Body) != "null" || second[4].Revision == 0 {
		t.Errorf("%s %s", second[3].Body, second[4].Body)
	}
	if second[6].order(t).State != "cancelled" || second[7].order(t).State != "cancelled" {
		t.Errorf("%s %s", second[6].Body, second[7].Body)
	}
}

const codeOf409 = "seat_unavailable"

func TestABadOperationIsRefusedAloneWithItsFieldNamed(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	many := make([]string, 20) // more wrong fields than one answer names
	for i := range many {
		many[i] = fmt.Sprintf(`"x%d":1`, i)
	}
	order := "01JD3T5Z8Q6W4X2Y0V9K7M5N3P"
	for name, c := range map[string]struct{ operation, field string }{
		"no object":        {`5`, "operation"},
		"no op":            {`{"event":"opening","body":{"seats":["A-1-1"]}}`, "op"},
		"another op":       {op("holt", "opening", `{"seats":["A-1-1"]}`), "op"},
		"no event":         {`{"op":"hold","body":{"seats":["A-1-1"]}}`, "event"},
		"a bad event":      {op("hold", "a:b:c", `{"seats":["A-1-1"]}`), "event"},
		"no body":          {`{"op":"hold","event":"opening"}`, "body"},
		"an array":         {op("hold", "opening", `[]`), ""},
		"a field twice":    {op("hold", "opening", `{"seats":["A-1-1"]}`, `"body":{"seats":["A-1-1"]}`), "body"},
		"unknown field":    {op("hold", "opening", `{"seats":["A-1-1"]}`, `"keys":"k"`), "keys"},
		"an id":            {op("hold", "opening", `{"seats":["A-1-1"]}`, `"id":1`), "id"},
		"a bad key":        {op("hold", "opening", `{"seats":["A-1-1"]}`, `"key":"é"`), "key"},
		"no key":           {op("hold", "opening", `{"seats":["A-1-1"]}`, `"key":""`), "key"},
		"a bad seat":       {op("hold", "opening", `{"seats":["A-1-1",7]}`), "seats[1]"},
		"no places":        {op("hold", "opening", `{}`), "seats"},
		"no hold":          {op("confirm", "opening", `{}`), "hold"},
		"no order":         {op("cancel", "opening", `{"tickets":["x"]}`), "order"},
		"another's ticket": {op("cancel", "opening", `{"tickets":["x-1"],"order":"`+order+`"}`), "tickets[0]"},
		"no tickets":       {op("cancel", "opening", `{"order":"`+order+`","tickets":[]}`), "tickets"},
		"a sale's field":   {op("hold", "opening", `{"seats":["A-1-1"],"reference":"r"}`), "reference"},
		"the body first":   {`{"body":{"seats":[1]},"op":"hold","event":"opening"}`, "seats[0]"},
		"many":             {op("hold", "opening", `{`+strings.Join(many, ",")+`}`), "x0"},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.revision("opening")
			got := h.batch(op("hold", "opening", `{"buyer":"`+name+`","areas":[{"area":"Floor","quantity":1}]}`), c.operation,
				op("release", "opening", `{"hold":"`+order+`"}`))
			p := got[1].problem(t, codeInvalid)
			if got[1].Status != 422 || len(p.Errors) == 0 || p.Errors[0].Field != c.field || p.Errors[0].Reason == "" {
				t.Fatalf("%+v", p)
			}
			if got[0].hold(t).Buyer != name || got[2].Status != 404 {
				t.Fatalf("its neighbours: %s %s", got[0].Body, got[2].Body)
			}
			if after := h.revision("opening"); after != before+1 {
				t.Fatalf("revision %d after %d", after, before)
			}
		})
	}
}

func TestABadEnvelopeRefusesAll(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	good := op("hold", "opening", `{"seats":["A-1-1"]}`)
	thousandAndOne := strings.Repeat(good+",", maxBatchOperations) + good
	for name, c := range map[string]struct{ body, code, field string }{
		"cut":             {`{"operations":[` + good, codeMalformed, ""},
		"bad within":      {`{"operations":[` + good + `,{"op":tru}]}`, codeMalformed, ""},
		"two":             {`{"operations":[` + good + `]} {}`, codeMalformed, ""},
		"empty":           {``, codeMalformed, ""},
		"no object":       {`[` + good + `]`, codeInvalid, ""},
		"no operations":   {`{}`, codeInvalid, "operations"},
		"none":            {`{"operations":[]}`, codeInvalid, "operations"},
		"too many":        {`{"operations":[` + thousandAndOne + `]}`, codeInvalid, "operations"},
		"another field":   {`{"operations":[` + good + `],"atomic":true}`, codeInvalid, "atomic"},
		"operations text": {`{"operations":"x"}`, codeInvalid, "operations"},
		"too large":       {`{"operations":[` + good + strings.Repeat(" ", 2<<20) + `]}`, codeTooLarge, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := h.raw("POST", batchRoute, c.body, asJSON).problem(t)
			if p.Code != c.code || c.code == codeInvalid && p.Errors[0].Field != c.field {
				t.Fatalf("%+v", p)
			}
			if r := h.revision("opening"); r != 0 {
				t.Fatalf("something was done: revision %d", r)
			}
		})
	}
}

func TestABatchSpansPartitions(t *testing.T) {
	h := newHouse(t, 3)
	var operations []string
	partitions := map[uint32]bool{}
	for i := range 6 {
		event := fmt.Sprintf("event-%d", i)
		h.opening(event)
		partitions[h.cluster.Node(0).PartitionOf(event)] = true
		for j := range 3 {
			operations = append(operations, op("hold", event, fmt.Sprintf(`{"seats":["A-1-%d"],"buyer":"%d-%d"}`, j+1, i, j)))
		}
	}
	if len(partitions) < 2 {
		t.Fatal("all events are in one partition")
	}
	for i, got := range h.batch(operations...) {
		if hold := got.hold(t); hold.Event != fmt.Sprintf("event-%d", i/3) || hold.Buyer != fmt.Sprintf("%d-%d", i/3, i%3) {
			t.Fatalf("answer %d is %s", i, got.Body)
		}
	}
}

func TestOperationsOnOneEventAreDecidedInTheirOrder(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	var operations []string
	for i := range 20 {
		operations = append(operations, op("hold", "opening", fmt.Sprintf(`{"seats":["A-1-7"],"buyer":"%d"}`, i)))
	}
	got := h.batch(operations...)
	if got[0].Status != 201 {
		t.Fatalf("the first: %s", got[0].Body)
	}
	for _, o := range got[1:] {
		o.problem(t, codeOf409)
	}
}

func TestKeysOfABatchMakeItHarmlessToRepeat(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	keyed := op("hold", "opening", `{"seats":["A-1-1"]}`, `"key":"k-1"`)
	twice := h.batch(keyed, keyed)
	if twice[0].Status != 201 || twice[0].Replayed || twice[1].Status != 201 || !twice[1].Replayed || string(twice[0].Body) != string(twice[1].Body) {
		t.Fatalf("%+v", twice)
	}
	other := h.batch(op("hold", "opening", `{"seats":["A-1-2"]}`, `"key":"k-1"`))
	other[0].problem(t, "idempotency_mismatch")

	// The same key on the operation's own route is the same key.
	r := h.raw("POST", "/v1/events/opening/holds", `{"seats":["A-1-1"]}`, asJSON, headerKey+": k-1")
	if r.status != 201 || r.header.Get(headerReplayed) != "true" || string(r.body) != string(twice[0].Body) {
		t.Fatalf("%d %s", r.status, r.body)
	}

	// A batch's key stands for its operations' keys.
	body := `{"operations":[` + op("hold", "opening", `{"seats":["A-1-3"]}`) + `,` + op("hold", "opening", `{"seats":["A-1-4"]}`) + `]}`
	first := h.raw("POST", batchRoute, body, asJSON, headerKey+": batch-1")
	again := h.raw("POST", batchRoute, body, asJSON, headerKey+": batch-1")
	if want := strings.ReplaceAll(string(first.body), `"status":201,`, `"status":201,"replayed":true,`); first.status != 200 || string(again.body) != want {
		t.Fatalf("%s\n%s", first.body, again.body)
	}
	if r := h.revision("opening"); r != 3 {
		t.Fatalf("revision %d", r)
	}
}

func TestABatchInMsgpackIsTheSame(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	body, err := msgpack.Marshal(map[string]any{"operations": []any{
		map[string]any{"op": "hold", "event": "opening", "key": "k", "body": map[string]any{"seats": []string{"A-1-1"}}},
		map[string]any{"op": "hold", "event": "opening", "body": map[string]any{"seats": []string{"A-1-1"}}},
		map[string]any{"op": "hold", "event": "opening", "body": map[string]any{"seats": "A-1-1"}},
		map[string]any{"op": "release", "event": "opening", "body": map[string]any{"hold": "none"}},
	}})
	h.ok(err)
	r := h.raw("POST", batchRoute, string(body), asMsgpack, inMsgpack)
	got := valueOfMsgpack(t, r.body).(map[string]any)["results"].([]any)
	for i, want := range []int64{201, 409, 422, 404} {
		if status := got[i].(map[string]any)["status"]; status != want {
			t.Errorf("operation %d: %v", i, got[i])
		}
	}
	again := h.raw("POST", batchRoute, string(body), asMsgpack)
	if !strings.HasPrefix(string(again.body), `{"results":[{"status":201,"replayed":true,"body":{"hold":`) {
		t.Errorf("in JSON: %s", again.body)
	}
}
