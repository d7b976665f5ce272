package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"testing"
)

// pieces is a body that comes in pieces of the given sizes, again and again.
type pieces struct {
	bytes []byte
	sizes []int
	at    int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.bytes) == 0 {
		return 0, io.EOF
	}
	n := min(max(1, p.sizes[p.at%len(p.sizes)]), len(b), len(p.bytes))
	p.at++
	copy(b, p.bytes[:n])
	p.bytes = p.bytes[n:]
	return n, nil
}

func (p *pieces) Close() error { return nil }

// collector is a client that keeps what it is told.
type collector struct {
	sink
	heard bytes.Buffer
}

func (c *collector) Write(b []byte) (int, error) { return c.heard.Write(b) }

// told is everything that a stream answers to a body that comes in pieces.
func told(node Cluster, body []byte, media string, sizes ...int) []byte {
	c := &collector{sink: sink{header: http.Header{}}}
	New(Options{Node: node, Logger: slog.New(slog.DiscardHandler)}).ServeHTTP(c, &http.Request{
		Method: http.MethodPost, URL: &url.URL{Path: streamRoute}, ProtoMajor: 1, ContentLength: -1,
		Header: http.Header{"Content-Type": {media}}, Body: &pieces{bytes: body, sizes: sizes},
	})
	return c.heard.Bytes()
}

// answersIn counts answers by id, status and whether it is the last word.
func answersIn(t *testing.T, heard []byte, media string) map[string]int {
	count := map[string]int{}
	if media == mediaMsgpack {
		for frames := (framer{msgpack: true, limit: len(heard) + 1}); len(heard) > 0; {
			n, verdict := frames.next(heard)
			if verdict != frameWhole {
				t.Fatalf("no value: %x", heard)
			}
			o := valueOfMsgpack(t, heard[:n]).(map[string]any)
			count[fmt.Sprint(o["id"], o["status"], o["last"])]++
			heard = heard[n:]
		}
		return count
	}
	for d := json.NewDecoder(bytes.NewReader(heard)); ; {
		var o outcome
		err := d.Decode(&o)
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("%v in %s", err, heard)
		}
		count[fmt.Sprint(o.ID, o.Status, o.Last)]++
	}
}

// FuzzStream: whatever is sent, in whatever pieces, is answered in well-formed values, and the pieces make no difference.
func FuzzStream(f *testing.F) {
	f.Add(chunkOfOrders(f, 2, false), false, 7, 100)
	f.Add(chunkOfOrders(f, 2, true), true, 1, 3)
	f.Add([]byte(streamOp(1, "hold", "e", oneSeat)+"\n\n{\"id\":2}\n"+streamOp("x", "cancel", "e", `{"tickets":["a"],"order":"01JD3T5Z8Q6W4X2Y0V9K7M5N3P"}`)), false, 1, 64)
	f.Add([]byte("\xc0\x81\xa2id\x01\xde\x00"), true, 1, 1)
	f.Add([]byte("{\"body\":{\"seats\":[1,2]},\"op\":\"sale\",\"event\":\"\\u0065\",\"id\":1e3}\n"), false, 2, 5)
	f.Fuzz(func(t *testing.T, body []byte, asMsgpack bool, first, second int) {
		media := mediaLines
		if asMsgpack {
			media = mediaMsgpack
		}
		whole := answersIn(t, told(quick{}, body, media, len(body)+1), media)
		cut := answersIn(t, told(quick{}, body, media, first, second), media)
		if !maps.Equal(whole, cut) {
			t.Fatalf("in one piece %v, in pieces %v", whole, cut)
		}
		if media == mediaLines {
			lines, answers := bytes.Count(body, []byte("\n"))+1, 0
			for n := range maps.Values(whole) {
				answers += n
			}
			if answers > lines {
				t.Fatalf("%d answers to %d lines", answers, lines)
			}
		}
	})
}

// BenchmarkStreamOperation tells how much an operation allocates; this holds it there.
func TestAnOperationOfAStreamAllocatesNothing(t *testing.T) {
	for _, media := range []string{mediaLines, mediaMsgpack} {
		handler := New(Options{Node: quick{}, Logger: slog.New(slog.DiscardHandler)})
		chunk := chunkOfOrders(t, 100, media == mediaMsgpack)
		run := func(chunks int) float64 {
			return testing.AllocsPerRun(1, func() {
				handler.ServeHTTP(&sink{header: http.Header{}}, &http.Request{
					Method: http.MethodPost, URL: &url.URL{Path: streamRoute}, ProtoMajor: 1, ContentLength: -1,
					Header: http.Header{"Content-Type": {media}}, Body: &sender{chunk: chunk, left: chunks},
				})
			})
		}
		few, many := run(20), run(220)
		if each := (many - few) / (200 * 200); each > 0.1 { // chunks that are under way at once are made once each
			t.Errorf("%s: an operation allocates %.2f times", media, each)
		}
	}
}
