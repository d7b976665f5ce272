package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/parterre/parterre/httpapi/client"
)

// theatre has two sections at two prices. The nearer a seat is to its row's first, the better it is.
const theatre = `{"name": "Theatre", "focal_point": {"x": 0, "y": 0},
 "categories": [{"key": "1", "name": "Stalls"}, {"key": "2", "name": "Balcony"}, {"key": "3", "name": "Standing"}],
 "sections": [
  {"key": "A", "name": "Stalls", "category": "1", "rows": [
   {"key": "1", "seats": {"count": 6, "first": 1, "x": 10, "y": 30, "dx": 5, "dy": 0}},
   {"key": "2", "seats": [{"key": "1", "x": 10, "y": 40, "accessible": true}, {"key": "2", "x": 15, "y": 40}, {"key": "3", "x": 20, "y": 40}]}]},
  {"key": "B", "name": "Balcony", "category": "2", "rows": [
   {"key": "1", "seats": {"count": 6, "first": 1, "x": 10, "y": 90, "dx": 5, "dy": 0}}]}],
 "areas": [{"key": "Floor", "name": "Standing", "category": "3", "capacity": 100}]}`

// show puts the theatre and an event of it on sale.
func (h *house) show(event string, change ...func(*client.Settings)) {
	h.t.Helper()
	_, err := h.PutChart(h.ctx(), "theatre", client.Drawing(theatre))
	h.ok(err)
	s := client.Settings{
		Chart: "theatre", Currency: "CHF", Prices: map[string]int64{"1": 12000, "2": 6500, "3": 3000}, State: "on_sale",
	}
	for _, c := range change {
		c(&s)
	}
	_, err = h.PutEvent(h.ctx(), event, s)
	h.ok(err)
}

// labelsOf are the seats of a hold or order, in order of their labels.
func labelsOf(places []client.Place) (labels []string) {
	for _, p := range places {
		if p.Seat != "" {
			labels = append(labels, p.Seat)
		}
	}
	slices.Sort(labels)
	return labels
}

// best holds the best available and returns the seats.
func (h *house) best(event string, b client.BestAvailable) (*client.Hold, []string) {
	h.t.Helper()
	hold, err := h.Hold(h.ctx(), event, client.HoldRequest{BestAvailable: &b})
	h.ok(err)
	return hold, labelsOf(hold.Places)
}

func TestBestAvailable(t *testing.T) {
	h := newHouse(t, 1)
	for name, c := range map[string]struct {
		wish  client.BestAvailable
		want  []string
		apart bool
		price int64
	}{
		"the best seats":                 {wish: client.BestAvailable{Quantity: 2}, want: []string{"A-1-1", "A-1-2"}, price: 12000},
		"of a section":                   {wish: client.BestAvailable{Quantity: 2, Sections: []string{"B"}}, want: []string{"B-1-1", "B-1-2"}, price: 6500},
		"of a category":                  {wish: client.BestAvailable{Quantity: 3, Categories: []string{"2", "3"}}, want: []string{"B-1-1", "B-1-2", "B-1-3"}, price: 6500},
		"that cost little":               {wish: client.BestAvailable{Quantity: 2, MaxPrice: 6500}, want: []string{"B-1-1", "B-1-2"}, price: 6500},
		"that cost much":                 {wish: client.BestAvailable{Quantity: 2, MinPrice: 6501, MaxPrice: 12000}, want: []string{"A-1-1", "A-1-2"}, price: 12000},
		"one of them accessible":         {wish: client.BestAvailable{Quantity: 2, Accessible: 1}, want: []string{"A-2-1", "A-2-2"}, price: 12000},
		"a row is full":                  {wish: client.BestAvailable{Quantity: 6, Together: "require"}, want: []string{"A-1-1", "A-1-2", "A-1-3", "A-1-4", "A-1-5", "A-1-6"}, price: 12000},
		"wherever they are":              {wish: client.BestAvailable{Quantity: 1, Together: "any", Sections: []string{"B"}}, want: []string{"B-1-1"}, price: 6500},
		"split where no row has so many": {wish: client.BestAvailable{Quantity: 8, Sections: []string{"A"}}, apart: true, price: 12000},
	} {
		t.Run(name, func(t *testing.T) {
			event := strings.ReplaceAll(name, " ", "-")
			h.show(event)
			hold, got := h.best(event, c.wish)
			if hold.Together == c.apart || len(got) != c.wish.Quantity || hold.Total != c.price*int64(c.wish.Quantity) {
				t.Fatalf("got %+v", hold)
			}
			if c.want != nil && !slices.Equal(got, c.want) {
				t.Fatalf("got %v, want %v", got, c.want)
			}
		})
	}
	t.Run("stand beside areas", func(t *testing.T) { bestBesideAreas(t, h) })
	t.Run("are sold in one step", func(t *testing.T) { bestAreSold(t, h) })
	t.Run("are the first answer's again for the same key", func(t *testing.T) { bestAreReplayed(t, h) })
	t.Run("are refused where none fit", func(t *testing.T) { bestAreRefused(t, h) })
	t.Run("are read and answered as msgpack", func(t *testing.T) { bestAsMsgpack(t, h) })
	t.Run("chosen seats may not leave a single one where the event refuses that", func(t *testing.T) { orphansAreRefused(t, h) })
}

