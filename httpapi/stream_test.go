package httpapi

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/httpapi/client"
)

const asLines = "Content-Type: application/x-ndjson"

// lines sends a whole stream of JSON and returns all answers.
func (h *house) lines(operations ...string) []outcome {
	h.t.Helper()
	r := h.raw("POST", streamRoute, strings.Join(operations, "\n"), asLines)
	if r.status != http.StatusOK || r.header.Get("Content-Type") != mediaLines {
		h.t.Fatalf("%d %v %s", r.status, r.header, r.body)
	}
	return outcomesOf(h.t, r.body)
}

func outcomesOf(t *testing.T, lines []byte) (all []outcome) {
	t.Helper()
	for d := json.NewDecoder(strings.NewReader(string(lines))); ; {
		var o outcome
		err := d.Decode(&o)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %s", err, lines)
		}
		all = append(all, o)
	}
}

// talk is a stream that is open in both directions.
type talk struct {
	h      *house
	send   *io.PipeWriter
	answer *http.Response
	lines  *bufio.Reader
}

// stream opens a stream to a node; it does not go by the checking client, which reads bodies to their ends first.
func (h *house) stream(node int, http2 bool) *talk {
	h.t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetHTTP1(!http2)
	transport.Protocols.SetUnencryptedHTTP2(http2)
	h.t.Cleanup(transport.CloseIdleConnections)
	body, send := io.Pipe()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.urls[node]+streamRoute, body)
	h.ok(err)
	r.Header.Set("Content-Type", mediaLines)
	answer, err := transport.RoundTrip(r)
	h.ok(err)
	k := &talk{h: h, send: send, answer: answer, lines: bufio.NewReader(answer.Body)}
	h.t.Cleanup(func() { _ = send.Close(); _ = answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		h.t.Fatalf("%d", answer.StatusCode)
	}
	return k
}

func (k *talk) say(operations ...string) {
	k.h.t.Helper()
	_, err := io.WriteString(k.send, strings.Join(operations, "\n")+"\n")
	k.h.ok(err)
}

// hear is the next answer; false = the stream ended in order.
func (k *talk) hear() (outcome, bool) {
	k.h.t.Helper()
	for {
		line, err := k.lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return outcome{}, false
		}
		k.h.ok(err)
		if len(strings.TrimSpace(string(line))) > 0 {
			return outcomesOf(k.h.t, line)[0], true
		}
	}
}

// streamOp is an operation as JSON, with an id.
func streamOp(id any, word, event, body string, extra ...string) string {
	text, _ := json.Marshal(id)
	return op(word, event, body, append([]string{`"id":` + string(text)}, extra...)...)
}

func TestAStreamIsEndedInOrderWhenItsNodeDrains(t *testing.T) {
	draining := make(chan struct{})
	h := newHouse(t, 1, func(o *Options) { o.Draining = draining })
	h.opening("opening")
	k := h.stream(0, false)
	k.say(streamOp(1, "hold", "opening", `{"seats":["A-1-1"]}`))
	if o, _ := k.hear(); o.Status != 201 {
		t.Fatalf("%+v", o)
	}
	close(draining)
	o, ok := k.hear()
	if !ok || !o.Last || o.ID != nil {
		t.Fatalf("%+v", o)
	}
	o.problem(t, codeDraining)
	if o, ok := k.hear(); ok {
		t.Fatalf("after the last word: %+v", o)
	}
	p := h.raw("POST", streamRoute, "\n", asLines).problem(t)
	if p.Code != codeDraining {
		t.Fatalf("%+v", p)
	}
}

func TestAStreamAnswersByID(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	for _, http2 := range []bool{false, true} {
		k := h.stream(0, http2)
		for i := range 5 {
			seat := fmt.Sprintf(`{"seats":["A-1-%d"]}`, i+1)
			k.say(streamOp(i, "hold", "opening", seat), "", streamOp(fmt.Sprint("é", i), "hold", "opening", seat))
			first, _ := k.hear()
			second, _ := k.hear()
			if first.ID != float64(i) || second.ID != fmt.Sprint("é", i) {
				t.Fatalf("%+v %+v", first, second)
			}
			if http2 == (first.Status == 201) || second.Status != 409 {
				t.Fatalf("%+v %+v", first, second)
			}
		}
		h.ok(k.send.Close())
		if o, ok := k.hear(); ok {
			t.Fatalf("after the end: %+v", o)
		}
	}
}

