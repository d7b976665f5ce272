package httpapi

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/actors/seatmap"
)

// generic reads any value of a source, whole numbers as int64 and others as nil.
func generic(d *decoder) any {
	switch d.src.peek() {
	case tokenObject:
		object := map[string]any{}
		d.entries(func(name string) { object[name] = generic(d) })
		return object
	case tokenArray:
		list := []any{}
		d.array(1<<30, func() { list = append(list, generic(d)) })
		return list
	case tokenText:
		return d.src.text()
	case tokenNumber:
		if v, whole := d.src.integer(); whole {
			return v
		}
		return nil
	case tokenBool:
		return d.src.boolean()
	case tokenNull:
		d.src.null()
	}
	return nil
}

// wholeOnly makes of a value by encoding/json what generic makes.
func wholeOnly(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, element := range v {
			v[key] = wholeOnly(element)
		}
	case []any:
		for i, element := range v {
			v[i] = wholeOnly(element)
		}
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return nil
		}
		n, err := v.Int64()
		if err != nil {
			return nil
		}
		return n
	}
	return v
}

func FuzzJSONIsReadAsEncodingJSONDoes(f *testing.F) {
	for _, seed := range []string{
		`{"buyer": "b-81", "seats": ["A-1-1", "A-1-2"]}`, ` {"a":[1,-2,3.5,1e3,true,false,null,"\u00e4\ud83c\udfad\n"]} `,
		`[1,]`, `{"a" 1}`, `{"a":1}}`, `"\ud800"`, `01`, `-`, `1.`, `"` + "\x01" + `"`, `[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]`,
		`nul`, `tru`, ``, `9223372036854775808`, "\"\xff\"", `{"a":1,"a":2}`, `-0`, `{"\u0061":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got any
		refused := decodeBody(body, false, func(d *decoder) { got = generic(d) })
		standard := json.NewDecoder(bytes.NewReader(body))
		standard.UseNumber()
		var want any
		if !json.Valid(body) {
			if refused == nil {
				t.Fatalf("read as %v what is no JSON", got)
			}
			return
		}
		if err := standard.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if refused != nil {
			// Stricter than the grammar on purpose: depth, lone surrogates, bytes that are not UTF-8.
			if bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > maxBodyDepth ||
				bytes.Contains(bytes.ToLower(body), []byte(`\ud`)) || !utf8.Valid(body) {
				return
			}
			t.Fatalf("refused %q: %s", body, refused.detail)
		}
		if diff := cmp.Diff(wholeOnly(want), got); diff != "" {
			t.Fatalf("(-encoding/json +ours)\n%s", diff)
		}
	})
}

func FuzzMsgpackIsReadAsTheLibraryDoes(f *testing.F) {
	for _, v := range []any{
		map[string]any{"buyer": "b-81", "seats": []string{"A-1-1"}},
		[]any{1, -2, 1 << 40, -1 << 40, true, nil, 2.5},
		strings.Repeat("x", 300),
		map[string]any{},
		uint64(1 << 63), []byte("binary"),
	} {
		b, err := msgpack.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-1])
	}
	f.Add([]byte{0xdf, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{0xdb, 0xff, 0xff, 0xff, 0xff, 'a'})
	f.Add(bytes.Repeat([]byte{0x91}, 1<<16))
	f.Fuzz(func(t *testing.T, body []byte) {
		var got any
		if decodeBody(body, true, func(d *decoder) { got = generic(d) }) != nil {
			return
		}
		again, err := msgpack.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		standard := msgpack.NewDecoder(bytes.NewReader(body))
		standard.UseLooseInterfaceDecoding(true)
		want, err := standard.DecodeInterfaceLoose()
		if err != nil {
			t.Fatalf("the library refuses what was read as %v: %v", got, err)
		}
		if diff := cmp.Diff(valueOfMsgpack(t, again), wholeLoose(want)); diff != "" {
			t.Fatalf("(-ours +library)\n%s", diff)
		}
	})
}

// wholeLoose makes of a value by the msgpack library what generic makes.
func wholeLoose(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, element := range v {
			v[key] = wholeLoose(element)
		}
	case []any:
		for i, element := range v {
			v[i] = wholeLoose(element)
		}
	case float64:
		return nil
	case uint64:
		if v > 1<<63-1 {
			return nil
		}
		return int64(v)
	}
	return v
}

func decodedHold(body string) (*seatmap.Request, *problem) {
	r := &seatmap.Request{Op: seatmap.OpHold}
	return r, decodeBody([]byte(body), false, func(d *decoder) { decodeClaim(d, r) })
}

func TestHoldBodyIsReadWhole(t *testing.T) {
	got, p := decodedHold(`{"buyer":"b-81","seats":["A-1-1","A\u002d2"],"areas":[{"area":"Floor","quantity":2}],"tables":[{"table":"T1"}]}`)
	if p != nil {
		t.Fatal(p)
	}
	want := &seatmap.Request{Op: seatmap.OpHold, Buyer: "b-81", Add: seatmap.Selection{
		Seats: []string{"A-1-1", "A-2"}, Areas: []seatmap.AreaQuantity{{Area: "Floor", Quantity: 2}}, Tables: []string{"T1"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
}

// TestBadBodiesAreRefusedByFieldPath is the table of what a typo, a wrong type or an attack looks like.
func TestBadBodiesAreRefusedByFieldPath(t *testing.T) {
	many := func(n int, element string) string { return strings.TrimSuffix(strings.Repeat(element+",", n), ",") }
	for name, c := range map[string]struct {
		body string
		want []fieldError // nil = malformed
	}{
		"unknown field":             {`{"seats":["A-1"],"byer":"b"}`, []fieldError{{"byer", "is not a known field"}}},
		"unknown field deep inside": {`{"areas":[{"area":"F","quantity":1},{"area":"F","quantity":1,"row":{"a":[1]}}]}`, []fieldError{{"areas[1].row", "is not a known field"}}},
		"field named twice":         {`{"buyer":"a","buyer":"b","seats":["A"]}`, []fieldError{{"buyer", "is named twice"}}},
		"escaped name twice":        {`{"buyer":"a","\u0062uyer":"b","seats":["A"]}`, []fieldError{{"buyer", "is named twice"}}},
		"other case":                {`{"Seats":["A"],"seats":["A"]}`, []fieldError{{"Seats", "is not a known field"}}},
		"number for a text":         {`{"seats":["A-1",7]}`, []fieldError{{"seats[1]", "must be a string"}}},
		"text for a list":           {`{"seats":"A-1"}`, []fieldError{{"seats", "must be an array"}}},
		"text for a number":         {`{"areas":[{"area":"F","quantity":"2"}]}`, []fieldError{{"areas[0].quantity", "must be a whole number"}}},
		"fraction":                  {`{"areas":[{"area":"F","quantity":1.5}]}`, []fieldError{{"areas[0].quantity", "must be a whole number"}}},
		"exponent":                  {`{"areas":[{"area":"F","quantity":1e2}]}`, []fieldError{{"areas[0].quantity", "must be a whole number"}}},
		"zero quantity":             {`{"areas":[{"area":"F","quantity":0}]}`, []fieldError{{"areas[0].quantity", "must be at least 1"}}},
		"negative quantity":         {`{"areas":[{"area":"F","quantity":-3}]}`, []fieldError{{"areas[0].quantity", "must be at least 1"}}},
		"quantity beyond 64 bits":   {`{"areas":[{"area":"F","quantity":99999999999999999999}]}`, []fieldError{{"areas[0].quantity", "must be a whole number"}}},
		"missing quantity":          {`{"areas":[{"area":"F"}]}`, []fieldError{{"areas[0].quantity", "is required"}}},
		"null":                      {`{"seats":null}`, []fieldError{{"seats", "must be an array"}}},
		"no object":                 {`["A-1"]`, []fieldError{{"", "must be an object"}}},
		"nothing named":             {`{"buyer":"b"}`, []fieldError{{"seats", "name seats, areas or tables, or wish for the best available"}}},
		"no object in a list":       {`{"areas":[7]}`, []fieldError{{"areas[0]", "must be an object"}}},
		"a reference":               {`{"seats":["A"],"reference":"psp-1"}`, []fieldError{{"reference", "is not a known field"}}},
		"empty label":               {`{"seats":[""]}`, []fieldError{{"seats[0]", "must not be empty"}}},
		"long label":                {`{"seats":["` + strings.Repeat("x", 65) + `"]}`, []fieldError{{"seats[0]", "must have at most 64 bytes"}}},
		"long buyer":                {`{"buyer":"` + strings.Repeat("x", 129) + `","seats":["A"]}`, []fieldError{{"buyer", "must have at most 128 bytes"}}},
		"control character":         {`{"buyer":"a\u0000b","seats":["A"]}`, []fieldError{{"buyer", "must not have control characters"}}},
		"control character C1":      {`{"buyer":"a\u0085b","seats":["A"]}`, []fieldError{{"buyer", "must not have control characters"}}},
		"1001 seats":                {`{"seats":[` + many(1001, `"A"`) + `]}`, []fieldError{{"seats", "must have at most 1000 elements"}}},
		"1001 places":               {`{"seats":["A"],"areas":[{"area":"F","quantity":1000}]}`, []fieldError{{"areas", "a hold has at most 1000 places"}}},
		"two at once":               {`{"seats":[1],"byer":2}`, []fieldError{{"seats[0]", "must be a string"}, {"byer", "is not a known field"}}},
		"more errors than are told": {`{"seats":[` + many(100, `1`) + `]`, many16("seats[", "]", "must be a string")},

		"nothing":                {``, nil},
		"truncated":              {`{"seats":["A-1"`, nil},
		"trailing garbage":       {`{"seats":["A-1"]} x`, nil},
		"two bodies":             {`{"seats":["A-1"]}{"seats":["A-1"]}`, nil},
		"trailing comma":         {`{"seats":["A-1",]}`, nil},
		"single quotes":          {`{'seats':['A-1']}`, nil},
		"raw control":            {"{\"buyer\":\"a\nb\"}", nil},
		"bytes that are no text": {"{\"buyer\":\"\xff\"}", nil},
		"lone surrogate":         {`{"buyer":"\ud800"}`, nil},
		"nested too deeply":      {`{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, p := decodedHold(c.body)
			switch {
			case p == nil:
				t.Fatal("it was taken")
			case c.want == nil && p.code != codeMalformed:
				t.Fatalf("got %s %v, want malformed", p.code, p.errors)
			case c.want != nil:
				if diff := cmp.Diff(c.want, p.errors); diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}

func many16(before, after, reason string) (errs []fieldError) {
	for i := range maxBodyErrors {
		errs = append(errs, fieldError{before + string(appendTicketNumber(nil, uint32(i))) + after, reason})
	}
	return errs
}

func TestTruncatedMsgpackIsMalformedAtEveryLength(t *testing.T) {
	body, err := msgpack.Marshal(map[string]any{
		"buyer": strings.Repeat("b", 40), "seats": []string{"A-1-1", "A-1-2"}, "areas": []any{map[string]any{"area": "F", "quantity": 70000}},
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) *problem {
		return decodeBody(b, true, func(d *decoder) { decodeClaim(d, &seatmap.Request{Op: seatmap.OpHold}) })
	}
	for n := range body {
		if p := read(body[:n]); p == nil || p.code != codeMalformed {
			t.Fatalf("%d of %d bytes: %+v", n, len(body), p)
		}
	}
	if p := read(append(body, 0)); p == nil || p.code != codeMalformed {
		t.Fatalf("a byte too many: %+v", p)
	}
	if p := read(body); p == nil || p.code != codeInvalid { // 70,000 places
		t.Fatalf("whole: %+v", p)
	}
}

func TestMsgpackIsAsStrictAsJSON(t *testing.T) {
	for _, body := range []any{
		map[string]any{"seats": []string{"A"}, "byer": "b"},
		map[string]any{"seats": []any{7}},
		map[string]any{"areas": []any{map[string]any{"area": "F", "quantity": 1.0}}},
		map[string]any{"areas": []any{map[string]any{"area": "F", "quantity": -1}}},
		[]any{},
		map[string]any{"seats": []any{nil}},
	} {
		asMsgpack, err := msgpack.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		asJSON = bytes.ReplaceAll(asJSON, []byte(`"quantity":1}`), []byte(`"quantity":1.0}`)) // encoding/json drops the fraction
		want, got := &seatmap.Request{}, &seatmap.Request{}
		p1 := decodeBody(asJSON, false, func(d *decoder) { decodeClaim(d, want) })
		p2 := decodeBody(asMsgpack, true, func(d *decoder) { decodeClaim(d, got) })
		if p1 == nil || p2 == nil || !cmp.Equal(p1.errors, p2.errors) {
			t.Fatalf("%s: JSON %+v, msgpack %+v", asJSON, p1, p2)
		}
	}
}
