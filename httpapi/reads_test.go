package httpapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/httpapi/client"
)

func TestReads(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	hold, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Selection: client.Selection{
		Seats: []string{"A-1-2"}, Areas: []client.AreaQuantity{{Area: "Floor", Quantity: 3}},
	}})
	h.ok(err)
	_, err = h.Sell(h.ctx(), "opening", client.SaleRequest{Selection: seats("A-1-3", "A-1-4")})
	h.ok(err)
	_, err = h.Block(h.ctx(), "opening", client.Selection{Tables: []client.Table{{Table: "T1"}}})
	h.ok(err)
	now := h.revision("opening")
	floor := client.AreaCounts{Area: "Floor", Capacity: 100, Counts: client.Counts{Free: 97, Held: 3}}

	t.Run("the seat map shows every place", func(t *testing.T) {
		got, err := h.SeatMap(h.ctx(), "opening", client.MinRevision(now))
		h.ok(err)
		want := &client.SeatMap{
			Event: "opening", Revision: now, States: "fhss" + strings.Repeat("f", arenaSeats-4),
			Tables: []client.TableState{{Table: "T1", State: "blocked"}}, Areas: []client.AreaCounts{floor},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
	t.Run("availability adds up", func(t *testing.T) {
		got, err := h.Availability(h.ctx(), "opening", client.Strong())
		h.ok(err)
		want := &client.Availability{
			Event: "opening", Revision: now, Total: client.Counts{Free: arenaPlaces - 7, Held: 4, Sold: 2, Blocked: 1},
			Categories: []client.CategoryCounts{
				{Category: "1", Counts: client.Counts{Free: 19, Held: 1, Sold: 2, Blocked: 1}},
				{Category: "2", Counts: client.Counts{Free: 97, Held: 3}},
			},
			Sections: []client.SectionCounts{{Section: "A", Counts: client.Counts{Free: 19, Held: 1, Sold: 2}}},
			Areas:    []client.AreaCounts{floor},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
	t.Run("one seat is read by its label, a table by its key", func(t *testing.T) {
		seat, err := h.Seat(h.ctx(), "opening", "A-1-2")
		h.ok(err)
		table, err := h.Seat(h.ctx(), "opening", "T1")
		h.ok(err)
		if *seat != (client.Seat{Seat: "A-1-2", State: "held", Category: "1", Price: 12000, Revision: now}) ||
			*table != (client.Seat{Table: "T1", State: "blocked", Category: "1", Price: 12000, Revision: now}) {
			t.Fatalf("got %+v and %+v", seat, table)
		}
		_, err = h.Seat(h.ctx(), "opening", "Z-1")
		if p := h.refused(err, client.CodeUnknownSeat); !cmp.Equal(p.Seats, []string{"Z-1"}) {
			t.Fatalf("listed %v", p.Seats)
		}
	})
	t.Run("an ETag holds until the event changes, and is another for each format", func(t *testing.T) { etagsHold(t, h, hold.Hold) })
	t.Run("a gzip'd map is the same map", func(t *testing.T) {
		plain := h.raw("GET", "/v1/events/opening/seats", "", "Accept-Encoding: identity")
		zipped := h.raw("GET", "/v1/events/opening/seats", "", "Accept-Encoding: gzip")
		r, err := gzip.NewReader(bytes.NewReader(zipped.body))
		h.ok(err)
		unzipped, err := io.ReadAll(r)
		h.ok(err)
		if zipped.header.Get("Content-Encoding") != "gzip" || !bytes.Equal(unzipped, plain.body) {
			t.Fatalf("%s\n%s", unzipped, plain.body)
		}
	})
	t.Run("a revision that never comes is waited for in vain", func(t *testing.T) {
		var meta client.Meta
		_, err := h.SeatMap(h.ctx(), "opening", client.MinRevision(1<<40), client.WithMeta(&meta))
		p := h.refused(err, client.CodeNoLeader)
		if !strings.Contains(p.Detail, "at revision") || p.RetryAfterSeconds == 0 {
			t.Fatalf("%+v", p)
		}
	})
	t.Run("bad queries are refused", func(t *testing.T) {
		for query, field := range map[string]string{
			"consistency=weak": "consistency", "consistency=": "consistency", "min_revision=-1": "min_revision",
			"min_revision=x": "min_revision", "consistancy=strong": "consistancy", "min_revision=99999999999999999999": "min_revision",
		} {
			if p := h.raw("GET", "/v1/events/opening/seats?"+query, "").problem(t); p.Code != codeInvalid || fieldsOf(p) != field {
				t.Errorf("%s: %s at %q", query, p.Code, fieldsOf(p))
			}
		}
		_, err := h.SeatMap(h.ctx(), "nowhere", client.Strong())
		h.refused(err, client.CodeUnknownEvent)
		_, err = h.SeatMap(h.ctx(), "nowhere", client.MinRevision(1))
		h.refused(err, client.CodeUnknownEvent)
	})
}

func etagsHold(t *testing.T, h *house, hold string) {
	path := "/v1/events/opening/seats"
	h.revision("opening")
	tags := map[string]bool{}
	for _, accept := range []string{"application/json", "application/msgpack"} {
		for _, coding := range []string{"identity", "gzip"} {
			for _, p := range []string{path, "/v1/events/opening/availability"} {
				r := h.raw("GET", p, "", "Accept: "+accept, "Accept-Encoding: "+coding)
				tags[r.header.Get("ETag")] = true
				if r.header.Get("Cache-Control") != "no-cache" || r.header.Get("Vary") == "" || r.header.Get(headerRevision) == "" {
					t.Fatalf("headers %v", r.header)
				}
				again := h.raw("GET", p, "", "Accept: "+accept, "Accept-Encoding: "+coding, "If-None-Match: "+r.header.Get("ETag"))
				if again.status != http.StatusNotModified || len(again.body) != 0 || again.header.Get("ETag") != r.header.Get("ETag") {
					t.Fatalf("%d %s", again.status, again.body)
				}
			}
		}
	}
	if len(tags) != 8 || tags[""] {
		t.Fatalf("tags %v", tags)
	}
	var meta client.Meta
	_, err := h.SeatMap(h.ctx(), "opening", client.WithMeta(&meta))
	h.ok(err)
	_, err = h.SeatMap(h.ctx(), "opening", client.IfNoneMatch(meta.ETag))
	if err != client.ErrNotModified {
		t.Fatalf("got %v", err)
	}
	tag := meta.ETag
	h.ok(h.Release(h.ctx(), "opening", hold, client.WithMeta(&meta)))
	_, err = h.SeatMap(h.ctx(), "opening", client.IfNoneMatch(tag), client.MinRevision(meta.Revision))
	h.ok(err)
}

func TestAWriterReadsItsOwnWriteOnEveryNode(t *testing.T) {
	h := newHouse(t, 3)
	h.opening("opening")
	for i := range 12 {
		writer, reader := h.At(i%3), h.At((i+1)%3)
		label := "A-1-" + string(appendTicketNumber(nil, uint32(i+1)))
		var meta client.Meta
		_, err := writer.Sell(h.ctx(), "opening", client.SaleRequest{Selection: seats(label)}, client.WithMeta(&meta))
		h.ok(err)
		option := client.Strong()
		if i%2 == 0 {
			option = client.MinRevision(meta.Revision)
		}
		seat, err := reader.Seat(h.ctx(), "opening", label, option)
		h.ok(err)
		if seat.State != "sold" || seat.Revision < meta.Revision {
			t.Fatalf("%s is %+v after revision %d", label, seat, meta.Revision)
		}
	}
	t.Run("a chart or an event that a node has not heard of yet is not said to be unknown", func(t *testing.T) {
		for i := range 3 {
			key := "new-" + h.cluster.Name(i)
			_, err := h.At(i).PutChart(h.ctx(), key, client.Drawing(arena))
			h.ok(err)
			_, err = h.At(i).PutEvent(h.ctx(), key, client.Settings{Chart: key, Currency: "CHF"})
			h.ok(err)
			for reader := range 3 {
				_, err = h.At(reader).Chart(h.ctx(), key)
				h.ok(err)
				_, err = h.At(reader).Event(h.ctx(), key)
				h.ok(err)
			}
		}
	})
	t.Run("the same picture has the same ETag on every node", func(t *testing.T) {
		tags := map[string]bool{}
		for i := range 3 {
			var meta client.Meta
			_, err := h.At(i).SeatMap(h.ctx(), "opening", client.Strong(), client.WithMeta(&meta))
			h.ok(err)
			tags[meta.ETag] = true
		}
		if len(tags) != 1 {
			t.Fatalf("tags %v", tags)
		}
	})
	t.Run("every node knows the cluster", func(t *testing.T) {
		for i := range 3 {
			status, err := h.At(i).Cluster(h.ctx())
			h.ok(err)
			if len(status.Nodes) != 3 || len(status.Partitions) != 3 || status.Partitions[0].Leader == "" {
				t.Fatalf("got %+v", status)
			}
		}
	})
	t.Run("a leadership is handed over", func(t *testing.T) {
		event, err := h.Event(h.ctx(), "opening")
		h.ok(err)
		to := h.cluster.Name(h.cluster.Other(h.cluster.Leader("opening")))
		h.ok(h.Transfer(h.ctx(), event.Partition, to))
		h.cluster.Wait("the new leader", func() (bool, string) {
			e, err := h.Event(h.ctx(), "opening")
			h.ok(err)
			return e.Leader == to, e.Leader
		})
		h.refusedField(h.Transfer(h.ctx(), event.Partition, "n9"), "node")
		h.refusedField(h.Transfer(h.ctx(), 99, to), "partition")
	})
	t.Run("a snapshot is written, and again where nothing is new", func(t *testing.T) {
		h.ok(h.Snapshot(h.ctx()))
		h.ok(h.Snapshot(h.ctx()))
	})
}
