package httpapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/httpapi/client"
)

func TestCharts(t *testing.T) {
	h := newHouse(t, 1)
	t.Run("a chart is named once and then the same", func(t *testing.T) {
		var meta client.Meta
		first, err := h.PutChart(h.ctx(), "arena", client.Drawing(arena), client.WithMeta(&meta))
		h.ok(err)
		if meta.Status != http.StatusCreated || first.Chart != "arena" {
			t.Fatalf("got %d %+v", meta.Status, first)
		}
		again, err := h.PutChart(h.ctx(), "arena", client.Drawing(strings.ReplaceAll(arena, "\n", "\n\n")), client.WithMeta(&meta))
		h.ok(err)
		if meta.Status != http.StatusOK || again.Content != first.Content {
			t.Fatalf("got %d %+v", meta.Status, again)
		}
		_, err = h.PutChart(h.ctx(), "arena", client.Drawing(strings.Replace(arena, "Arena", "Other", 1)))
		h.refused(err, client.CodeChartExists)
	})
	t.Run("a drawing is read back in both formats, also gzip'd, and not twice", func(t *testing.T) {
		plain := h.raw("GET", "/v1/charts/arena", "", "Accept-Encoding: identity")
		if plain.status != http.StatusOK || !json.Valid(plain.body) {
			t.Fatalf("got %d %s", plain.status, plain.body)
		}
		zipped := h.raw("GET", "/v1/charts/arena?consistency=strong", "", "Accept-Encoding: gzip")
		r, err := gzip.NewReader(bytes.NewReader(zipped.body))
		h.ok(err)
		unzipped, err := io.ReadAll(r)
		h.ok(err)
		packed := h.raw("GET", "/v1/charts/arena", "", inMsgpack)
		if !bytes.Equal(unzipped, plain.body) || !cmp.Equal(valueOfJSON(t, plain.body), valueOfMsgpack(t, packed.body)) {
			t.Fatal("the formats differ")
		}
		if r := h.raw("GET", "/v1/charts/arena", "", "Accept-Encoding: identity", "If-None-Match: "+plain.header.Get("ETag")); r.status != http.StatusNotModified {
			t.Fatalf("got %d", r.status)
		}
		other := h.raw("PUT", "/v1/charts/from-msgpack", string(packed.body), asMsgpack)
		got := h.raw("GET", "/v1/charts/from-msgpack", "", "Accept-Encoding: identity")
		if other.status != http.StatusCreated || !bytes.Equal(got.body, plain.body) {
			t.Fatalf("got %d %s", other.status, other.body)
		}
	})
	t.Run("charts are listed in pages", func(t *testing.T) {
		first, err := h.Charts(h.ctx(), client.Page{Limit: 1})
		h.ok(err)
		rest, err := h.Charts(h.ctx(), client.Page{After: first.Next})
		h.ok(err)
		if len(first.Charts) != 1 || first.Charts[0].Chart != "arena" || len(rest.Charts) != 1 || rest.Next != "" {
			t.Fatalf("got %+v and %+v", first, rest)
		}
	})
	t.Run("what is not there is unknown", func(t *testing.T) {
		_, err := h.Chart(h.ctx(), "nowhere")
		h.refused(err, client.CodeUnknownChart)
	})
	t.Run("bad charts are refused and leave nothing", func(t *testing.T) { refuseBadCharts(t, h) })
}

func refuseBadCharts(t *testing.T, h *house) {
	row := func(seats string) string {
		return `{"categories":[{"key":"1"}],"sections":[{"key":"A","category":"1","rows":[{"key":"1","seats":` + seats + `}]}]}`
	}
	truncated, err := msgpack.Marshal(map[string]any{"name": "x", "categories": []any{map[string]any{"key": "1"}}})
	h.ok(err)
	for name, c := range map[string]struct {
		path, body, media, code, field string
	}{
		"unknown field":      {body: `{"categories":[{"key":"1","colour":"red"}],"sections":[]}`, code: codeInvalid, field: "categories[0].colour"},
		"wrong type":         {body: row(`[{"key":"1","x":"ten"}]`), code: codeInvalid, field: "sections[0].rows[0].seats[0].x"},
		"duplicate labels":   {body: row(`[{"key":"1"},{"key":"1"}]`), code: codeInvalid, field: "sections[0].rows[0].seats[1]"},
		"200,001 seats":      {body: row(`{"count":200001,"first":1}`), code: codeInvalid, field: "sections[0].rows[0].seats.count"},
		"malformed":          {body: `{"categories":[`, code: codeMalformed},
		"trailing garbage":   {body: row(`{"count":2}`) + `]`, code: codeMalformed},
		"truncated msgpack":  {body: string(truncated[:len(truncated)-1]), media: asMsgpack, code: codeMalformed},
		"another media type": {body: `name: x`, media: "Content-Type: application/yaml", code: codeUnsupportedMedia},
		"control character":  {path: "/v1/charts/a%00b", body: arena, code: codeInvalid, field: "chart"},
		"blank in the name":  {path: "/v1/charts/a%20b", body: arena, code: codeInvalid, field: "chart"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.path == "" {
				c.path = "/v1/charts/bad"
			}
			if c.media == "" {
				c.media = asJSON
			}
			p := h.raw("PUT", c.path, c.body, c.media).problem(t)
			if p.Code != c.code || c.field != "" && !strings.HasPrefix(fieldsOf(p), c.field) {
				t.Fatalf("got %s at %s, want %s at %s", p.Code, fieldsOf(p), c.code, c.field)
			}
		})
	}
	tooLarge := `{"name":"` + strings.Repeat("x", 17<<20) + `"}`
	if p := h.raw("PUT", "/v1/charts/bad", tooLarge, asJSON).problem(t); p.Code != codeTooLarge {
		t.Fatalf("17 MiB: %v", p)
	}
	chunked := struct{ io.Reader }{strings.NewReader(tooLarge)} // of unknown length
	if p := h.rawBody("PUT", "/v1/charts/bad", chunked, asJSON).problem(t); p.Code != codeTooLarge {
		t.Fatalf("17 MiB in chunks: %v", p)
	}
	if _, err := h.Chart(h.ctx(), "bad", client.Strong()); client.CodeOf(err) != client.CodeUnknownChart {
		t.Fatalf("something was made: %v", err)
	}
}

func fieldsOf(p *client.Problem) string {
	fields := make([]string, 0, len(p.Errors))
	for _, e := range p.Errors {
		fields = append(fields, e.Field)
	}
	return fmt.Sprint(strings.Join(fields, " "))
}
