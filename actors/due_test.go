package actors

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/parterre/parterre/actors/seatmap"
)

func TestEventsWithALapsedHoldAreDue(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a", "b", "c")
	first := r.do(hold("b", 1, "A-1"), seatmap.CodeOK).ExpiresAtMillis
	second := r.do(hold("a", 2, "A-1"), seatmap.CodeOK).ExpiresAtMillis
	if first >= second {
		t.Fatalf("deadlines %d and %d", first, second)
	}
	want := func(nowMillis int64, limit int, keys ...string) {
		t.Helper()
		if got := r.Due(nowMillis, limit); !slices.Equal(got, keys) {
			t.Errorf("due: %v, want %v", got, keys)
		}
	}
	want(first-1, 10)
	want(first, 10, "b")
	want(second, 10, "b", "a")
	want(second, 1, "b")
	want(second, 0)

	r.nowMillis = second + 1
	r.do(expire("b"), seatmap.CodeOK)
	want(second, 10, "a")
	if got := r.status("b", "A-1"); got != seatmap.StatusFree {
		t.Errorf("A-1 of b is %v, want free", got)
	}
	r.do(expire("a"), seatmap.CodeOK)
	want(1<<62, 10)

	r.do(hold("c", 3, "A-1"), seatmap.CodeOK)
	r.do(confirm("c", 4, 3), seatmap.CodeOK)
	want(1<<62, 10)
}

func TestAnAgendaIsASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := make([]*agendaEntry, 40)
		for i := range entries {
			entries[i] = &agendaEntry{event: &Event{key: fmt.Sprintf("e%02d", i)}}
		}
		var a agenda
		model := map[*agendaEntry]int64{}
		due := func(now int64) (events []*Event) {
			for _, e := range slices.SortedFunc(maps.Keys(model), func(x, y *agendaEntry) int {
				return cmp.Or(cmp.Compare(model[x], model[y]), cmp.Compare(x.event.key, y.event.key))
			}) {
				if model[e] <= now {
					events = append(events, e.event)
				}
			}
			return events
		}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			e := rapid.SampledFrom(entries).Draw(t, "entry")
			at := rapid.Int64Range(0, 30).Draw(t, "at")
			want := due(at)
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0, 1:
				a.set(e, at)
				model[e] = at
			case 2:
				a.unset(e)
				delete(model, e)
			case 3:
				taken := a.take(at)
				if taken == nil && len(want) > 0 || taken != nil && (len(want) == 0 || taken != want[0]) {
					t.Fatalf("took %v of %d", taken, len(want))
				}
				maps.DeleteFunc(model, func(e *agendaEntry, _ int64) bool { return e.event == taken })
			case 4:
				limit := rapid.IntRange(0, 50).Draw(t, "limit")
				want = want[:min(limit, len(want))]
				if got := a.due(at, limit); !slices.Equal(got, want) {
					t.Fatalf("due at %d, limit %d: %d events, want %d", at, limit, len(got), len(want))
				}
			}
		}
	})
}
