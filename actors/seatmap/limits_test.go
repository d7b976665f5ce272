package seatmap

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// asker asks one map with a key, an id and a moment of its own each time.
type asker struct {
	m   *Map
	n   uint64
	now int64
	ans Answer
}

func newAsker(t testing.TB) *asker {
	return &asker{m: onSale(t, smallVenues(t)[0].plan), now: 1_800_000_000_000}
}

func (a *asker) ask(req Request) *Answer {
	a.n++
	a.now++
	if req.ID.IsZero() {
		binary.BigEndian.PutUint64(req.ID[:], a.n)
	}
	binary.BigEndian.PutUint64(req.Key[:], a.n)
	req.CallerKey = true
	a.m.Do(a.now, &req, &a.ans)
	return &a.ans
}

func seats(labels ...string) Selection { return Selection{Seats: labels} }

func TestWhenTheKeysAreFullCommandsAreRefusedUntilTheOldestIsADayOld(t *testing.T) {
	a := newAsker(t)
	a.m.limits.keys = 2
	first := a.ask(Request{Op: OpHold, Add: seats("A-1-1")}).ID
	a.ask(Request{Op: OpRelease, ID: first})
	before := a.m.Hash()
	if code := a.ask(Request{Op: OpHold, Add: seats("A-1-1")}).Code; code != CodeOverloaded || a.m.Hash() != before {
		t.Fatalf("with full keys: %s", code)
	}
	a.now += KeyLifeMillis - 4
	if code := a.ask(Request{Op: OpHold, Add: seats("A-1-1")}).Code; code != CodeOverloaded {
		t.Fatalf("a millisecond before the first key is a day old: %s", code)
	}
	if code := a.ask(Request{Op: OpHold, Add: seats("A-1-1")}).Code; code != CodeOK {
		t.Fatalf("when the first key is a day old: %s", code)
	}
}

func TestWhenHoldsClaimsOrStringsAreFullNothingNewIsTaken(t *testing.T) {
	for name, fill := range map[string]func(m *Map){
		"holds":   func(m *Map) { m.limits.holds = 1 },
		"claims":  func(m *Map) { m.limits.claims = 1 },
		"strings": func(m *Map) { m.limits.textBytes = 3 },
		"tickets": func(m *Map) { m.areaTickets = none - 100 },
	} {
		a := newAsker(t)
		id := a.ask(Request{Op: OpHold, Buyer: "anna", Add: Selection{Areas: []AreaQuantity{{"Floor", 1}}}}).ID
		fill(a.m)
		if code := a.ask(Request{Op: OpHold, Add: seats("A-1-1")}).Code; code != CodeOverloaded {
			t.Errorf("%s: a hold is %s", name, code)
		}
		if code := a.ask(Request{Op: OpRelease, ID: id}).Code; code != CodeOK {
			t.Errorf("%s: a release is %s", name, code)
		}
	}
}

func TestPricesCanChangeSoOftenAndNotMoreOften(t *testing.T) {
	a := newAsker(t)
	a.m.limits.priceBooks = 3
	set := func(price int64) Code {
		prices := []CategoryPrice{{"1", price}, {"2", price}}
		return a.ask(Request{Op: OpConfigure, Patch: &ConfigPatch{Set: FieldPrices, Config: Config{Prices: prices}}}).Code
	}
	if first, second, third := set(1), set(2), set(3); first != CodeOK || second != CodeOK || third != CodeOverloaded {
		t.Fatal(first, second, third)
	}
	if again := set(2); again != CodeOK {
		t.Fatalf("the prices in force again: %s", again)
	}
}

