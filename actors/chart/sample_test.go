package chart_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/chart"
)

// hall is the drawing of the HTTP contract, made whole, with everything that a drawing can have.
const hall = `{
  "name": "Hallenstadion", "focal_point": {"x": 0, "y": 0},
  "categories": [{"key": "1", "name": "Front", "color": "#c0392b"}, {"key": "2", "name": "Standing"}],
  "sections": [{"key": "A", "name": "Block A", "category": "1",
    "rows": [{"key": "1", "category": "1",
              "seats": [{"key": "1", "x": 10, "y": 20, "accessible": true, "companion": false, "restricted_view": false},
                        {"key": "2", "x": 15, "y": 20, "companion": true, "category": "2", "aisle_after": true},
                        {"key": "3", "x": 20, "y": 20, "restricted_view": true, "rank": 7}]},
             {"key": "2", "rank": 900, "seats": {"count": 24, "first": 1, "x": 10, "y": 30, "dx": 5, "dy": 0}}]}],
  "areas":  [{"key": "Floor", "name": "Standing", "category": "2", "capacity": 6000, "x": 1, "y": 2, "width": 30, "height": 40}],
  "tables": [{"key": "T1", "category": "1", "seats": 8, "book": "whole", "x": 1, "y": 0},
             {"key": "T2", "category": "1", "seats": 2, "book": "seat", "x": 0, "y": 0}]
}`

func parse(t testing.TB, text string) *chart.Document {
	t.Helper()
	doc, err := chart.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// change puts other text where old stands first.
func change(t testing.TB, text, old, with string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("no %q", old)
	}
	return strings.Replace(text, old, with, 1)
}

// found is what is wrong with a document.
func found(t testing.TB, err error) []chart.Problem {
	t.Helper()
	var invalid *chart.Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("%v, want a list of problems", err)
	}
	return invalid.Problems
}