func TestAStreamRefusesABadOperationAlone(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	good := func(id int, seat int) string {
		return streamOp(id, "hold", "opening", fmt.Sprintf(`{"seats":["A-1-%d"]}`, seat))
	}
	for name, c := range map[string]struct {
		line, code, field string
		id                any
	}{
		"not JSON":        {`hold A-1-1`, codeMalformed, "", nil},
		"cut":             {`{"id":"x","op":"hold","event":"opening","body":{"seats":["A-1-1"]`, codeMalformed, "", "x"},
		"two in a line":   {good(7, 1) + good(8, 1), codeMalformed, "", 7.0},
		"no object":       {`[1]`, codeInvalid, "operation", nil},
		"no id":           {op("hold", "opening", `{"seats":["A-1-1"]}`), codeInvalid, "id", nil},
		"an object as id": {op("hold", "opening", `{"seats":["A-1-1"]}`, `"id":{}`), codeInvalid, "id", nil},
		"a long id":       {streamOp(strings.Repeat("x", 65), "hold", "opening", `{"seats":["A-1-1"]}`), codeInvalid, "id", nil},
		"another op":      {streamOp(9, "block", "opening", `{"seats":["A-1-1"]}`), codeInvalid, "op", 9.0},
		"a bad seat":      {streamOp(9, "hold", "opening", `{"seats":[""]}`), codeInvalid, "seats[0]", 9.0},
		"no such hold":    {streamOp(9, "release", "opening", `{"hold":"none"}`), codeUnknownHold, "", 9.0},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.revision("opening")
			area := `{"areas":[{"area":"Floor","quantity":1}]}`
			got := h.lines(streamOp(1, "hold", "opening", area), c.line, streamOp(2, "hold", "opening", area)+"\n")
			if len(got) != 3 {
				t.Fatalf("%d answers: %+v", len(got), got)
			}
			for _, o := range got {
				if o.Status < 300 {
					continue
				}
				p := o.problem(t, c.code)
				if o.ID != c.id || o.Last || c.field != "" && p.Errors[0].Field != c.field {
					t.Fatalf("%+v %+v", o, p)
				}
			}
			if after := h.revision("opening"); after != before+2 {
				t.Fatalf("revision %d after %d", after, before)
			}
		})
	}
}

func TestAStreamWhoseFramesAreBrokenEndsWithALastWord(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	first := streamOp(1, "hold", "opening", `{"areas":[{"area":"Floor","quantity":1}]}`)
	long := strings.Repeat(" ", 64<<10+maxEnvelopeBytes+1)
	for name, c := range map[string]struct{ body, code string }{
		"ends within an operation": {first + "\n" + first, codeMalformed},
		"a long line":              {first + "\n" + `{"id":2,` + long + "\n", codeTooLarge},
		"a line without end":       {first + "\n" + `{"id":2,` + long + long, codeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			got := outcomesOf(t, h.raw("POST", streamRoute, c.body, asLines).body)
			if len(got) != 2 || got[0].Status != 201 || !got[1].Last || got[1].ID != nil {
				t.Fatalf("%+v", got)
			}
			got[1].problem(t, c.code)
		})
	}
}

func TestAStreamInMsgpackIsTheSame(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	var body []byte
	for i, seats := range []any{[]string{"A-1-1"}, []string{"A-1-1"}, "A-1-1"} {
		b, err := msgpack.Marshal(map[string]any{"id": fmt.Sprint("n", i), "op": "hold", "event": "opening", "body": map[string]any{"seats": seats}})
		h.ok(err)
		body = append(append(body, b...), 0xc0) // nil keeps a stream alive
	}
	ext := append(append([]byte(nil), body...), 0xd4, 1, 1) // an extension: where the next value begins is not for us to know
	for i, c := range []struct {
		name string
		body []byte
		last string
	}{{"whole", body, ""}, {"cut", append(body, 0x85), codeMalformed}, {"an extension", ext, codeMalformed}} {
		t.Run(c.name, func(t *testing.T) {
			h, first := h, int64(201)
			if i > 0 { // it is not what the contract describes, and the seat is taken by then
				first = 409
				h = &house{t: t, urls: h.urls, http: &http.Client{}}
				defer h.http.CloseIdleConnections()
			}
			r := h.raw("POST", streamRoute, string(c.body), asMsgpack)
			if r.status != http.StatusOK || r.header.Get("Content-Type") != mediaMsgpack {
				t.Fatalf("%d %v", r.status, r.header)
			}
			seen, frames := map[any]int64{}, framer{msgpack: true, limit: len(r.body) + 1}
			last := ""
			for b := r.body; len(b) > 0; {
				n, verdict := frames.next(b)
				if verdict != frameWhole {
					t.Fatalf("%x", b)
				}
				o := valueOfMsgpack(t, b[:n]).(map[string]any)
				if b = b[n:]; o["last"] == true {
					last = o["body"].(map[string]any)["code"].(string)
					continue
				}
				seen[o["id"]] = o["status"].(int64)
			}
			if seen["n0"] != first || seen["n1"] != 409 || seen["n2"] != 422 || last != c.last {
				t.Fatalf("%v, last %q", seen, last)
			}
		})
	}
}

