package chart_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const hallCanonical = `{"name":"Hallenstadion","focal_point":{"x":0,"y":0},` +
	`"categories":[{"key":"1","name":"Front","color":"#c0392b"},{"key":"2","name":"Standing"}],` +
	`"sections":[{"key":"A","name":"Block A","category":"1","rows":[{"key":"1","category":"1","seats":[` +
	`{"key":"1","x":10,"y":20,"accessible":true},{"key":"2","category":"2","x":15,"y":20,"companion":true,"aisle_after":true},` +
	`{"key":"3","x":20,"y":20,"rank":7,"restricted_view":true}]},` +
	`{"key":"2","rank":900,"seats":{"count":24,"first":1,"x":10,"y":30,"dx":5}}]}],` +
	`"areas":[{"key":"Floor","name":"Standing","category":"2","capacity":6000,"x":1,"y":2,"width":30,"height":40}],` +
	`"tables":[{"key":"T1","category":"1","seats":8,"book":"whole","x":1},{"key":"T2","category":"1","seats":2,"book":"seat"}]}`

func TestCanonicalFormNeverChanges(t *testing.T) {
	if got := string(parse(t, hall).Canonical()); got != hallCanonical {
		t.Errorf("got  %s\nwant %s", got, hallCanonical)
	}
}

func TestEqualContentHasEqualBytes(t *testing.T) {
	var tight bytes.Buffer
	if err := json.Compact(&tight, []byte(hall)); err != nil {
		t.Fatal(err)
	}
	var anything any // fields sorted by name, numbers as floats
	if err := json.Unmarshal([]byte(hall), &anything); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(anything)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"without space":         tight.String(),
		"fields sorted":         string(sorted),
		"canonical":             hallCanonical,
		"numbers spelt anew":    change(t, change(t, hall, `"x": 10`, `"x": 1.0e+1`), `"capacity": 6000`, `"capacity": 6.0E3`),
		"minus zero":            change(t, hall, `"dy": 0`, `"dy": -0.0`),
		"texts escaped":         change(t, hall, `"Hallenstadion"`, `"\u0048allenstadion"`),
		"empty fields left out": change(t, hall, `, "companion": false, "restricted_view": false`, ``),
	} {
		if got := string(parse(t, text).Canonical()); got != hallCanonical {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// reformat writes a JSON value with its fields in any order and space wherever it may stand.
func reformat(t *rapid.T, value any) string {
	space := func() string { return rapid.SampledFrom([]string{"", "", " ", "\n\t"}).Draw(t, "space") }
	switch v := value.(type) {
	case map[string]any:
		var fields []string
		for _, name := range rapid.Permutation(slices.Sorted(maps.Keys(v))).Draw(t, "order") {
			fields = append(fields, fmt.Sprintf("%s%q%s:%s", space(), name, space(), reformat(t, v[name])))
		}
		return space() + "{" + strings.Join(fields, space()+",") + "}" + space()
	case []any:
		var elements []string
		for _, element := range v {
			elements = append(elements, reformat(t, element))
		}
		return space() + "[" + strings.Join(elements, ",") + "]" + space()
	case float64:
		form := rapid.SampledFrom([]string{"%g", "%.3f", "%e", "%E"}).Draw(t, "form")
		return space() + fmt.Sprintf(form, v) + space()
	}
	b, _ := json.Marshal(value)
	return space() + string(b) + space()
}

func TestCanonicalFormIgnoresEveryFormatting(t *testing.T) {
	var value any
	if err := json.Unmarshal([]byte(hall), &value); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		if got := string(parse(t, reformat(rt, value)).Canonical()); got != hallCanonical {
			rt.Fatal(got)
		}
	})
}

func TestOtherContentHasOtherBytes(t *testing.T) {
	for old, with := range map[string]string{
		`"rank": 7`:               `"rank": 0`,
		`"aisle_after": true`:     `"aisle_after": false`,
		`"x": 10`:                 `"x": 10.000001`,
		`"first": 1`:              `"first": 2`,
		`"Front"`:                 `"<Front> & back"`,
		`"width": 30`:             `"width": 31`,
		`"focal_point": {"x": 0`:  `"focal_point": {"x": 1`,
		`{"count": 24`:            `{"count": 25`,
		`"Hallenstadion", "focal`: `"Hallenstadion ", "focal`,
	} {
		if string(parse(t, change(t, hall, old, with)).Canonical()) == hallCanonical {
			t.Errorf("%s has the same bytes as %s", with, old)
		}
	}
}

func TestCanonicalFormIsReadBackExactly(t *testing.T) {
	doc := parse(t, change(t, hall, `"Front"`, `"<Front> & „back“"`))
	again := parse(t, string(doc.Canonical()))
	if diff := cmp.Diff(doc, again); diff != "" {
		t.Error(diff)
	}
}
