package seatmap

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// dice decides what a random history does.
type dice interface{ IntN(n int) int }

// rapidDice lets rapid decide, so that it can shrink a history that fails.
type rapidDice struct{ t *rapid.T }

func (d rapidDice) IntN(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "die") }

const (
	historySequences = 10_000
	historyCommands  = 36
	checkEvery       = 3 // commands; all invariants and the state hash from scratch
)

func TestRandomHistoriesAnswerAsTheModelDoes(t *testing.T) {
	const shards = 4
	for shard := range shards {
		t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
			t.Parallel()
			plans := smallVenues(t)
			for seed := shard; seed < historySequences; seed += shards {
				random := rand.New(rand.NewPCG(uint64(seed), 20))
				h := newHistory(t, random, plans[seed%len(plans)])
				for range historyCommands {
					h.step()
				}
				if err := h.end(); err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, h.story())
				}
			}
		})
	}
}

// The same with rapid, which shrinks a history that fails to the few commands that matter.
func TestRandomHistoriesShrunk(t *testing.T) {
	plans := smallVenues(t)
	rapid.Check(t, func(t *rapid.T) {
		d := rapidDice{t}
		h := newHistory(t, d, plans[d.IntN(len(plans))])
		for range d.IntN(60) {
			h.step()
		}
		if err := h.end(); err != nil {
			t.Fatalf("%v\n%s", err, h.story())
		}
	})
}

// venue is a plan and what it was made of.
type venue struct {
	spec *PlanSpec
	plan *Plan
}

// smallVenues have few places, so that random parties meet each other.
func smallVenues(t testing.TB) (venues []venue) {
	seats := func(row string, category, n, aisle int) (seats []SeatSpec) {
		for i := range n {
			seats = append(seats, SeatSpec{Label: row + "-" + fmt.Sprint(i+1), Category: category, AisleAfter: i+1 == aisle})
		}
		return seats
	}
	categories := []CategorySpec{{Key: "1", Name: "Front"}, {Key: "2", Name: "Back"}}
	specs := []*PlanSpec{
		{
			Categories: categories, Sections: []SectionSpec{{Key: "A"}, {Key: "B"}},
			Rows: []RowSpec{{Section: 0, Key: "1", Seats: seats("A-1", 0, 5, 3)}, {Section: 1, Key: "1", Seats: seats("B-1", 1, 4, 0)}},
			Tables: []TableSpec{
				{Key: "T1", Category: 0, Whole: true, Seats: make([]SeatSpec, 8)},
				{Key: "T2", Category: 1, Seats: seats("T2", 1, 3, 0)},
				{Key: "T3", Category: 1, Whole: true},
			},
			Areas: []AreaSpec{
				{Key: "Floor", Category: 1, Section: -1, Capacity: 9}, {Key: "Bar", Category: 0, Section: 1, Capacity: 4},
			},
		},
		{Categories: categories, Rows: []RowSpec{{Section: -1, Key: "1", Seats: seats("1", 0, 3, 0)}, {Section: -1, Key: "2", Seats: seats("2", 1, 3, 2)}}},
		{Categories: categories, Areas: []AreaSpec{{Key: "Floor", Category: 1, Section: -1, Capacity: 20}}},
	}
	for _, spec := range specs {
		plan, err := NewPlan(spec)
		if err != nil {
			t.Fatal(err)
		}
		venues = append(venues, venue{spec, plan})
	}
	return venues
}

// history is one random history told to a map, to a replica that nobody asks for answers, and to the model; at some
// moment the map is frozen, and later restored beside.
type history struct {
	t        interface{ Fatal(...any) }
	d        dice
	venue    venue
	now      int64
	m        *Map
	replica  *Map
	model    *model
	ids      []ID
	requests []told
	frozen   *Frozen
	freezeAt int
	tail     int
	err      error
}

type told struct {
	now int64
	req Request
	ans Answer
}