func TestAStreamIsRefusedForItsHeader(t *testing.T) {
	h := newHouse(t, 1)
	for name, c := range map[string]struct {
		headers []string
		code    string
	}{
		"another format":       {[]string{"Content-Type: text/csv"}, codeUnsupportedMedia},
		"zipped":               {[]string{asLines, "Content-Encoding: gzip"}, codeUnsupportedMedia},
		"answers as pictures":  {[]string{asLines, "Accept: image/png"}, codeNotAcceptable},
		"lines for msgpack":    {[]string{asMsgpack, "Accept: application/x-ndjson"}, codeNotAcceptable},
		"one key for all":      {[]string{asLines, headerKey + ": k"}, codeInvalid},
		"an unknown parameter": {[]string{asLines}, codeInvalid},
	} {
		path := streamRoute
		if name == "an unknown parameter" {
			path += "?speed=max"
		}
		if p := h.raw("POST", path, "\n", c.headers...).problem(t); p.Code != c.code {
			t.Errorf("%s: %+v", name, p)
		}
	}
	plain := &house{t: t, urls: h.urls, http: &http.Client{}} // application/json for lines is not in the contract's words
	defer plain.http.CloseIdleConnections()
	for _, accept := range []string{"*/*", "application/x-ndjson", "application/json;q=0.5"} {
		if r := plain.raw("POST", streamRoute, "\n", asJSON, "Accept: "+accept); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", accept, r.status, r.body)
		}
	}
}

func TestKeysMakeAStreamHarmlessToRepeatOnAnotherConnection(t *testing.T) {
	h := newHouse(t, 3)
	h.opening("opening")
	hold := streamOp(1, "hold", "opening", `{"seats":["A-1-1"]}`, `"key":"k-1"`)
	var first outcome
	for node := range 3 {
		k := h.stream(node, node == 1)
		k.say(hold)
		o, _ := k.hear()
		if node == 0 {
			first = o
		}
		if o.Status != 201 || o.Replayed != (node > 0) || string(o.Body) != string(first.Body) {
			t.Fatalf("node %d: %+v %s", node, o, o.Body)
		}
		k.say(streamOp(2, "hold", "opening", `{"seats":["A-1-2"]}`, `"key":"k-1"`))
		o, _ = k.hear()
		o.problem(t, "idempotency_mismatch")
	}
}

// TestAStreamGoesOnWhenItsLeaderIsLost: what is under way when a leader dies is decided by the next one, and answered on
// the same stream, once.
func TestAStreamGoesOnWhenItsLeaderIsLost(t *testing.T) {
	h := newHouse(t, 3)
	h.opening("opening")
	leader := h.cluster.Leader("opening")
	k := h.stream(h.cluster.Other(leader), false)
	const holds = 90
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for i := range holds {
			k.say(streamOp(i, "hold", "opening", `{"areas":[{"area":"Floor","quantity":1}]}`, fmt.Sprintf(`"key":"k-%d"`, i)))
			if i == holds/3 {
				h.cluster.Kill(leader)
			}
		}
	}()
	seen := map[any]bool{}
	for range holds {
		o, ok := k.hear()
		if !ok || o.Status != 201 || seen[o.ID] {
			t.Fatalf("%v %+v %s", ok, o, o.Body)
		}
		seen[o.ID] = true
	}
	<-sent
	h.urls = []string{h.urls[h.cluster.Other(leader)]}
	_, c := newTestClient(t, h.urls)
	a, err := c.Availability(h.ctx(), "opening", client.Strong())
	h.ok(err)
	if a.Areas[0].Held != holds {
		t.Fatalf("%d places are held, want %d", a.Areas[0].Held, holds)
	}
}

// TestTheRestOfAStreamIsNoRequest: what is not read of a stream must not be taken for what follows on its connection.
func TestTheRestOfAStreamIsNoRequest(t *testing.T) {
	draining := make(chan struct{})
	h := newHouse(t, 1, func(o *Options) { o.Draining = draining })
	rest := "DELETE /v1/events/opening/holds/01JD3T5Z8Q6W4X2Y0V9K7M5N3P HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, c := range map[string]struct{ media, status, body string }{
		"broken frames": {mediaLines, "200", strings.Repeat(" ", 300<<10)},
		"refused":       {"text/csv", "415", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(h.urls[0], "http://"))
			h.ok(err)
			defer func() { _ = conn.Close() }()
			h.ok(conn.SetDeadline(time.Now().Add(time.Minute)))
			_, err = fmt.Fprintf(conn, "POST /v1/stream HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s%s",
				c.media, 1<<20, c.body, rest)
			h.ok(err)
			heard, err := io.ReadAll(conn) // the connection ends in order
			h.ok(err)
			if !strings.HasPrefix(string(heard), "HTTP/1.1 "+c.status) || strings.Count(string(heard), "HTTP/1.1") != 1 ||
				!strings.Contains(string(heard), `"code":`) {
				t.Fatalf("%q", heard)
			}
		})
	}
}

// TestAStreamThatIsNotReadOnEndsAtOnce: the server would else wait for what a client sends that has no end.
func TestAStreamThatIsNotReadOnEndsAtOnce(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	for _, http2 := range []bool{false, true} {
		k := h.stream(0, http2)
		go func() { _, _ = io.WriteString(k.send, `{"id":1,`+strings.Repeat(" ", 80<<10)) }()
		o, ok := k.hear()
		if !ok || !o.Last {
			t.Fatalf("%+v", o)
		}
		o.problem(t, codeTooLarge)
		if o, ok := k.hear(); ok {
			t.Fatalf("%+v", o)
		}
	}
}