func TestLongRefusalsPushOutTheOldest(t *testing.T) {
	a := newAsker(t)
	a.m.limits.refusalBytes = 2_000
	for range 30 {
		a.ask(Request{Op: OpHold, Add: seats(strings.Repeat("x", 300))})
	}
	if l := &a.m.unchanged; l.bytes > 2_000 || l.records.count() < 4 {
		t.Fatalf("%d refusals of %d bytes are remembered", l.records.count(), l.bytes)
	}
	if a.ask(Request{Op: OpHold, Add: seats(strings.Repeat("x", 3_000))}); a.m.unchanged.bytes > 2_000 {
		t.Fatal("a refusal beyond all bounds is remembered")
	}
	if err := a.m.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestWordsThatAreTooLongAreRefused(t *testing.T) {
	a := newAsker(t)
	long := strings.Repeat("x", 129)
	for field, req := range map[string]Request{
		"buyer":     {Op: OpHold, Buyer: long, Add: seats("A-1-1")},
		"reference": {Op: OpSale, Reference: long, Add: seats("A-1-1")},
	} {
		if ans := a.ask(req); ans.Code != CodeInvalid || ans.Field != field {
			t.Errorf("%s: %s %s", field, ans.Code, ans.Field)
		}
	}
	if ans := a.ask(Request{Op: OpConfirm, Reference: long}); ans.Code != CodeInvalid || ans.Field != "reference" {
		t.Errorf("%s %s", ans.Code, ans.Field)
	}
}

func TestCommandsThatMakeNoSenseAreInvalid(t *testing.T) {
	a := newAsker(t)
	var ans Answer
	a.m.Do(a.now, &Request{Op: OpHold, Add: seats("A-1-1")}, &ans)
	if ans.Code != CodeInvalid || ans.Field != "hold" {
		t.Errorf("a hold without an id: %s %s", ans.Code, ans.Field)
	}
	for _, req := range []Request{
		{Op: 0}, {Op: 200}, {Op: OpConfigure}, {Op: OpConfigure, Patch: &ConfigPatch{Set: 1 << 15}},
	} {
		if ans := a.ask(req); ans.Code != CodeInvalid {
			t.Errorf("%+v: %s", req, ans.Code)
		}
	}
	first := a.ask(Request{Op: OpHold, ID: ID{9}, Add: seats("A-1-1")})
	if second := a.ask(Request{Op: OpHold, ID: ID{9}, Add: seats("A-1-2")}); second.Code != CodeInvalid {
		t.Errorf("a second hold of the same id: %s after %s", second.Code, first.Code)
	}
}

func TestANewEventWithABadSettingNamesTheField(t *testing.T) {
	plan := smallVenues(t)[0].plan
	for field, spoil := range map[string]func(c *Config){
		"name":                 func(c *Config) { c.Name = strings.Repeat("x", MaxNameBytes+1) },
		"starts_at":            func(c *Config) { c.StartsAtMillis = -1 },
		"currency":             func(c *Config) { c.Currency = "chf" },
		"state":                func(c *Config) { c.State = 0 },
		"sale_opens_at":        func(c *Config) { c.SaleOpensMillis = -1 },
		"sale_closes_at":       func(c *Config) { c.SaleOpensMillis, c.SaleClosesMillis = 5, 5 },
		"hold_ttl_seconds":     func(c *Config) { c.HoldTTLSeconds = 0 },
		"hold_extensions":      func(c *Config) { c.HoldExtensions = -1 },
		"max_places_per_hold":  func(c *Config) { c.PlacesPerHold = 0 },
		"max_places_per_buyer": func(c *Config) { c.PlacesPerBuyer = -1 },
		"orphans":              func(c *Config) { c.Orphans = 4 },
		"prices.2":             func(c *Config) { c.Prices = []CategoryPrice{{"1", 1}} },
		"prices.9":             func(c *Config) { c.Prices = []CategoryPrice{{"9", 1}} },
		"prices.1":             func(c *Config) { c.Prices = []CategoryPrice{{"1", -1}, {"2", 1}} },
	} {
		config := DefaultConfig()
		spoil(&config)
		_, err := New(plan, &config)
		if bad, ok := err.(*ConfigError); !ok || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestAnEventWithoutPricesIsFreeOfCharge(t *testing.T) {
	config := DefaultConfig()
	config.State = SaleOn
	m, err := New(smallVenues(t)[0].plan, &config)
	if err != nil {
		t.Fatal(err)
	}
	a := &asker{m: m, now: 1}
	if ans := a.ask(Request{Op: OpHold, Add: seats("A-1-1")}); ans.Code != CodeOK || ans.Total != 0 || len(ans.Places) != 1 {
		t.Fatalf("%+v", ans)
	}
}

func TestTheNextDeadlineIsThatOfTheHoldDueFirst(t *testing.T) {
	a := newAsker(t)
	if _, ok := a.m.NextDeadlineMillis(); ok {
		t.Fatal("nothing is held")
	}
	first := a.ask(Request{Op: OpHold, Add: seats("A-1-1")})
	id, deadline := first.ID, first.ExpiresAtMillis
	a.ask(Request{Op: OpHold, Add: seats("A-1-2")})
	if next, ok := a.m.NextDeadlineMillis(); !ok || next != deadline {
		t.Fatalf("%d, want %d", next, deadline)
	}
	a.ask(Request{Op: OpConfirm, ID: id})
	if next, ok := a.m.NextDeadlineMillis(); !ok || next <= deadline {
		t.Fatalf("%d, want more than %d", next, deadline)
	}
}

func TestCountsByCategoryAndSectionAddUp(t *testing.T) {
	a := newAsker(t)
	a.ask(Request{Op: OpSale, Add: Selection{Seats: []string{"A-1-1", "B-1-1"}, Areas: []AreaQuantity{{"Bar", 2}}, Tables: []string{"T1"}}})
	a.ask(Request{Op: OpHold, Add: seats("B-1-2")})
	a.ask(Request{Op: OpBlock, Add: seats("A-1-2")})
	p := a.m.Picture()
	if got, want := fmt.Sprint(p.Counts()), "{20 1 5 1 1 1 3}"; got != want {
		t.Errorf("in all %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(p.CategoryCounts()), "[{5 0 4 1 0 0 0} {15 1 1 0 0 0 0}]"; got != want {
		t.Errorf("by category %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(p.SectionCounts()), "[{3 0 1 1 0 0 0} {4 1 3 0 0 0 0}]"; got != want {
		t.Errorf("by section %s, want %s", got, want)
	}
}

func TestASettingsCopyIsACopy(t *testing.T) {
	a := newAsker(t)
	a.m.Config().Prices[0].Price = 5
	if a.m.Config().Prices[0].Price == 5 {
		t.Error("a caller changed the map's prices")
	}
}

// Holds of many different deadlines are released, extended and lapse in any order: the heap stays one.
func TestDeadlinesStayInOrder(t *testing.T) {
	v := bigVenue(t)
	a := &asker{m: onSale(t, v.plan), now: 1_800_000_000_000}
	random := rand.New(rand.NewPCG(5, 5))
	var ids []ID
	for i := range 600 {
		id := a.ask(Request{Op: OpHold, Add: seats(v.plan.Label(uint32(i)))}).ID
		a.ask(Request{Op: OpExtend, ID: id, TTLSeconds: int32(1_000 + random.IntN(50_000))})
		ids = append(ids, id)
	}
	for _, i := range random.Perm(600)[:300] {
		a.ask(Request{Op: OpRelease, ID: ids[i]})
		if err := a.m.checkHeap(); err != nil {
			t.Fatal(err)
		}
	}
	for last := int64(0); a.m.Counts().Holds > 0; {
		deadline, _ := a.m.NextDeadlineMillis()
		if deadline < last {
			t.Fatalf("%d comes after %d", deadline, last)
		}
		last, a.now = deadline, deadline
		a.ask(Request{Op: OpExpire, Limit: 1})
	}
}