func bestBesideAreas(t *testing.T, h *house) {
	h.show("beside")
	hold, err := h.Hold(h.ctx(), "beside", client.HoldRequest{
		BestAvailable: &client.BestAvailable{Quantity: 2},
		Selection:     client.Selection{Areas: []client.AreaQuantity{{Area: "Floor", Quantity: 3}}},
	})
	h.ok(err)
	if hold.Total != 2*12000+3*3000 || !hold.Together || !slices.Equal(labelsOf(hold.Places), []string{"A-1-1", "A-1-2"}) || len(hold.Places) != 3 {
		t.Fatalf("got %+v", hold)
	}
}

func bestAreSold(t *testing.T, h *house) {
	h.show("sold")
	var meta client.Meta
	order, err := h.Sell(h.ctx(), "sold", client.SaleRequest{
		Reference: "till", BestAvailable: &client.BestAvailable{Quantity: 2, Together: "require"},
	}, client.WithMeta(&meta))
	h.ok(err)
	if meta.Status != http.StatusCreated || order.State != "confirmed" || !order.Together || !slices.Equal(labelsOf(order.Places), []string{"A-1-1", "A-1-2"}) {
		t.Fatalf("%d %+v", meta.Status, order)
	}
}

func bestAreReplayed(t *testing.T, h *house) {
	h.show("replayed")
	wish := client.HoldRequest{BestAvailable: &client.BestAvailable{Quantity: 2}}
	first, err := h.Hold(h.ctx(), "replayed", wish, client.WithKey("best-1"))
	h.ok(err)
	var meta client.Meta
	again, err := h.Hold(h.ctx(), "replayed", wish, client.WithKey("best-1"), client.WithMeta(&meta))
	h.ok(err)
	if diff := cmp.Diff(first, again); diff != "" || !meta.Replayed {
		t.Fatal(meta, diff)
	}
	wish.BestAvailable.Together = "any"
	_, err = h.Hold(h.ctx(), "replayed", wish, client.WithKey("best-1"))
	h.refused(err, client.CodeIdempotencyMismatch)
}

func bestAreRefused(t *testing.T, h *house) {
	h.show("refused")
	before := h.revision("refused")
	for _, wish := range []client.BestAvailable{
		{Quantity: 7, Together: "require"},
		{Quantity: 7, Sections: []string{"B"}},
		{Quantity: 2, Accessible: 2},
		{Quantity: 2, MaxPrice: 6499},
		{Quantity: 2, Sections: []string{"B"}, Categories: []string{"1"}},
	} {
		_, err := h.Hold(h.ctx(), "refused", client.HoldRequest{BestAvailable: &wish})
		h.refused(err, client.CodeNotEnoughSeats)
	}
	for field, wish := range map[string]client.BestAvailable{
		"best_available.quantity":      {Quantity: 9}, // max_places_per_hold is 8
		"best_available.categories[1]": {Quantity: 2, Categories: []string{"1", "no-such"}},
		"best_available.sections[0]":   {Quantity: 2, Sections: []string{"no-such"}},
	} {
		_, err := h.Sell(h.ctx(), "refused", client.SaleRequest{BestAvailable: &wish})
		h.refusedField(err, field)
	}
	if after := h.revision("refused"); after != before {
		t.Errorf("revision %d became %d", before, after)
	}
}

func bestAsMsgpack(t *testing.T, h *house) {
	h.show("packed")
	body, err := msgpack.Marshal(map[string]any{"best_available": map[string]any{"quantity": 2, "sections": []string{"B"}}})
	h.ok(err)
	r := h.raw("POST", "/v1/events/packed/holds", string(body), asMsgpack, inMsgpack)
	if r.status != http.StatusCreated {
		t.Fatalf("%d %q", r.status, r.body)
	}
	hold := valueOfMsgpack(t, r.body).(map[string]any)
	if places, together := hold["places"].([]any), hold["together"].(bool); len(places) != 2 || !together {
		t.Fatalf("got %v", hold)
	}
}