func newHistory(t interface{ Fatal(...any) }, d dice, v venue) *history {
	config := DefaultConfig()
	config.State, config.Currency, config.HoldTTLSeconds = SaleOn, "CHF", 60
	config.Prices = []CategoryPrice{{"1", 12000}, {"2", 6500}}
	config.PlacesPerHold = int32(2 + d.IntN(5))
	config.PlacesPerBuyer = int32(d.IntN(3) * 4)
	config.HoldExtensions = int32(d.IntN(3))
	h := &history{t: t, d: d, venue: v, now: 1_800_000_000_000, freezeAt: d.IntN(30)}
	h.model = newModel(v.spec, config)
	if d.IntN(4) == 0 {
		h.model.maxKeys, h.model.maxRefusals, h.model.maxTombstones = 8+d.IntN(8), 1+d.IntN(4), 1+d.IntN(3)
	}
	for _, m := range []**Map{&h.m, &h.replica} {
		made, err := New(v.plan, &config)
		if err != nil {
			t.Fatal(err)
		}
		made.limits.keys, made.limits.refusals, made.limits.tombstones = h.model.maxKeys, h.model.maxRefusals, h.model.maxTombstones
		*m = made
	}
	return h
}

func (h *history) step() {
	if h.err != nil {
		return
	}
	if len(h.requests) == h.freezeAt {
		h.frozen, h.tail = h.m.Freeze(), len(h.requests)
	}
	if h.d.IntN(3) > 0 { // else at the same moment, so that holds are due together
		h.now += 1_000 * int64(h.d.IntN(25))
	}
	if h.d.IntN(25) == 0 {
		h.now += KeyLifeMillis / 3
	}
	req := h.request()
	want := h.model.do(h.now, &req)
	var got Answer
	h.m.Do(h.now, &req, &got)
	h.replica.Do(h.now, &req, nil)
	h.requests = append(h.requests, told{h.now, req, cloneAnswer(&got)})
	h.err = h.compare(&got, &want)
}

func cloneAnswer(a *Answer) Answer {
	c := *a
	c.Places, c.Labels = slices.Clone(a.Places), slices.Clone(a.Labels)
	return c
}

func (h *history) compare(got, want *Answer) error {
	if !sameAnswer(got, want) {
		return fmt.Errorf("answered\n%+v, the model\n%+v", *got, *want)
	}
	if len(h.requests)%checkEvery == 0 {
		if err := h.m.Check(); err != nil {
			return err
		}
	}
	if h.m.Hash() != h.replica.Hash() {
		return fmt.Errorf("state hash is %x, the replica's %x", h.m.Hash(), h.replica.Hash())
	}
	if h.m.Revision() != h.model.revision {
		return fmt.Errorf("revision is %d, the model's %d", h.m.Revision(), h.model.revision)
	}
	p := h.m.Picture()
	if states := string(p.AppendStates(nil)); states != h.model.states() {
		return fmt.Errorf("states are %s, the model's %s", states, h.model.states())
	}
	for i := range h.venue.spec.Areas {
		if state := p.AreaState(i); state != h.model.areaState(h.venue.spec.Areas[i].Key) {
			return fmt.Errorf("area %d is %+v, the model's %+v", i, state, h.model.areaState(h.venue.spec.Areas[i].Key))
		}
	}
	return nil
}

func sameAnswer(a, b *Answer) bool {
	type bare struct {
		code                        Code
		replayed, created, together bool
		state                       HoldState
		extensions, lapsed          int32
		revision                    uint64
		id                          ID
		text                        [5]string
		expires, total              int64
	}
	strip := func(a *Answer) bare {
		return bare{
			a.Code, a.Replayed, a.Created, a.Together, a.State, a.ExtensionsLeft, a.Lapsed, a.Revision, a.ID,
			[5]string{a.Buyer, a.Reference, a.Currency, a.Field, a.Reason},
			a.ExpiresAtMillis, a.Total,
		}
	}
	return strip(a) == strip(b) && slices.Equal(a.Places, b.Places) && slices.Equal(a.Labels, b.Labels)
}

