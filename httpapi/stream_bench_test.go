package httpapi

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
)

// quick is a node that decides at once, and allocates nothing.
type quick struct{ Cluster }

var quickPlaces = []seatmap.Place{
	{Kind: seatmap.PlaceSeat, Label: "A-1-11", Category: "1", Price: 12000, Quantity: 1},
	{Kind: seatmap.PlaceSeat, Label: "A-1-12", Category: "1", Price: 12000, Quantity: 1},
}

func (quick) PartitionOf(string) uint32 { return 0 }

func (quick) Removed() bool { return false }

func (quick) SubmitMany(m *cluster.Many) {
	if cap(m.Results) < len(m.Commands) {
		m.Results, m.Errs = make([]command.Result, len(m.Commands)), make([]error, len(m.Commands))
	}
	m.Results, m.Errs = m.Results[:len(m.Commands)], m.Errs[:len(m.Commands)]
	for i := range m.Commands {
		m.Results[i] = command.Result{Answer: seatmap.Answer{
			State: seatmap.HoldHeld, Created: true, Revision: 42, Currency: "CHF", Total: 24000, ExpiresAtMillis: 1_800_000_000_000,
			ID: m.Commands[i].Request.ID, Places: quickPlaces,
		}}
	}
	m.Done(m)
}

// sender is the body of a stream that sends its bytes again and again.
type sender struct {
	chunk []byte
	left  int // chunks
}

func (s *sender) Read(b []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	s.left--
	return copy(b, s.chunk), nil
}

func (s *sender) Close() error { return nil }

// sink is the client of a stream that reads everything at once.
type sink struct {
	header http.Header
	bytes  int
}

func (d *sink) Header() http.Header             { return d.header }
func (d *sink) Write(b []byte) (int, error)     { d.bytes += len(b); return len(b), nil }
func (d *sink) WriteHeader(int)                 {}
func (d *sink) FlushError() error               { return nil }
func (d *sink) EnableFullDuplex() error         { return nil }
func (d *sink) SetReadDeadline(time.Time) error { return nil }

func (d *sink) SetWriteDeadline(time.Time) error { return nil }

// chunkOfOrders are so many holds and confirmations, as one chunk of a stream.
func chunkOfOrders(tb testing.TB, orders int, asMsgpack bool) []byte {
	var chunk []byte
	hold := seatmap.ID{1, 2, 3}.String()
	for i := range orders {
		first := map[string]any{"id": 2 * i, "op": "hold", "event": "bench:0", "key": "mabcdefgh-0-" + strconv.Itoa(i), "body": map[string]any{
			"seats": []string{"A-1-11", "A-1-12"},
		}}
		second := map[string]any{"id": 2*i + 1, "op": "confirm", "event": "bench:0", "key": "mabcdefgh-1-" + strconv.Itoa(i), "body": map[string]any{
			"hold": hold, "reference": "bench",
		}}
		for _, o := range []map[string]any{first, second} {
			if asMsgpack {
				b, err := msgpack.Marshal(o)
				if err != nil {
					tb.Fatal(err)
				}
				chunk = append(chunk, b...)
				continue
			}
			chunk = append(chunk, `{"id":`+strconv.Itoa(o["id"].(int))+`,"op":"`+o["op"].(string)+`","event":"bench:0","key":"`+o["key"].(string)+`","body":`...)
			if o["op"] == "hold" {
				chunk = append(chunk, `{"seats":["A-1-11","A-1-12"]}}`+"\n"...)
			} else {
				chunk = append(chunk, `{"hold":"`+hold+`","reference":"bench"}}`+"\n"...)
			}
		}
	}
	return chunk
}

// BenchmarkStreamOperation is the HTTP side's own share of an operation on a stream: everything but net/http and the
// cluster, in both directions.
func BenchmarkStreamOperation(b *testing.B) {
	handler := New(Options{Node: quick{}, Logger: slog.New(slog.DiscardHandler)})
	for name, media := range map[string]string{"json": mediaLines, "msgpack": mediaMsgpack} {
		b.Run(name, func(b *testing.B) {
			const orders = 100
			chunk := chunkOfOrders(b, orders, media == mediaMsgpack)
			b.ReportAllocs()
			b.ResetTimer()
			handler.ServeHTTP(&sink{header: http.Header{}}, &http.Request{
				Method: http.MethodPost, URL: &url.URL{Path: streamRoute}, ProtoMajor: 1, ContentLength: -1,
				Header: http.Header{"Content-Type": {media}}, Body: &sender{chunk: chunk, left: b.N/(2*orders) + 1},
			})
		})
	}
}
