package trace

import (
	"reflect"
	"testing"
)

func TestAPackedRecordIsTheSameAgain(t *testing.T) {
	records := []Record{
		{AtMicros: 5, Shopper: 7, Action: Look, Device: 3},
		{
			AtMicros: 1 << 40, Shopper: maxShopper, Event: 9, Slot: 15, Action: Hold, If: IfRefused, Way: WayBest, Quantity: 4, Accessible: 1,
			Categories: []uint32{2}, Sections: []uint32{3}, Places: []Place{{Kind: Area, Index: 1, Quantity: 2}},
		},
		{AtMicros: 9, Action: Change, Places: []Place{{Index: 4}}, Removed: []Place{{Index: 5}}, Anonymous: true},
		{AtMicros: 10, Action: Cancel, Tickets: []uint32{0, 2}, Last: true, Bot: true, Recorded: true, Status: 201, Reference: 1 << 63},
	}
	var packed []byte
	for i := range records {
		packed = records[i].AppendPacked(packed)
	}
	var got Record
	for i := range records {
		var ok bool
		if packed, ok = got.Unpack(packed); !ok {
			t.Fatalf("record %d cannot be read", i)
		}
		want := records[i]
		for _, list := range []*[]uint32{&want.Categories, &want.Sections, &want.Tickets} {
			*list = append([]uint32{}, *list...)
		}
		want.Places, want.Removed = append([]Place{}, want.Places...), append([]Place{}, want.Removed...)
		seen := got
		for _, list := range []*[]uint32{&seen.Categories, &seen.Sections, &seen.Tickets} {
			*list = append([]uint32{}, *list...)
		}
		seen.Places, seen.Removed = append([]Place{}, seen.Places...), append([]Place{}, seen.Removed...)
		if !reflect.DeepEqual(seen, want) {
			t.Errorf("record %d: %+v, want %+v", i, seen, want)
		}
	}
	if _, ok := got.Unpack(packed); ok || len(packed) > 0 {
		t.Errorf("%d bytes are left over", len(packed))
	}
}
