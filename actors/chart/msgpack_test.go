package chart_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/actors/chart"
)

// asMsgpack has the msgpack library write what the JSON says.
func asMsgpack(t testing.TB, text string) []byte {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	b, err := msgpack.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMsgpackHasTheSameContent(t *testing.T) {
	doc, err := chart.ParseMsgpack(asMsgpack(t, hall))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(doc.Canonical()); got != hallCanonical {
		t.Error(got)
	}
}

func TestMsgpackMeetsTheSameRules(t *testing.T) {
	_, err := chart.ParseMsgpack(asMsgpack(t, change(t, hall, `"accessible"`, `"wheelchair"`)))
	if p := found(t, err); len(p) != 1 || p[0].Field != "sections[0].rows[0].seats[0].wheelchair" {
		t.Errorf("%+v", p)
	}
}

func TestBadMsgpackIsMalformed(t *testing.T) {
	good := asMsgpack(t, hall)
	nan, _ := msgpack.Marshal(map[string]any{"focal_point": map[string]any{"x": math.NaN()}})
	for name, b := range map[string][]byte{
		"nothing":               {},
		"cut":                   good[:len(good)-1],
		"more behind it":        append(bytes.Clone(good), 0xc0),
		"a number for a name":   {0x81, 0x01, 0x01},
		"binary data":           {0x81, 0xa4, 'n', 'a', 'm', 'e', 0xc4, 0x01, 'x'},
		"an extension":          {0x81, 0xa4, 'n', 'a', 'm', 'e', 0xd4, 0x01, 'x'},
		"the unused code":       {0xc1},
		"not UTF-8":             {0x81, 0xa4, 'n', 'a', 'm', 'e', 0xa1, 0xff},
		"not a number":          nan,
		"nested without end":    bytes.Repeat([]byte{0x91}, 1<<20),
		"a list of 4 billion":   {0xdd, 0xff, 0xff, 0xff, 0xff, 0x01},
		"an object without end": {0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 'x', 0x01},
		"a text of 4 GiB":       {0xdb, 0xff, 0xff, 0xff, 0xff, 'x'},
	} {
		_, err := chart.ParseMsgpack(b)
		var malformed *chart.Malformed
		if !errors.As(err, &malformed) {
			t.Errorf("%s: %v, want malformed", name, err)
		}
	}
}

func TestMsgpackAbove16MiBIsTooLarge(t *testing.T) {
	// As JSON a control character takes six bytes.
	small, err := msgpack.Marshal(map[string]string{"name": strings.Repeat("\x01", chart.MaxDocumentBytes/5)})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"as msgpack": make([]byte, chart.MaxDocumentBytes+1), "as JSON": small} {
		if _, err := chart.ParseMsgpack(b); !errors.Is(err, chart.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
