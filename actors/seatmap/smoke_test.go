package seatmap

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func testSpec() *PlanSpec {
	spec := &PlanSpec{
		Categories: []CategorySpec{{Key: "1", Name: "Front"}, {Key: "2", Name: "Back"}},
		Sections:   []SectionSpec{{Key: "A"}, {Key: "B"}},
		Areas:      []AreaSpec{{Key: "Floor", Category: 1, Section: 1, Capacity: 12}, {Key: "Bar", Category: 0, Section: -1, Capacity: 5}},
		Tables: []TableSpec{
			{Key: "T1", Category: 0, Whole: true, Seats: make([]SeatSpec, 8)},
			{Key: "T2", Category: 1, Seats: []SeatSpec{{Label: "T2-1", Category: 1}, {Label: "T2-2", Category: 1}}},
		},
	}
	for r, key := range []string{"1", "2"} {
		row := RowSpec{Section: r, Key: key}
		for _, n := range []string{"1", "2", "3", "4", "5"} {
			row.Seats = append(row.Seats, SeatSpec{Label: "A-" + key + "-" + n, Category: r, AisleAfter: n == "3"})
		}
		spec.Rows = append(spec.Rows, row)
	}
	return spec
}

func TestSmoke(t *testing.T) {
	plan, err := NewPlan(testSpec())
	if err != nil {
		t.Fatal(err)
	}
	code := plan.AppendBinary(nil)
	again, err := DecodePlan(code)
	if err != nil || again.Hash() != plan.Hash() {
		t.Fatal(err)
	}
	for seed := range uint64(300) {
		smoke(t, plan, seed)
	}
}

func smoke(t *testing.T, plan *Plan, seed uint64) {
	c := DefaultConfig()
	c.State, c.Prices, c.PlacesPerBuyer = SaleOn, []CategoryPrice{{"2", 50}, {"1", 100}}, 12
	m, err := New(plan, &c)
	if err != nil {
		t.Fatal(err)
	}
	twin, _ := New(plan, &c)
	r := rand.New(rand.NewPCG(seed, 1))
	now := int64(1_000_000)
	var ids []ID
	codes := map[string]int{}
	for i := range 120 {
		now += r.Int64N(200_000)
		if r.IntN(40) == 0 {
			now += KeyLifeMillis / 2
		}
		req := Request{Op: Op(1 + r.IntN(13)), CallerKey: r.IntN(2) == 0, Retake: r.IntN(2) == 0, Limit: 1}
		req.Key[0], req.Key[1] = byte(r.IntN(250)), 1
		req.Fingerprint = uint64(r.IntN(20) / 19)
		req.ID[0], req.ID[1] = byte(i), 1
		req.Buyer = []string{"", "anna", "ben"}[r.IntN(3)]
		req.Reference = []string{"", "psp"}[r.IntN(2)]
		req.TTLSeconds = 300
		pick := func(s *Selection) {
			for range r.IntN(4) {
				s.Seats = append(s.Seats, plan.Label(uint32(r.IntN(plan.Seats()))))
			}
			if r.IntN(4) == 0 {
				s.Tables = append(s.Tables, "T1")
			}
			if r.IntN(2) == 0 {
				s.Areas = append(s.Areas, AreaQuantity{"Floor", int32(1 + r.IntN(4))})
			}
		}
		pick(&req.Add)
		if req.Op == OpHold || req.Op == OpSale {
			ids = append(ids, req.ID)
		} else if len(ids) > 0 {
			req.ID = ids[len(ids)-1-r.IntN(min(len(ids), 5))]
		}
		if req.Op == OpChange && r.IntN(2) == 0 {
			pick(&req.Remove)
		}
		if req.Op == OpCancel && r.IntN(2) == 0 {
			req.Tickets = append(req.Tickets, uint32(r.IntN(plan.Slots()+10)))
		}
		if req.Op == OpConfigure {
			if r.IntN(5) > 0 {
				continue
			}
			req.Patch = &ConfigPatch{Set: FieldPrices, Config: Config{Prices: []CategoryPrice{{"1", r.Int64N(3)}, {"2", 2}}}}
		}
		var ans Answer
		m.Do(now, &req, &ans)
		codes[req.Op.String()+" "+ans.Code.String()]++
		twin.Do(now, &req, nil)
		if err := m.Check(); err != nil {
			t.Fatalf("seed %d step %d %s: %v", seed, i, req.Op, err)
		}
		if m.Hash() != twin.Hash() {
			t.Fatal("twins differ")
		}
		if i%10 == 0 {
			var b, b2 bytes.Buffer
			_ = m.Freeze().Encode(&b)
			m2, err := Restore(plan, bytes.NewReader(b.Bytes()))
			if err != nil {
				t.Fatalf("seed %d step %d: %v", seed, i, err)
			}
			_ = m2.Freeze().Encode(&b2)
			if !bytes.Equal(b.Bytes(), b2.Bytes()) {
				t.Fatal("bytes differ")
			}
			m = m2
		}
	}
	if seed == 0 {
		t.Log(codes)
	}
}
