package venue

import (
	"encoding/json"
	"testing"
)

func TestAnArenaHasExactlyTheSeatsAskedFor(t *testing.T) {
	for _, seats := range []int{1, 24, 1_000, 30_000, 50_000} {
		a := NewArena(seats)
		seen := map[string]bool{}
		for _, row := range a.Rows {
			for _, label := range row.Labels {
				seen[label] = true
			}
		}
		if len(seen) != seats {
			t.Errorf("%d seats asked for: %d distinct labels", seats, len(seen))
		}
		if !json.Valid(a.Document) {
			t.Errorf("%d seats: the document is not JSON", seats)
		}
	}
}
