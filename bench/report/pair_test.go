package report

import (
	"strings"
	"testing"
)

func entry(system string, clients, each int, tickets ...float64) Entry {
	e := Entry{System: system, Road: RoadSingle, Clients: clients, PerClient: each}
	if each > 1 {
		e.Road = RoadBatch
	}
	for _, v := range tickets {
		e.Rounds = append(e.Rounds, &Measure{TicketsPerSecond: v, HoldP99: 1000})
	}
	return e
}

func comparisonOf(entries ...Entry) *Comparison {
	return &Comparison{
		Name: "c", Systems: []System{{Name: "P", Ours: true, Copies: 3}, {Name: "Peer", Copies: 1, Durability: "lost with its disk"}},
		Works: []Work{{Name: "w", Entries: entries}},
	}
}

func TestAPeerIsMetAtTheSameLoadElseAtItsBest(t *testing.T) {
	c := comparisonOf(entry("P", 64, 1, 10), entry("P", 16, 256, 100), entry("Peer", 64, 1, 5), entry("Peer", 256, 1, 8))
	pairs := c.Pairs(&c.Works[0])
	if len(pairs) != 2 {
		t.Fatalf("%d pairs", len(pairs))
	}
	if got := pairs[0].Theirs.Clients; got != 64 || pairs[0].Tickets.Median != 2 || pairs[0].HoldP99 == nil {
		t.Errorf("64 clients stand against %d, %+v", got, pairs[0])
	}
	if got := pairs[1].Theirs.Clients; got != 256 || pairs[1].Tickets.Median != 12.5 {
		t.Errorf("4,096 operations stand against %d clients, ratio %+v; want the peer's fastest", got, pairs[1].Tickets)
	}
	if pairs[1].HoldP99 != nil {
		t.Error("latencies under different loads were compared")
	}
}

func TestWhoWinsIsSaidInWords(t *testing.T) {
	for _, test := range []struct {
		name         string
		ours, theirs []float64
		want         string
		tone         tone
	}{
		{"peer", []float64{10, 11}, []float64{20, 22}, "Peer (1 copy) wins against Parterre's single requests (2.00\u202f× as many tickets). What an answer is worth there: lost with its disk.", bad},
		{"ours", []float64{20, 22}, []float64{10, 11}, "Parterre wins against Peer (1 copy) with single requests (2.00\u202f× as many tickets).", good},
		{"neither", []float64{10, 12}, []float64{11, 11}, "the rounds do not agree", doubt},
	} {
		c := comparisonOf(entry("P", 64, 1, test.ours...), entry("Peer", 64, 1, test.theirs...))
		list := c.winners(c.Pairs(&c.Works[0]))
		if len(list) != 1 || !strings.Contains(list[0].Text, test.want) || list[0].Tone != test.tone {
			t.Errorf("%s: %+v, want %q", test.name, list, test.want)
		}
	}
}

func TestWhereAPeerWinsStandsFirst(t *testing.T) {
	c := smallComparison()
	list := c.winners(c.Pairs(&c.Works[0]))
	if !strings.HasPrefix(list[0].Text, "Redis everysec (1 copy) wins") {
		t.Errorf("first: %q", list[0].Text)
	}
}

func TestBatchedFiguresNeverStandAlone(t *testing.T) {
	alone := comparisonOf(entry("P", 16, 256, 100), entry("Peer", 256, 1, 8))
	if text := alone.alone(&alone.Works[0]); !strings.Contains(text, "stand alone") {
		t.Errorf("no warning: %q", text)
	}
	both := comparisonOf(entry("P", 16, 256, 100), entry("P", 64, 1, 10), entry("Peer", 256, 1, 8), entry("Peer", 64, 1, 5))
	if text := both.alone(&both.Works[0]); text != "" {
		t.Errorf("a warning without need: %q", text)
	}
	panels := both.panels(&both.Works[0])
	var names []string
	for _, e := range panels[len(panels)-1].entries {
		names = append(names, e.label(true))
	}
	if got, want := strings.Join(names, "; "), "P, batch, 16 × 256; P, 64 clients; Peer, 256 clients"; got != want {
		t.Errorf("beside the batches: %q, want %q", got, want)
	}
}

func TestAWorkAtAFixedRateShowsLatenciesOnly(t *testing.T) {
	w := comparisonOf(entry("P", 64, 1, 10), entry("P", 64, 1, 10))
	w.Works[0].FixedRate = true
	for i := range w.Works[0].Entries {
		e := &w.Works[0].Entries[i]
		e.Note, e.Rounds[0].OrderP99 = []string{"through the leader", "through the others"}[i], 5_000
	}
	p := w.panels(&w.Works[0])[0]
	b := p.block(w, "id")
	if len(b.Figures) != 2 || !strings.HasSuffix(b.Figures[0].Title, "hold, p99") || !strings.HasSuffix(b.Figures[1].Title, "order, p99") {
		t.Fatalf("%d figures", len(b.Figures))
	}
	for _, want := range []string{"through the leader: P", "through the others: P"} {
		if !strings.Contains(string(b.Figures[0].Drawings[0]), want) {
			t.Errorf("entries that are alike are not told apart: no %q", want)
		}
	}
}

func TestOursStandFirst(t *testing.T) {
	c := comparisonOf(entry("Peer", 64, 1, 5), entry("P", 64, 1, 10))
	c.Systems[0], c.Systems[1] = c.Systems[1], c.Systems[0]
	if p := c.panels(&c.Works[0])[0]; p.entries[0].System != "P" {
		t.Errorf("first: %s", p.entries[0].System)
	}
	if rows := systemsTable(c).Rows; rows[0][0].Text != "P" {
		t.Errorf("first: %s", rows[0][0].Text)
	}
}
