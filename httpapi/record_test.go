package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/httpapi/client"
)

// notes is a recorder that keeps a line for everything it is told.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) add(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
}

func (n *notes) Decided(event string, r *seatmap.Request, ans *seatmap.Answer, status int) {
	line := fmt.Sprintf("%s %s %d %v", event, r.Op, status, r.Add.Seats)
	if r.Op != seatmap.OpHold && ans.Code == seatmap.CodeOK && ans.Buyer != "" {
		line += " of " + ans.Buyer
	}
	n.add(line)
}

func (n *notes) Looked(event, connection string, again bool) {
	n.add(fmt.Sprintf("%s looked %v %v", event, connection != "", again))
}

func TestARecorderIsToldWhatWasDecided(t *testing.T) {
	n := &notes{}
	h := newHouse(t, 1, func(o *Options) { o.Recorder = n })
	h.opening("opening")
	ctx := t.Context()
	hold, err := h.Hold(ctx, "opening", client.HoldRequest{Buyer: "b", Selection: client.Selection{Seats: []string{"A-1-1"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Hold(ctx, "opening", client.HoldRequest{Buyer: "c", Selection: client.Selection{Seats: []string{"A-1-1"}}}); err == nil {
		t.Fatal("a held seat was held")
	}
	if _, err := h.Extend(ctx, "opening", hold.Hold, 60); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := h.Confirm(ctx, "opening", client.ConfirmRequest{Hold: hold.Hold, Reference: "r"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Order(ctx, "opening", hold.Hold); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SeatMap(ctx, "opening"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.CancelOrder(ctx, "opening", hold.Hold); err != nil {
		t.Fatal(err)
	}
	if _, err := h.GetHold(ctx, "no-such-event", hold.Hold); err == nil {
		t.Fatal("an event that does not exist was read")
	}
	want := []string{
		"opening hold 201 [A-1-1]", "opening hold 409 [A-1-1]", "opening extend 200 [] of b", "opening confirm 201 [] of b",
		"opening confirm 200 [] of b", "opening get_order 200 [] of b", "opening looked true false", "opening cancel 200 [] of b",
	}
	if !slices.Equal(n.lines, want) {
		t.Errorf("%q\nwant %q", n.lines, want)
	}
}

func TestOperationsOfABatchAreRecordedOneByOne(t *testing.T) {
	n := &notes{}
	h := newHouse(t, 1, func(o *Options) { o.Recorder = n })
	h.opening("opening")
	body := `{"operations":[{"op":"hold","event":"opening","body":{"seats":["A-1-1"]}},{"op":"sale","event":"opening","body":{"seats":["A-1-2"]}}]}`
	if r := h.raw(http.MethodPost, "/v1/batch", body); r.status != http.StatusOK {
		t.Fatalf("status %d", r.status)
	}
	slices.Sort(n.lines)
	if want := []string{"opening hold 201 [A-1-1]", "opening sale 201 [A-1-2]"}; !slices.Equal(n.lines, want) {
		t.Errorf("%q, want %q", n.lines, want)
	}
}

func TestADescribedEventCanBeSetUpAgain(t *testing.T) {
	h := newHouse(t, 1)
	h.opening("opening")
	d, err := Describe(h.cluster.Node(0), "opening")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.PutChart(t.Context(), "again", d.Document); err != nil {
		t.Fatal(err)
	}
	settings := map[string]any{}
	if err := json.Unmarshal(d.Settings, &settings); err != nil {
		t.Fatal(err)
	}
	settings["chart"] = "again"
	body, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	if r := h.raw(http.MethodPut, "/v1/events/again", string(body)); r.status != http.StatusCreated {
		t.Errorf("status %d: %s", r.status, r.body)
	}
	if _, err := h.Hold(t.Context(), "again", client.HoldRequest{Selection: client.Selection{Seats: []string{"A-1-1"}}}); err != nil {
		t.Error(err)
	}
	if _, err := Describe(h.cluster.Node(0), "none"); err == nil {
		t.Error("an event that does not exist was described")
	}
}
