package httpapi

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"
	"pgregory.net/rapid"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/httpapi/client"
)

// standardJSON is what encoding/json makes of v without escaping HTML.
func standardJSON(t interface{ Fatalf(string, ...any) }, v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatalf("encoding/json: %v", err)
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func FuzzTextIsWrittenAsEncodingJSONDoes(f *testing.F) {
	for _, seed := range []string{"", "A-1-1", `"\/`, "\x00\x1f\x7f", "Zürich 🎭", "\xff\xfe", "a\xed\xa0\x80b", "\u2028\u2029", "<&>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := string(appendJSONText(nil, text)), standardJSON(t, text); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	})
}

var (
	anyText = rapid.String()
	anyID   = rapid.Custom(func(t *rapid.T) (id seatmap.ID) {
		copy(id[:], rapid.SliceOfN(rapid.Byte(), len(id), len(id)).Draw(t, "id"))
		return id
	})
	anyPlace = rapid.Custom(func(t *rapid.T) seatmap.Place {
		p := seatmap.Place{
			Kind: rapid.SampledFrom([]seatmap.PlaceKind{seatmap.PlaceSeat, seatmap.PlaceTable, seatmap.PlaceArea}).Draw(t, "kind"),
			// A place without a label does not exist.
			Label: rapid.StringN(1, 20, 64).Draw(t, "label"), Category: anyText.Draw(t, "category"),
			Price: rapid.Int64().Draw(t, "price"), Ticket: rapid.Uint32().Draw(t, "ticket"), Quantity: 1,
		}
		if p.Kind == seatmap.PlaceArea {
			p.Quantity = rapid.Int32Range(1, 1_000_000).Draw(t, "quantity")
		}
		return p
	})
	anyAnswer = rapid.Custom(func(t *rapid.T) *seatmap.Answer {
		return &seatmap.Answer{
			Together: rapid.Bool().Draw(t, "together"), State: seatmap.HoldState(rapid.IntRange(1, 5).Draw(t, "state")),
			ExtensionsLeft: rapid.Int32().Draw(t, "left"), Revision: rapid.Uint64Range(0, 1<<62).Draw(t, "revision"),
			ID: anyID.Draw(t, "id"), Buyer: anyText.Draw(t, "buyer"), Reference: anyText.Draw(t, "reference"),
			Currency: anyText.Draw(t, "currency"), ExpiresAtMillis: rapid.Int64Range(0, 253402300799999).Draw(t, "expires"),
			Total: rapid.Int64().Draw(t, "total"), Places: rapid.SliceOf(anyPlace).Draw(t, "places"),
		}
	})
)

// holdShape and orderShape are the contract's answers as encoding/json would write them: fields in the same order.
type placeShape struct {
	Seat     string `json:"seat,omitempty"`
	Table    string `json:"table,omitempty"`
	Area     string `json:"area,omitempty"`
	Quantity int32  `json:"quantity,omitempty"`
	Category string `json:"category"`
	Price    int64  `json:"price"`
	Ticket   string `json:"ticket,omitempty"`
}

type holdShape struct {
	Hold           string       `json:"hold"`
	Event          string       `json:"event"`
	Buyer          string       `json:"buyer"`
	State          string       `json:"state"`
	Together       bool         `json:"together"`
	Places         []placeShape `json:"places"`
	Total          int64        `json:"total"`
	Currency       string       `json:"currency"`
	ExpiresAt      *string      `json:"expires_at"`
	ExtensionsLeft int32        `json:"extensions_left"`
	Revision       uint64       `json:"revision"`
}

type orderShape struct {
	Order     string       `json:"order"`
	Event     string       `json:"event"`
	Hold      string       `json:"hold"`
	Buyer     string       `json:"buyer"`
	Reference string       `json:"reference"`
	State     string       `json:"state"`
	Together  bool         `json:"together"`
	Places    []placeShape `json:"places"`
	Total     int64        `json:"total"`
	Currency  string       `json:"currency"`
	Revision  uint64       `json:"revision"`
}

func shapeOf(p *seatmap.Place) placeShape {
	s := placeShape{Category: p.Category, Price: p.Price}
	switch p.Kind {
	case seatmap.PlaceSeat:
		s.Seat = p.Label
	case seatmap.PlaceTable:
		s.Table = p.Label
	case seatmap.PlaceArea:
		s.Area, s.Quantity = p.Label, p.Quantity
	}
	return s
}

func TestHoldIsWrittenAsEncodingJSONDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ans, event := anyAnswer.Draw(t, "answer"), anyText.Draw(t, "event")
		want := holdShape{
			Hold: ans.ID.String(), Event: event, Buyer: ans.Buyer, State: ans.State.String(), Together: ans.Together,
			Places: []placeShape{}, Total: ans.Total, Currency: ans.Currency, ExtensionsLeft: ans.ExtensionsLeft,
			Revision: ans.Revision,
		}
		for i := range ans.Places {
			want.Places = append(want.Places, shapeOf(&ans.Places[i]))
		}
		if ans.ExpiresAtMillis != 0 {
			text := momentText(ans.ExpiresAtMillis)
			want.ExpiresAt = &text
		}
		requireSame(t, want, func(w *writer) { encodeHold(w, event, ans) }, &client.Hold{})
	})
}

