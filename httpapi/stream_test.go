package httpapi

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
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
