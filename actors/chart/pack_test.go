package chart_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

func pack(t testing.TB, doc *chart.Document) *command.Chart {
	t.Helper()
	packed, err := chart.Pack(doc, "hall")
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestPackedChartIsUnpackedAgain(t *testing.T) {
	packed := pack(t, parse(t, hall))
	document, err := chart.UnpackDocument(packed.Document)
	if err != nil || string(document) != hallCanonical || packed.Content != sha256.Sum256(document) {
		t.Errorf("document %s, hash %x: %v", document, packed.Content, err)
	}
	plan, err := unpackPlan(packed.PlanCode)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Hash() != packed.Plan || plan.Slots() != 3+24+2+1 || packed.Name != "hall" {
		t.Errorf("plan %x of %d slots, want %x", plan.Hash(), plan.Slots(), packed.Plan)
	}
	for label, wantSlot := range map[string]uint32{"A-1-1": 0, "A-2-24": 26, "T2-1": 27, "T1": 29} {
		if slot, ok := plan.Slot(label); !ok || slot != wantSlot {
			t.Errorf("%s has slot %d (%v), want %d", label, slot, ok, wantSlot)
		}
	}
}

func TestPackingIsDeterministic(t *testing.T) {
	first, second := pack(t, parse(t, hall)), pack(t, parse(t, hallCanonical))
	if !bytes.Equal(first.Document, second.Document) || !bytes.Equal(first.PlanCode, second.PlanCode) ||
		first.Content != second.Content || first.Plan != second.Plan {
		t.Error("equal drawings are packed differently")
	}
}

func TestPackedChartIsAValidCommand(t *testing.T) {
	packed := pack(t, parse(t, `{"categories": [{"key": "1"}], "sections": [{"category": "1", "rows": [{"seats": {"count": 200000, "dx": 5}}]}]}`))
	c := command.Command{Kind: command.KindPutChart, Chart: packed}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	plan, err := unpackPlan(packed.PlanCode)
	if err != nil || plan.Seats() != seatmap.MaxSeats {
		t.Fatal(err)
	}
}

func TestDamagedPackIsRefused(t *testing.T) {
	packed := pack(t, parse(t, hall))
	changed := bytes.Clone(packed.PlanCode)
	changed[len(changed)-1] ^= 1
	for name, b := range map[string][]byte{
		"nothing": nil, "garbage": []byte("garbage"), "cut": packed.PlanCode[:len(packed.PlanCode)-1], "changed": changed,
		"more behind it": append(bytes.Clone(packed.PlanCode), 0), "twice": bytes.Repeat(packed.PlanCode, 2),
	} {
		if _, err := unpackPlan(b); !errors.Is(err, chart.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := unpackPlan(packed.Document); !errors.Is(err, seatmap.ErrBadPlan) {
		t.Errorf("a drawing for a plan: %v", err)
	}
}

func TestInvalidDocumentIsNotPacked(t *testing.T) {
	doc := parse(t, hall)
	doc.Areas[0].Capacity = 0
	_, err := chart.Pack(doc, "hall")
	if p := found(t, err); p[0].Field != "areas[0].capacity" {
		t.Errorf("%+v", p)
	}
}

// unpackPlan is what a replica does with a packed plan, but for the hash.
func unpackPlan(packed []byte) (*seatmap.Plan, error) {
	code, err := chart.UnpackPlanCode(packed)
	if err != nil {
		return nil, err
	}
	return seatmap.DecodePlan(code)
}
