package seatmap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

const (
	wishVenues      = 16_000 // 400,000 wishes
	wishesPerVenue  = 26
	bigVenues       = 200
	wishesPerBig    = 60
	wishCheckEvery  = 16 // steps; all invariants, the trees against trees made anew
	wishNowMillis   = 1_800_000_000_000
	wishSnapshotAt  = wishesPerVenue / 2
	wishHoldSeconds = 600
)

func TestBestAvailableIsTheOptimumOfTheWrittenScore(t *testing.T) {
	const shards = 4
	for shard := range shards {
		t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
			t.Parallel()
			met := map[string]int{}
			for seed := shard; seed < wishVenues; seed += shards {
				random := rand.New(rand.NewPCG(uint64(seed), 3))
				playWishes(t, random, randomVenue(random, 3, 5, 12), wishesPerVenue, seed, met)
			}
			t.Log(met)
			// A comparison that never met a rule would say nothing about it.
			for _, rule := range []string{
				"no single", "a single", "split 2", "split 3", "split 4", "scattered", "scattered over sections", "best ranks", "nothing",
				"all seats: no single", "all seats: split 2", "all seats: scattered", "all seats: best ranks",
				"accessible: no single", "accessible: a single", "accessible: split 2", "accessible: split 3", "accessible: nothing",
				CodeWouldLeaveOrphan.String(), CodeOK.String(),
			} {
				if met[rule] < 5 {
					t.Errorf("%q decided %d wishes only: %v", rule, met[rule], met)
				}
			}
		})
	}
}

func TestBestAvailableIsTheOptimumInBiggerHouses(t *testing.T) {
	for seed := range bigVenues {
		random := rand.New(rand.NewPCG(uint64(seed), 4))
		categories, rows, seats := 3, 16, 90 // rows of more than a word
		switch seed % 4 {
		case 1:
			rows, seats = 700, 5 // trees of four levels
		case 2:
			categories, rows, seats = 60, 6, 150 // more categories in a row than have masks
		case 3:
			categories, rows, seats = 1, 2, 100
		}
		playWishes(t, random, randomVenue(random, categories, rows, seats), wishesPerBig, seed, map[string]int{})
	}
}

// randomVenue has up to so many categories, rows and seats in a row, and everything that a wish can meet.
func randomVenue(random *rand.Rand, categories, rows, seats int) *PlanSpec {
	spec := &PlanSpec{}
	for i := range 1 + random.IntN(categories) {
		spec.Categories = append(spec.Categories, CategorySpec{Key: fmt.Sprint("c", i)})
	}
	for i := range 1 + random.IntN(3) {
		spec.Sections = append(spec.Sections, SectionSpec{Key: fmt.Sprint("s", i)})
	}
	sections := random.IntN(3) // in order; by turns; none
	rankMost := []int{1, 3, 1000, 1 << 32}[random.IntN(4)]
	mixed, special, aisles := random.IntN(2) == 0, random.IntN(3) == 0, random.IntN(2) == 0
	if seats <= 12 && random.IntN(3) == 0 { // short rows, one behind the other: parties must be split
		spec.Categories, spec.Sections, mixed, aisles, seats = spec.Categories[:1], spec.Sections[:1], false, false, 4
		special = random.IntN(2) == 0
	}
	count := 1 + random.IntN(rows)
	atTheBack, last := random.IntN(2) == 0, fmt.Sprint("r", count-1) // where accessible seats stand
	fill := func(name string, most int) (made []SeatSpec) {
		category := random.IntN(len(spec.Categories))
		for i := range 1 + random.IntN(most) {
			if mixed && random.IntN(4) == 0 {
				category = random.IntN(len(spec.Categories))
			}
			s := SeatSpec{Label: fmt.Sprint(name, "-", i), Category: category, Rank: uint32(random.IntN(rankMost))}
			if special && random.IntN(4) == 0 && (!atTheBack || name == last) {
				s.Flags = SeatFlags(1 + random.IntN(3))
			}
			s.AisleAfter = aisles && random.IntN(5) == 0
			made = append(made, s)
		}
		return made
	}
	for i := range count {
		section := i * len(spec.Sections) / count
		switch sections {
		case 1:
			section = i % len(spec.Sections)
		case 2:
			section = random.IntN(len(spec.Sections)+1) - 1
		}
		spec.Rows = append(spec.Rows, RowSpec{Section: section, Seats: fill(fmt.Sprint("r", i), seats)})
	}
	for i := range random.IntN(3) {
		spec.Tables = append(spec.Tables, TableSpec{Key: fmt.Sprint("T", i), Whole: random.IntN(2) == 0, Seats: fill(fmt.Sprint("t", i), 4)})
	}
	return spec
}