// story is the history in words, for one that failed.
func (h *history) story() string {
	var b strings.Builder
	for _, told := range h.requests {
		fmt.Fprintf(&b, "%d %s %+v\n\t%+v\n", told.now, told.req.Op, told.req, told.ans)
	}
	return b.String()
}

// end compares replay(snapshot + tail) with replay(all), byte for byte.
func (h *history) end() error {
	if h.err != nil {
		return h.err
	}
	if err := h.m.Check(); err != nil || h.frozen == nil {
		return err
	}
	var snapshot, all, again bytes.Buffer
	if err := h.frozen.Encode(&snapshot); err != nil {
		return err
	}
	restored, err := Restore(h.venue.plan, &snapshot)
	if err != nil {
		return err
	}
	restored.limits = h.m.limits
	for _, told := range h.requests[h.tail:] {
		var ans Answer
		restored.Do(told.now, &told.req, &ans)
		if !sameAnswer(&ans, &told.ans) {
			return fmt.Errorf("restored, it answered\n%+v, before\n%+v", ans, told.ans)
		}
	}
	_ = h.m.Freeze().Encode(&all)
	_ = restored.Freeze().Encode(&again)
	if !bytes.Equal(all.Bytes(), again.Bytes()) {
		return fmt.Errorf("snapshot and tail make another state than the whole log")
	}
	return restored.Check()
}

func (h *history) request() Request {
	ops := []Op{
		OpHold, OpHold, OpHold, OpHold, OpConfirm, OpConfirm, OpConfirm, OpSale, OpRelease, OpRelease, OpExtend, OpChange, OpChange, OpChange,
		OpCancel, OpCancel, OpBlock, OpUnblock, OpConfigure, OpGetHold, OpGetOrder, OpExpire,
	}
	if len(h.requests) > 0 && h.d.IntN(8) == 0 {
		again := h.requests[h.d.IntN(len(h.requests))].req
		if h.d.IntN(5) == 0 {
			again.Fingerprint++
		}
		return again
	}
	n := len(h.requests) + 1
	req := Request{
		Op: ops[h.d.IntN(len(ops))], CallerKey: h.d.IntN(2) == 0, Retake: h.d.IntN(2) == 0,
		Buyer: []string{"", "anna", "ben"}[h.d.IntN(3)], Reference: []string{"", "psp-1", "psp-2"}[h.d.IntN(3)],
		TTLSeconds: int32(h.d.IntN(4) * 50), Limit: int32(h.d.IntN(3)), Fingerprint: uint64(n),
	}
	if h.d.IntN(10) > 0 {
		req.Key[0], req.Key[1] = byte(n), byte(n>>8)
	}
	if req.ID[0], req.ID[1] = byte(n), 1; req.Op == OpHold || req.Op == OpSale {
		h.ids = append(h.ids, req.ID)
	} else if len(h.ids) > 0 {
		req.ID = h.ids[len(h.ids)-1-h.d.IntN(min(len(h.ids), 6))]
	}
	switch req.Op {
	case OpConfigure:
		req.Patch = h.patch()
	case OpCancel:
		for range h.d.IntN(3) {
			req.Tickets = append(req.Tickets, h.ticket(req.ID))
		}
	case OpChange:
		if h.d.IntN(3) > 0 {
			h.removal(req.ID, &req.Remove)
		}
		if h.d.IntN(3) > 0 {
			h.choose(&req.Add)
		}
	case OpHold, OpSale, OpBlock, OpUnblock:
		h.choose(&req.Add)
		if (req.Op == OpHold || req.Op == OpSale) && h.d.IntN(4) == 0 {
			h.wish(&req)
		}
	}
	return req
}

