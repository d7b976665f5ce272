package httpapi

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/actors/seatmap"
)

// readWish reads a body in JSON and the same in msgpack, and requires both to come to the same.
func readWish(t *testing.T, op seatmap.Op, body string) (*seatmap.Request, []fieldError) {
	t.Helper()
	packed, err := msgpack.Marshal(valueOfJSON(t, []byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(body []byte, msgpack bool) (*seatmap.Request, []fieldError) {
		r := &seatmap.Request{Op: op}
		if p := decodeBody(body, msgpack, func(d *decoder) { decodeClaim(d, r) }); p != nil {
			return nil, p.errors
		}
		return r, nil
	}
	r, errs := read([]byte(body), false)
	r2, errs2 := read(packed, true)
	byField := func(x, y fieldError) int { return strings.Compare(x.Field, y.Field) } // msgpack.Marshal shuffles fields
	slices.SortFunc(errs, byField)
	slices.SortFunc(errs2, byField)
	if diff := cmp.Diff(r, r2) + cmp.Diff(errs, errs2); diff != "" {
		t.Fatalf("(-JSON +msgpack)\n%s", diff)
	}
	return r, errs
}

func TestAWishIsReadWhole(t *testing.T) {
	got, errs := readWish(t, seatmap.OpSale, `{"buyer":"b-81","reference":"till","best_available":{"quantity":4,"categories":["1","2"],
		"sections":["A"],"together":"require","accessible":1,"min_price":5000,"max_price":12000},"areas":[{"area":"Floor","quantity":2}]}`)
	want := &seatmap.Request{
		Op: seatmap.OpSale, Buyer: "b-81", Reference: "till",
		Add: seatmap.Selection{Areas: []seatmap.AreaQuantity{{Area: "Floor", Quantity: 2}}},
		Wish: seatmap.Wish{
			Quantity: 4, Together: seatmap.TogetherRequire, Accessible: 1, Categories: []string{"1", "2"}, Sections: []string{"A"},
			MinPrice: 5000, MaxPrice: 12000,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || errs != nil {
		t.Fatal(errs, diff)
	}
	got, errs = readWish(t, seatmap.OpHold, `{"best_available":{"quantity":1}}`)
	if diff := cmp.Diff(&seatmap.Request{Op: seatmap.OpHold, Wish: seatmap.Wish{Quantity: 1}}, got); diff != "" || errs != nil {
		t.Fatal(errs, diff)
	}
	for word, together := range map[string]seatmap.Together{
		"prefer": seatmap.TogetherPrefer, "require": seatmap.TogetherRequire, "any": seatmap.TogetherAny,
	} {
		got, errs := readWish(t, seatmap.OpHold, `{"best_available":{"quantity":2,"together":"`+word+`"}}`)
		if errs != nil || got.Wish.Together != together {
			t.Errorf("%s: %v %+v", word, errs, got)
		}
	}
}

func TestBadWishesAreRefusedByFieldPath(t *testing.T) {
	both := "name seats or wish for the best available, not both"
	many := strings.TrimSuffix(strings.Repeat(`"A",`, 101), ",")
	for wish, want := range map[string]fieldError{
		`{}`:                                  {".quantity", "is required"},
		`{"together":"any"}`:                  {".quantity", "is required"},
		`7`:                                   {"", "must be an object"},
		`null`:                                {"", "must be an object"},
		`[4]`:                                 {"", "must be an object"},
		`{"quantity":0}`:                      {".quantity", "must be at least 1"},
		`{"quantity":-1}`:                     {".quantity", "must be at least 1"},
		`{"quantity":1001}`:                   {".quantity", "must be at most 1000"},
		`{"quantity":"4"}`:                    {".quantity", "must be a whole number"},
		`{"quantity":1.5}`:                    {".quantity", "must be a whole number"},
		`{"quantity":2,"row":"1"}`:            {".row", "is not a known field"},
		`{"quantity":2,"Together":"any"}`:     {".Together", "is not a known field"},
		`{"quantity":2,"together":"near"}`:    {".together", "must be one of prefer, require, any"},
		`{"quantity":2,"together":1}`:         {".together", "must be a string"},
		`{"quantity":2,"together":null}`:      {".together", "must be a string"},
		`{"quantity":2,"accessible":-1}`:      {".accessible", "must be at least 0"},
		`{"quantity":2,"accessible":3}`:       {".accessible", "must be at most the quantity"},
		`{"quantity":2,"accessible":true}`:    {".accessible", "must be a whole number"},
		`{"quantity":2,"categories":[]}`:      {".categories", "name categories, or leave the field out for all"},
		`{"quantity":2,"categories":"1"}`:     {".categories", "must be an array"},
		`{"quantity":2,"categories":["1",2]}`: {".categories[1]", "must be a string"},
		`{"quantity":2,"sections":[]}`:        {".sections", "name sections, or leave the field out for all"},
		`{"quantity":2,"sections":[""]}`:      {".sections[0]", "must not be empty"},
		`{"quantity":2,"sections":["` + strings.Repeat("x", 65) + `"]}`: {".sections[0]", "must have at most 64 bytes"},
		`{"quantity":2,"sections":[` + many + `]}`:                      {".sections", "must have at most 100 elements"},
		`{"quantity":2,"min_price":-1}`:                                 {".min_price", "must be at least 0"},
		`{"quantity":2,"min_price":1000000000001}`:                      {".min_price", "must be at most 1000000000000"},
		`{"quantity":2,"max_price":0}`:                                  {".max_price", "must be at least 1"},
		`{"quantity":2,"max_price":1000000000001}`:                      {".max_price", "must be at most 1000000000000"},
		`{"quantity":2,"min_price":12000,"max_price":11999}`:            {".max_price", "must be at least min_price"},
		`{"quantity":2},"seats":["A-1-1"]`:                              {"", both},
		`{"quantity":2},"seats":[]`:                                     {"", both},
		`{"quantity":999},"tables":[{"table":"T1"},{"table":"T2"}]`:     {".quantity", "a hold has at most 1000 places"},
	} {
		for _, op := range []seatmap.Op{seatmap.OpHold, seatmap.OpSale} {
			want.Field = "best_available" + strings.TrimPrefix(want.Field, "best_available")
			_, errs := readWish(t, op, `{"best_available":`+wish+`}`)
			if diff := cmp.Diff([]fieldError{want}, errs); diff != "" {
				t.Errorf("%s: %s", wish, diff)
			}
		}
	}
	if _, errs := readWish(t, seatmap.OpHold, `{"best_available":{"quantity":2,"max_price":1,"min_price":1,"accessible":2}}`); errs != nil {
		t.Errorf("what is just within the rules: %v", errs)
	}
}