// wishPlay is one event to which random things happen, wishes above all.
type wishPlay struct {
	random   *rand.Rand
	spec     *PlanSpec
	m, other *Map // other is restored from a snapshot in the middle, and goes on alike
	twin     *twin
	config   Config
	ids      []ID
	commands uint64
	met      map[string]int // how often which rule decided
}

func playWishes(t *testing.T, random *rand.Rand, spec *PlanSpec, wishes, seed int, met map[string]int) {
	plan, err := NewPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	g := &wishPlay{random: random, spec: spec, twin: newTwin(spec), config: DefaultConfig(), met: met}
	g.config.State, g.config.PlacesPerHold, g.config.HoldTTLSeconds = SaleOn, 12, wishHoldSeconds
	if g.twin.big = len(g.twin.seats) > 64; g.twin.big {
		g.config.PlacesPerHold = 60
	}
	g.config.Orphans = OrphanRule(1 + random.IntN(3))
	if random.IntN(2) == 0 {
		g.config.Prices = g.prices()
	}
	if g.m, err = New(plan, &g.config); err != nil {
		t.Fatal(err)
	}
	for range random.IntN(4) * len(g.twin.seats) / 12 {
		g.do(&Request{Op: OpBlock, Add: Selection{Seats: []string{g.label()}}})
	}
	for step := 0; wishes > 0; step++ {
		if wishes == wishSnapshotAt {
			g.other = g.restored(t)
		}
		asked, err := g.step()
		if asked {
			wishes--
		}
		if err == nil && step%wishCheckEvery == 0 {
			err = g.m.Check()
		}
		if err == nil && g.other != nil && g.other.Hash() != g.m.Hash() {
			err = fmt.Errorf("the restored replica decided otherwise")
		}
		if err != nil {
			t.Fatalf("seed %d, step %d: %v", seed, step, err)
		}
	}
}