// wish turns chosen seats into a wish, mostly.
func (h *history) wish(req *Request) {
	if h.d.IntN(12) > 0 {
		req.Add.Seats = nil
	}
	if len(h.requests)%2 == 0 {
		req.Add = Selection{}
	}
	req.Wish.Quantity, req.Wish.Together = int32(1+h.d.IntN(4)), Together(h.d.IntN(3))
	if h.d.IntN(3) == 0 {
		req.Wish.Categories = []string{[]string{"1", "2"}[h.d.IntN(2)]}
	}
}

// choose selects some places, now and then one that does not exist.
func (h *history) choose(s *Selection) {
	spec := h.venue.spec
	if slots := h.model.slots; len(slots) > 0 {
		for range h.d.IntN(4) {
			if label := slots[h.d.IntN(len(slots))]; h.model.places[label].table {
				s.Tables = append(s.Tables, label)
			} else {
				s.Seats = append(s.Seats, label)
			}
		}
	}
	if len(spec.Areas) > 0 && h.d.IntN(3) == 0 {
		for range 1 + h.d.IntN(2) {
			s.Areas = append(s.Areas, AreaQuantity{spec.Areas[h.d.IntN(len(spec.Areas))].Key, int32(h.d.IntN(6))})
		}
	}
	switch h.d.IntN(30) {
	case 0:
		s.Seats = append(s.Seats, "nowhere")
	case 1:
		s.Tables = append(s.Tables, "T2")
	case 2:
		s.Areas = append(s.Areas, AreaQuantity{"Moon", 1})
	}
}

// removal selects places that the hold has, mostly.
func (h *history) removal(id ID, s *Selection) {
	hold := h.model.holds[id]
	if hold == nil || h.d.IntN(6) == 0 {
		h.choose(s)
		return
	}
	for _, label := range hold.seats {
		if h.d.IntN(2) == 0 {
			s.Seats = append(s.Seats, label)
		}
	}
	for _, label := range hold.tables {
		if h.d.IntN(2) == 0 {
			s.Tables = append(s.Tables, label)
		}
	}
	for _, a := range hold.areas {
		if h.d.IntN(2) == 0 {
			s.Areas = append(s.Areas, AreaQuantity{a.area, 1 + int32(h.d.IntN(int(a.quantity)))})
		}
	}
}

// ticket is one of the order's tickets, mostly.
func (h *history) ticket(id ID) uint32 {
	if hold := h.model.holds[id]; hold != nil && h.d.IntN(6) > 0 {
		if places := h.model.tell(hold).Places; len(places) > 0 {
			return places[h.d.IntN(len(places))].Ticket
		}
	}
	return uint32(h.d.IntN(len(h.model.slots) + 12))
}

func (h *history) patch() *ConfigPatch {
	p := &ConfigPatch{}
	switch h.d.IntN(8) {
	case 7:
		p.Set, p.Config.Orphans = FieldOrphans, OrphanRule(1+h.d.IntN(3))
	case 0:
		p.Set, p.Config.Prices = FieldPrices, []CategoryPrice{{"2", int64(h.d.IntN(3))}, {"1", int64(h.d.IntN(3))}}
	case 1:
		p.Set, p.Config.State = FieldState, SaleState(1+h.d.IntN(4))
	case 2:
		p.Set, p.Config.State = FieldState, SaleOn
	case 3:
		p.Set, p.Config.SaleClosesMillis = FieldSaleCloses|FieldState, int64(h.d.IntN(2))*(h.now+int64(h.d.IntN(100_000)))
		p.Config.State = SaleOn
	case 4:
		p.Set, p.Config.PlacesPerHold, p.Config.HoldTTLSeconds = FieldPlacesPerHold|FieldHoldTTL, int32(1+h.d.IntN(6)), int32(30+h.d.IntN(60))
	case 5:
		p.Set, p.Config.PlacesPerBuyer = FieldPlacesPerBuyer, int32(h.d.IntN(8))
	case 6:
		p.Set, p.Config.HoldExtensions = FieldHoldExtensions, int32(h.d.IntN(3))
	}
	return p
}
