package seatmap

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// The scenarios in testdata/scenarios are told in a box office's words; testdata/README.md explains them.
// `go test -run TestScenarios -rewrite` writes down what the map answers now.
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &scenario{names: map[ID]string{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "venue":
				return s.venue(t, d.Input)
			case "event":
				return s.event(t, d.Input)
			case "at":
				s.clock(t, d.CmdArgs[0].Key, d.CmdArgs[1:])
			default:
				d.Fatalf(t, "unknown command %q", d.Cmd)
			}
			var out strings.Builder
			for line := range strings.Lines(d.Input) {
				fmt.Fprintln(&out, s.run(t, strings.TrimSpace(line)))
			}
			if err := s.m.Check(); err != nil {
				d.Fatalf(t, "%v", err)
			}
			return out.String()
		})
	})
}

type scenario struct {
	spec  *PlanSpec
	plan  *Plan
	m     *Map
	now   time.Time
	names map[ID]string
	keys  uint64
}

var scenarioDay = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)

// clock moves the time to hh:mm:ss, on day=2 to that of the next day.
func (s *scenario) clock(t *testing.T, clock string, args []datadriven.CmdArg) {
	day := 1
	for _, arg := range args {
		if arg.Key == "day" {
			day = number(t, arg.Vals[0])
		}
	}
	s.now = at(t, clock).AddDate(0, 0, day-1)
}

func at(t *testing.T, clock string) time.Time {
	at, err := time.Parse("15:04:05", clock)
	if err != nil {
		t.Fatal(err)
	}
	return scenarioDay.Add(at.Sub(at.Truncate(24 * time.Hour)))
}