func TestOrderIsWrittenAsEncodingJSONDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ans, event := anyAnswer.Draw(t, "answer"), anyText.Draw(t, "event")
		want := orderShape{
			Order: ans.ID.String(), Event: event, Hold: ans.ID.String(), Buyer: ans.Buyer, Reference: ans.Reference,
			State: ans.State.String(), Together: ans.Together, Places: []placeShape{}, Total: ans.Total, Currency: ans.Currency,
			Revision: ans.Revision,
		}
		for i := range ans.Places {
			p := shapeOf(&ans.Places[i])
			p.Ticket = ans.ID.String() + "-" + string(appendTicketNumber(nil, ans.Places[i].Ticket))
			want.Places = append(want.Places, p)
		}
		requireSame(t, want, func(w *writer) { encodeOrder(w, event, ans) }, &client.Order{})
	})
}

// requireSame holds an encoder against encoding/json, byte for byte; its msgpack against its JSON; and the client's type
// against both.
func requireSame(t *rapid.T, want any, encode func(*writer), typed any) {
	asJSON, asMsgpack := newWriter(false), newWriter(true)
	defer asJSON.free()
	defer asMsgpack.free()
	encode(asJSON)
	encode(asMsgpack)
	if diff := cmp.Diff(standardJSON(t, want), string(asJSON.b)); diff != "" {
		t.Fatalf("JSON differs from encoding/json (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(valueOfJSON(t, asJSON.b), valueOfMsgpack(t, asMsgpack.b)); diff != "" {
		t.Fatalf("msgpack differs from JSON (-json +msgpack):\n%s", diff)
	}
	d := json.NewDecoder(bytes.NewReader(asJSON.b))
	d.DisallowUnknownFields()
	if err := d.Decode(typed); err != nil {
		t.Fatalf("the client does not read %s: %v", asJSON.b, err)
	}
}

// valueOfJSON reads JSON into maps, whole numbers as int64.
func valueOfJSON(t interface{ Fatalf(string, ...any) }, b []byte) any {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, b)
	}
	return withNumbers(v)
}

// valueOfMsgpack reads msgpack into maps, whole numbers as int64.
func valueOfMsgpack(t interface{ Fatalf(string, ...any) }, b []byte) any {
	d := msgpack.NewDecoder(bytes.NewReader(b))
	d.UseLooseInterfaceDecoding(true)
	v, err := d.DecodeInterfaceLoose()
	if err != nil {
		t.Fatalf("not msgpack: %v\n%x", err, b)
	}
	if n := d.Buffered(); n != nil {
		if rest, _ := n.Read(make([]byte, 1)); rest != 0 {
			t.Fatalf("bytes follow the msgpack value %x", b)
		}
	}
	return v
}

func TestPooledWriterForgetsWhatItWrote(t *testing.T) {
	first := newWriter(true)
	first.beginObject()
	first.free()
	again := newWriter(false)
	defer again.free()
	again.beginObject()
	again.endObject()
	if string(again.b) != "{}" {
		t.Fatalf("got %q", again.b)
	}
}

func momentText(millis int64) string {
	return time.UnixMilli(millis).UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