func orphansAreRefused(t *testing.T, h *house) {
	h.show("strict", func(s *client.Settings) { s.Orphans = "refuse" })
	_, err := h.Hold(h.ctx(), "strict", client.HoldRequest{Selection: seats("A-1-2", "A-1-3")})
	if p := h.refused(err, client.CodeWouldLeaveOrphan); !cmp.Equal(p.Seats, []string{"A-1-1"}) {
		t.Fatalf("listed %v", p.Seats)
	}
	_, err = h.Sell(h.ctx(), "strict", client.SaleRequest{Selection: seats("A-1-5")})
	if p := h.refused(err, client.CodeWouldLeaveOrphan); !cmp.Equal(p.Seats, []string{"A-1-6"}) {
		t.Fatalf("listed %v", p.Seats)
	}
	_, err = h.Hold(h.ctx(), "strict", client.HoldRequest{Selection: seats("A-1-3", "A-1-4")})
	h.ok(err)
	_, err = h.Hold(h.ctx(), "strict", client.HoldRequest{Selection: seats("A-1-2")}) // two are left of it: no choice of one avoids a single
	h.ok(err)
}

// pairHall has rows of which every third seat will be sold, so that what is left are pairs.
func pairHall(rows, pairsPerRow int) (drawing client.Drawing, gaps []string) {
	var list []string
	for row := 1; row <= rows; row++ {
		list = append(list, fmt.Sprintf(`{"key": "%d", "seats": {"count": %d, "first": 1, "x": 0, "y": %d, "dx": 5, "dy": 0}}`, row, 3*pairsPerRow, 10*row))
		for pair := 1; pair <= pairsPerRow; pair++ {
			gaps = append(gaps, fmt.Sprintf("A-%d-%d", row, 3*pair))
		}
	}
	return client.Drawing(`{"name": "Pairs", "focal_point": {"x": 0, "y": 0}, "categories": [{"key": "1", "name": "All"}],
		"sections": [{"key": "A", "name": "A", "category": "1", "rows": [` + strings.Join(list, ",") + `]}]}`), gaps
}

// TestTheLastPairsGoToEverybodyWhoAsks: whoever chooses outside the lock refuses most of a crowd that wants the same
// seats; here the choice and the hold are one step, so as many pairs as there are go to as many buyers, through any node.
func TestTheLastPairsGoToEverybodyWhoAsks(t *testing.T) {
	const rows, pairsPerRow, buyers = 16, 10, 160
	h := newHouse(t, 3)
	drawing, gaps := pairHall(rows, pairsPerRow)
	_, err := h.PutChart(h.ctx(), "pairs", drawing)
	h.ok(err)
	_, err = h.PutEvent(h.ctx(), "pairs", client.Settings{Chart: "pairs", Currency: "CHF", State: "on_sale", MaxPlacesPerHold: ptr(buyers)})
	h.ok(err)
	_, err = h.Sell(h.ctx(), "pairs", client.SaleRequest{Selection: seats(gaps...)})
	h.ok(err)
	var nodes []*client.Client
	for _, url := range h.urls {
		c, err := client.New(client.Options{Endpoints: []string{url}, HTTP: h.http, Attempts: 1})
		h.ok(err)
		nodes = append(nodes, c)
	}
	wish := client.HoldRequest{BestAvailable: &client.BestAvailable{Quantity: 2, Together: "require"}}
	type outcome struct {
		hold *client.Hold
		err  error
	}
	ctx, start, outcomes := h.ctx(), make(chan struct{}), make(chan outcome, buyers)
	for i := range buyers {
		go func() {
			<-start
			hold, err := nodes[i%len(nodes)].Hold(ctx, "pairs", wish)
			outcomes <- outcome{hold, err}
		}()
	}
	close(start)
	given := map[string]string{}
	for range buyers {
		o := <-outcomes
		if o.err != nil {
			t.Errorf("a buyer was refused: %v", o.err)
			continue
		}
		var row, seat, nextRow, nextSeat int
		got := labelsOf(o.hold.Places)
		if len(got) == 2 {
			_, _ = fmt.Sscanf(got[0], "A-%d-%d", &row, &seat) // what cannot be read is no pair
			_, _ = fmt.Sscanf(got[1], "A-%d-%d", &nextRow, &nextSeat)
		}
		if row == 0 || row != nextRow || max(seat, nextSeat)-min(seat, nextSeat) != 1 || !o.hold.Together {
			t.Errorf("no pair: %+v", o.hold)
		}
		for _, label := range got {
			if other, taken := given[label]; taken {
				t.Errorf("%s went to %s and to %s", label, other, o.hold.Hold)
			}
			given[label] = o.hold.Hold
		}
	}
	if len(given) != 2*buyers {
		t.Errorf("%d seats were given, want %d", len(given), 2*buyers)
	}
	_, err = h.Hold(h.ctx(), "pairs", wish)
	h.refused(err, client.CodeNotEnoughSeats)
	left, err := h.Availability(h.ctx(), "pairs", client.Strong())
	h.ok(err)
	if want := (client.Counts{Held: 2 * buyers, Sold: int64(len(gaps))}); left.Total != want {
		t.Errorf("left: %+v, want %+v", left.Total, want)
	}
}
