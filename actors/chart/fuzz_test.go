package chart_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/seatmap"
)

// sound checks what holds for every input, good or bad.
func sound(t *testing.T, doc *chart.Document, err error) {
	t.Helper()
	var malformed *chart.Malformed
	var invalid *chart.Invalid
	switch {
	case err == nil:
	case errors.As(err, &malformed):
		return
	case errors.As(err, &invalid):
		if n := len(invalid.Problems); n < 1 || n > chart.MaxProblems {
			t.Fatalf("%d problems", n)
		}
		return
	default:
		t.Fatal(err)
	}
	canonical := doc.Canonical()
	again, err := chart.Parse(canonical)
	if err != nil {
		t.Fatalf("%s: %v", canonical, err)
	}
	if diff := cmp.Diff(doc, again); diff != "" {
		t.Fatal(diff)
	}
	if !bytes.Equal(canonical, again.Canonical()) {
		t.Fatal("the canonical form of the canonical form is another one")
	}
	spec, err := doc.Compile()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seatmap.NewPlan(spec); err != nil {
		t.Fatalf("%s: %v", canonical, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(hall))
	f.Add([]byte(hallCanonical))
	f.Add([]byte(`{"categories":[{"key":"1"}],"areas":[{"key":"F","category":"1","capacity":1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := chart.Parse(b)
		sound(t, doc, err)
	})
}

func FuzzParseMsgpack(f *testing.F) {
	f.Add(asMsgpack(f, hall))
	f.Add(asMsgpack(f, `{"categories":[{"key":"1"}],"areas":[{"key":"F","category":"1","capacity":1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := chart.ParseMsgpack(b)
		sound(t, doc, err)
	})
}
