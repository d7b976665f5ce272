package chart_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"testing"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/seatmap"
)

func TestUnpackingIsBounded(t *testing.T) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range seatmap.MaxPlanCodeBytes/len(zeros) + 1 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := unpackPlan(b.Bytes()); !errors.Is(err, chart.ErrTooLarge) {
		t.Error(err)
	}
	if _, err := chart.UnpackDocument(b.Bytes()); !errors.Is(err, chart.ErrTooLarge) {
		t.Error(err)
	}
}