func number(t *testing.T, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// venue reads lines such as "section A: Stalls", "row A-1: 5 seats, category 1, section A, rank 10, aisle after 3,
// accessible 1, companion 2", "table T1: whole, category 1", "table T2: 3 seats, category 2", "area Floor: 9 places,
// category 2", "category 1: Front". Seats have their row's rank, or "ranks 3 2 1 2 3".
func (s *scenario) venue(t *testing.T, lines string) string {
	s.spec = &PlanSpec{}
	for line := range strings.Lines(lines) {
		head, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		kind, key, _ := strings.Cut(head, " ")
		size, category, aisle, section := 0, 0, 0, -1
		var ranks, accessible, companion []int
		numbers := func(words []string) (numbers []int) {
			for _, word := range words {
				numbers = append(numbers, number(t, word))
			}
			return numbers
		}
		for _, part := range strings.Split(rest, ", ") {
			words := strings.Fields(part)
			switch {
			case kind == "category" || kind == "section":
			case words[0] == "section":
				section = slices.IndexFunc(s.spec.Sections, func(c SectionSpec) bool { return c.Key == words[1] })
			case words[0] == "rank" || words[0] == "ranks":
				ranks = numbers(words[1:])
			case words[0] == "accessible":
				accessible = numbers(words[1:])
			case words[0] == "companion":
				companion = numbers(words[1:])
			case words[0] == "category":
				category = slices.IndexFunc(s.spec.Categories, func(c CategorySpec) bool { return c.Key == words[1] })
			case words[0] == "aisle":
				aisle = number(t, words[2])
			case words[0] != "whole":
				size = number(t, words[0])
			}
		}
		var seats []SeatSpec
		for i := 1; kind != "area" && i <= size; i++ {
			seat := SeatSpec{Label: fmt.Sprintf("%s-%d", key, i), Category: category, AisleAfter: i == aisle}
			if len(ranks) > 0 {
				seat.Rank = uint32(ranks[min(i, len(ranks))-1])
			}
			if slices.Contains(accessible, i) {
				seat.Flags |= SeatAccessible
			}
			if slices.Contains(companion, i) {
				seat.Flags |= SeatCompanion
			}
			seats = append(seats, seat)
		}
		switch kind {
		case "category":
			s.spec.Categories = append(s.spec.Categories, CategorySpec{Key: key, Name: rest})
		case "section":
			s.spec.Sections = append(s.spec.Sections, SectionSpec{Key: key, Name: rest})
		case "row":
			s.spec.Rows = append(s.spec.Rows, RowSpec{Section: section, Key: key, Seats: seats})
		case "table":
			s.spec.Tables = append(s.spec.Tables, TableSpec{Key: key, Category: category, Whole: len(seats) == 0, Seats: seats})
		case "area":
			s.spec.Areas = append(s.spec.Areas, AreaSpec{Key: key, Category: category, Section: -1, Capacity: int32(size)})
		default:
			t.Fatalf("no such thing: %s", line)
		}
	}
	plan, err := NewPlan(s.spec)
	if err != nil {
		return err.Error()
	}
	s.plan = plan
	return fmt.Sprintf("%d seats, %d whole tables, %d areas", plan.Seats(), plan.Slots()-plan.Seats(), len(plan.Areas()))
}

// event opens an event of the venue; each line is a setting, as in "set".
func (s *scenario) event(t *testing.T, lines string) string {
	config := DefaultConfig()
	config.Currency, config.State = "CHF", SaleOn
	for line := range strings.Lines(lines) {
		patch := s.setting(t, strings.Fields(line))
		config = *config.patched(patch)
	}
	m, err := New(s.plan, &config)
	if err != nil {
		return "refused: " + err.Error()
	}
	s.m, s.names = m, map[ID]string{}
	return "ready"
}

func (s *scenario) setting(t *testing.T, words []string) *ConfigPatch {
	p := &ConfigPatch{}
	c := &p.Config
	switch value := words[1]; words[0] {
	case "state":
		states := []string{"", "draft", "on_sale", "paused", "closed"}
		p.Set, c.State = FieldState, SaleState(max(0, slices.Index(states, value)))
	case "prices":
		p.Set = FieldPrices
		for _, word := range words[1:] {
			category, price, _ := strings.Cut(word, "=")
			c.Prices = append(c.Prices, CategoryPrice{Category: category, Price: int64(100 * number(t, price))})
		}
	case "opens":
		p.Set, c.SaleOpensMillis = FieldSaleOpens, at(t, value).UnixMilli()
	case "closes":
		p.Set, c.SaleClosesMillis = FieldSaleCloses, at(t, value).UnixMilli()
	case "ttl":
		p.Set, c.HoldTTLSeconds = FieldHoldTTL, int32(number(t, value))
	case "extensions":
		p.Set, c.HoldExtensions = FieldHoldExtensions, int32(number(t, value))
	case "per-hold":
		p.Set, c.PlacesPerHold = FieldPlacesPerHold, int32(number(t, value))
	case "per-buyer":
		p.Set, c.PlacesPerBuyer = FieldPlacesPerBuyer, int32(number(t, value))
	case "orphans":
		rules := []string{"", "allow", "avoid", "refuse"}
		p.Set, c.Orphans = FieldOrphans, OrphanRule(max(0, slices.Index(rules, value)))
	default:
		t.Fatalf("no such setting: %s", words[0])
	}
	return p
}

// run runs one line and says what came of it.
func (s *scenario) run(t *testing.T, line string) string {
	words := strings.Fields(line)
	switch words[0] {
	case "map":
		return s.show()
	case "counts":
		c := s.m.Counts()
		return fmt.Sprintf("free %d, held %d, sold %d, blocked %d; %d holds, %d orders, %d keys",
			c.Free, c.Held, c.Sold, c.Blocked, c.Holds, c.Orders, c.Keys)
	}
	req := s.request(t, words)
	var ans Answer
	s.m.Do(s.now.UnixMilli(), req, &ans)
	if req.Op == OpHold || req.Op == OpSale {
		if ans.Code == CodeOK && !ans.Replayed {
			s.names[ans.ID] = strings.TrimRight(string(req.ID[:]), "\x00")
		}
	}
	return s.say(req, &ans)
}

var scenarioOps = map[string]Op{
	"hold": OpHold, "sale": OpSale, "confirm": OpConfirm, "release": OpRelease, "extend": OpExtend, "change": OpChange,
	"cancel": OpCancel, "block": OpBlock, "unblock": OpUnblock, "set": OpConfigure, "show": OpGetHold, "order": OpGetOrder,
	"lapse": OpExpire,
}

func (s *scenario) request(t *testing.T, words []string) *Request {
	req := &Request{Op: scenarioOps[words[0]]}
	if req.Op == 0 {
		t.Fatalf("unknown command %q", words[0])
	}
	s.keys++
	req.Key[15], req.Key[14], req.Key[13] = byte(s.keys), byte(s.keys>>8), 1
	var said []string // what the fingerprint covers
	to, mode := &req.Add, ""
	for i := 1; i < len(words); i++ {
		word := words[i]
		value := func() string { i++; return words[i] }
		switch {
		case word == "key":
			req.CallerKey, req.Key = true, Key{}
			copy(req.Key[:], value())
			continue
		case word == "as":
			copy(req.ID[:], value())
			continue
		case word == "for":
			req.Buyer = value()
		case word == "reference":
			req.Reference = value()
		case word == "retake":
			req.Retake = true
		case word == "by":
			req.TTLSeconds = int32(number(t, value()))
		case word == "add" || word == "tickets":
			mode, to = word, &req.Add
		case word == "remove":
			mode, to = word, &req.Remove
		case word == "best":
			req.Wish.Quantity = int32(number(t, value()))
		case word == "require" || word == "any":
			req.Wish.Together = map[string]Together{"require": TogetherRequire, "any": TogetherAny}[word]
		case word == "accessible":
			req.Wish.Accessible = int32(number(t, value()))
		case word == "category":
			req.Wish.Categories = append(req.Wish.Categories, value())
		case word == "section":
			req.Wish.Sections = append(req.Wish.Sections, value())
		case word == "from":
			req.Wish.MinPrice = int64(100 * number(t, value()))
		case word == "to":
			req.Wish.MaxPrice = int64(100 * number(t, value()))
		case word == "at-most":
			req.Limit = int32(number(t, value()))
		case mode == "tickets":
			req.Tickets = append(req.Tickets, uint32(number(t, word)))
		case req.Op == OpConfigure:
			req.Patch = s.setting(t, words[i:])
			i = len(words)
		case i == 1 && req.Op != OpHold && req.Op != OpSale && req.Op != OpBlock && req.Op != OpUnblock:
			copy(req.ID[:], word)
		default:
			s.place(t, to, word)
		}
		said = append(said, word)
	}
	req.Fingerprint = hashText(fmt.Sprint(req.Op, said, req.Buyer, req.Reference, req.TTLSeconds, req.Wish))
	return req
}

// place adds a word to a selection: "3xFloor" is three places of an area, a table's key its table, all else a seat.
func (s *scenario) place(t *testing.T, to *Selection, word string) {
	quantity, area, ok := strings.Cut(word, "x")
	switch {
	case ok:
		to.Areas = append(to.Areas, AreaQuantity{Area: area, Quantity: int32(number(t, quantity))})
	case slices.ContainsFunc(s.spec.Tables, func(table TableSpec) bool { return table.Key == word }):
		to.Tables = append(to.Tables, word)
	default:
		to.Seats = append(to.Seats, word)
	}
}

// say puts an answer into words.
func (s *scenario) say(req *Request, ans *Answer) string {
	var b strings.Builder
	if ans.Lapsed > 0 {
		fmt.Fprintf(&b, "[%d lapsed] ", ans.Lapsed)
	}
	if ans.Replayed {
		b.WriteString("again: ")
	}
	switch {
	case ans.Code == CodeInvalid:
		fmt.Fprintf(&b, "refused, %s: %s %s", ans.Code, ans.Field, ans.Reason)
		return b.String()
	case ans.Code != CodeOK:
		fmt.Fprintf(&b, "refused, %s", ans.Code)
		if text := strings.Join(append(ans.Labels, ans.Reason), " "); strings.TrimSpace(text) != "" {
			fmt.Fprintf(&b, ": %s", strings.TrimSpace(text))
		}
		return b.String()
	case ans.ID.IsZero():
		fmt.Fprintf(&b, "done")
	default:
		s.sayHold(&b, ans)
	}
	if req.Op == OpGetHold || req.Op == OpGetOrder || req.Op == OpExpire {
		return b.String()
	}
	if ans.Created {
		fmt.Fprintf(&b, " (revision %d)", ans.Revision)
	} else {
		b.WriteString(" (nothing changed)")
	}
	return b.String()
}

func (s *scenario) sayHold(b *strings.Builder, ans *Answer) {
	fmt.Fprintf(b, "%s %s", s.names[ans.ID], ans.State)
	if ans.ExpiresAtMillis > 0 {
		deadline := time.UnixMilli(ans.ExpiresAtMillis).UTC()
		fmt.Fprintf(b, " until %s", deadline.Format("15:04:05"))
		if ans.ExtensionsLeft > 0 {
			fmt.Fprintf(b, ", extensions left %d", ans.ExtensionsLeft)
		}
	}
	if ans.Buyer != "" {
		fmt.Fprintf(b, ", for %s", ans.Buyer)
	}
	if ans.Reference != "" {
		fmt.Fprintf(b, ", paid by %s", ans.Reference)
	}
	if len(ans.Places) == 0 {
		return
	}
	var places []string
	for _, p := range ans.Places {
		text := p.Label
		if p.Quantity > 1 {
			text = fmt.Sprintf("%dx%s", p.Quantity, p.Label)
		}
		if ans.State == HoldConfirmed {
			text += fmt.Sprintf(" (ticket %d)", p.Ticket)
		}
		places = append(places, text)
	}
	fmt.Fprintf(b, ": %s", strings.Join(places, ", "))
	if ans.Together {
		b.WriteString(", together")
	}
	fmt.Fprintf(b, "; total %d.%02d %s", ans.Total/100, ans.Total%100, ans.Currency)
}

// show draws the seat map: a letter for each seat, row by row, then tables and areas.
func (s *scenario) show() string {
	var b strings.Builder
	p := s.m.Picture()
	states := p.AppendStates(nil)
	row := func(name string, seats int) {
		fmt.Fprintf(&b, "%s %s  ", name, states[:seats])
		states = states[seats:]
	}
	for _, r := range s.spec.Rows {
		row(r.Key, len(r.Seats))
	}
	for _, table := range s.spec.Tables {
		if !table.Whole {
			row(table.Key, len(table.Seats))
		}
	}
	for slot := s.plan.Seats(); slot < s.plan.Slots(); slot++ {
		fmt.Fprintf(&b, "%s %c  ", s.plan.Label(uint32(slot)), p.Status(uint32(slot)).Letter())
	}
	for i, area := range s.spec.Areas {
		a := p.AreaState(i)
		fmt.Fprintf(&b, "%s %d free %d held %d sold %d blocked  ", area.Key, a.Free, a.Held, a.Sold, a.Blocked)
	}
	return strings.TrimSpace(b.String())
}