func (g *wishPlay) restored(t *testing.T) *Map {
	var b bytes.Buffer
	if err := g.m.Freeze().Encode(&b); err != nil {
		t.Fatal(err)
	}
	m, err := Restore(g.m.plan, &b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (g *wishPlay) prices() (prices []CategoryPrice) {
	for _, c := range g.spec.Categories {
		prices = append(prices, CategoryPrice{c.Key, int64(g.random.IntN(4))})
	}
	return prices
}

func (g *wishPlay) label() string { return g.m.plan.Label(uint32(g.random.IntN(len(g.twin.seats)))) }

func (g *wishPlay) do(req *Request) (ans Answer) {
	g.commands++
	binary.BigEndian.PutUint64(req.Key[:], g.commands)
	if req.ID.IsZero() {
		binary.BigEndian.PutUint64(req.ID[:], g.commands)
	}
	now := int64(wishNowMillis + 20_000*g.commands) // so that holds lapse after thirty commands
	g.m.Do(now, req, &ans)
	if g.other != nil {
		g.other.Do(now, req, nil)
	}
	if ans.Code == CodeOK && (req.Op == OpHold || req.Op == OpSale) {
		g.ids = append(g.ids, ans.ID)
	}
	return ans
}

// step does one random thing, and compares wishes with the twin.
func (g *wishPlay) step() (asked bool, err error) {
	switch dice := g.random.IntN(20); {
	case dice < 11:
		return true, g.wish()
	case dice < 13:
		return false, g.choose()
	case dice < 14:
		op := []Op{OpBlock, OpUnblock}[g.random.IntN(2)]
		g.do(&Request{Op: op, Add: Selection{Seats: []string{g.label()}}})
	case dice < 15 && g.random.IntN(3) == 0:
		patch := &ConfigPatch{Set: FieldOrphans | FieldPrices}
		patch.Config.Orphans, patch.Config.Prices = OrphanRule(1+g.random.IntN(3)), g.prices()
		g.do(&Request{Op: OpConfigure, Patch: patch})
		g.config.Orphans, g.config.Prices = patch.Config.Orphans, patch.Config.Prices
	case len(g.ids) > 0:
		req := &Request{Op: []Op{OpRelease, OpRelease, OpCancel, OpChange}[g.random.IntN(4)], ID: g.ids[g.random.IntN(len(g.ids))]}
		if req.Op == OpChange {
			req.Add.Seats = []string{g.label()}
		}
		g.do(req)
	}
	return false, nil
}

// look tells the twin what is free, after lapsing what is due.
func (g *wishPlay) look() {
	g.do(&Request{Op: OpExpire, Limit: 1 << 30})
	g.commands-- // the next command is decided at the same time
	p := g.m.Picture()
	for i := range g.twin.seats {
		g.twin.seats[i].free = p.Status(uint32(i)) == StatusFree
	}
	g.twin.orphans, g.twin.prices = g.config.Orphans, nil
	for _, price := range g.config.Prices {
		g.twin.prices = append(g.twin.prices, price.Price)
	}
}

func (g *wishPlay) wish() error {
	g.look()
	r := g.random
	w, tw := Wish{Quantity: int32(1 + r.IntN(6)), Together: Together(r.IntN(3))}, twinWish{}
	if r.IntN(8) == 0 {
		w.Quantity = int32(1 + r.IntN(int(g.config.PlacesPerHold)))
	}
	if r.IntN(2) == 0 && g.special() || r.IntN(20) == 0 {
		w.Accessible = int32(r.IntN(min(3, int(w.Quantity)) + 1))
	}
	if r.IntN(6) == 0 {
		w.MinPrice, w.MaxPrice = int64(r.IntN(3)), int64(r.IntN(2)*3)
	}
	if r.IntN(5) == 0 {
		for range 1 + r.IntN(2) {
			i := r.IntN(len(g.spec.Sections))
			w.Sections, tw.sections = append(w.Sections, g.spec.Sections[i].Key), append(tw.sections, i)
		}
	}
	if r.IntN(5) == 0 {
		for range 1 + r.IntN(2) {
			i := r.IntN(len(g.spec.Categories))
			w.Categories, tw.categories = append(w.Categories, g.spec.Categories[i].Key), append(tw.categories, i)
		}
	}
	tw.party, tw.accessible, tw.together, tw.low, tw.high = int(w.Quantity), int(w.Accessible), w.Together, w.MinPrice, w.MaxPrice
	want := g.twin.choose(&tw)
	g.met[g.twin.by]++
	ans := g.do(&Request{Op: []Op{OpHold, OpHold, OpSale}[r.IntN(3)], Wish: w})
	if want == nil {
		if ans.Code != CodeNotEnoughSeats {
			return fmt.Errorf("%+v: nothing fits, answered %s %v\n%s", w, ans.Code, ans.Places, g.picture())
		}
		if r.IntN(2) == 0 {
			g.empty()
		}
		return nil
	}
	var got []int
	for _, p := range ans.Places {
		slot, _ := g.m.plan.Slot(p.Label)
		got = append(got, int(slot))
	}
	if ans.Code != CodeOK || !slices.Equal(got, want) {
		return fmt.Errorf("%+v: want %v, answered %s %s %v\n%s", w, want, ans.Code, ans.Field, got, g.picture())
	}
	return nil
}

// special reports whether the house has accessible seats.
func (g *wishPlay) special() bool {
	return slices.ContainsFunc(g.twin.seats, func(s twinSeat) bool { return s.accessible })
}

// empty makes room again.
func (g *wishPlay) empty() {
	for _, id := range g.ids {
		g.do(&Request{Op: OpRelease, ID: id})
		g.do(&Request{Op: OpCancel, ID: id})
	}
	g.ids = g.ids[:0]
	for i := range g.twin.seats {
		if g.random.IntN(3) > 0 {
			g.do(&Request{Op: OpUnblock, Add: Selection{Seats: []string{g.m.plan.Label(uint32(i))}}})
		}
	}
}

// choose holds chosen seats, and compares with every other choice in the same free runs.
func (g *wishPlay) choose() error {
	g.look()
	var slots []int
	var labels []string
	first := g.random.IntN(len(g.twin.seats))
	for seat := first; seat < len(g.twin.seats) && len(slots) < 4; seat++ {
		if g.twin.seats[seat].free && g.random.IntN(2) == 0 {
			slots, labels = append(slots, seat), append(labels, g.m.plan.Label(uint32(seat)))
		}
	}
	if len(slots) == 0 {
		return nil
	}
	want, code := []string(nil), CodeOK
	if g.config.Orphans == OrphansRefuse {
		for _, seat := range g.twin.orphansOf(slots) {
			want, code = append(want, g.m.plan.Label(uint32(seat))), CodeWouldLeaveOrphan
		}
	}
	if ans := g.do(&Request{Op: OpHold, Add: Selection{Seats: labels}}); ans.Code != code || !slices.Equal(ans.Labels, want) {
		return fmt.Errorf("%v: want %s %v, answered %s %v\n%s", labels, code, want, ans.Code, ans.Labels, g.picture())
	}
	g.met[code.String()]++
	return nil
}

// picture draws the house for a failure.
func (g *wishPlay) picture() string {
	out := fmt.Sprintf("orphans %d, prices %v", g.config.Orphans, g.config.Prices)
	for i, s := range g.twin.seats {
		if i == g.twin.rows[s.row].first {
			out += fmt.Sprintf("\nsection %d, slot %d:", g.twin.rows[s.row].section, i)
		}
		letter := map[bool]string{true: "f", false: "x"}[s.free]
		out += fmt.Sprintf(" %s%d/%d", letter, s.category, s.rank)
		if s.accessible {
			out += "A"
		}
		if s.companion {
			out += "C"
		}
		if !s.linked {
			out += " |"
		}
	}
	return out
}
