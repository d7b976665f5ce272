package actors

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

func TestAChartsNameStandsForOneContent(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 20)
	if a := r.do(putChart(chart), seatmap.CodeOK); !a.Created || a.Replayed {
		t.Errorf("first: %+v, want created", a)
	}
	if a := r.do(putChart(chart), seatmap.CodeOK); !a.Created || !a.Replayed {
		t.Errorf("same attempt: %+v, want created, replayed", a)
	}
	other := *chart
	other.Key = keyOf(77)
	if a := r.do(putChart(&other), seatmap.CodeOK); a.Created || a.Replayed {
		t.Errorf("same content: %+v, want not created", a)
	}
	other.Key = seatmap.Key{}
	if a := r.do(putChart(&other), seatmap.CodeOK); a.Created {
		t.Errorf("same content without a key: %+v, want not created", a)
	}
	larger := hall(t, 40)
	r.do(putChart(larger), seatmap.CodeChartExists)
	larger.Key = chart.Key
	r.do(putChart(larger), seatmap.CodeChartExists)

	stored, ok := r.Chart("hall")
	if !ok || stored.Content != chart.Content || stored.Plan != chart.Plan || string(stored.Document) != string(chart.Document) {
		t.Errorf("stored: %+v", stored)
	}
	if r.HasPlan(larger.Plan) {
		t.Error("a refused chart left its plan")
	}
}

func TestAPlanIsStoredOnceForAllCharts(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 20)
	twin := *chart
	twin.Name = "twin"
	r.do(install(chart), seatmap.CodeOK)
	if a := r.do(install(chart), seatmap.CodeOK); a.Created {
		t.Error("an installed plan was created again")
	}
	r.do(putChart(chart), seatmap.CodeOK)
	r.do(putChart(&twin), seatmap.CodeOK)
	one, _ := r.Chart("hall")
	two, _ := r.Chart("twin")
	if &one.PlanCode[0] != &two.PlanCode[0] {
		t.Error("two charts of one plan keep its code twice")
	}
	r.do(create("a", chart, 1), seatmap.CodeOK)
	r.do(create("b", &twin, 2), seatmap.CodeOK)
	if r.event("a").View().Plan() != r.event("b").View().Plan() {
		t.Error("two events of one plan decoded it twice")
	}
}

func TestAPlanThatIsNotWhatItsHashSaysIsRefused(t *testing.T) {
	chart := hall(t, 20)
	for name, spoil := range map[string]func(c *command.Chart){
		"no gzip":         func(c *command.Chart) { c.PlanCode = []byte("plain") },
		"truncated":       func(c *command.Chart) { c.PlanCode = c.PlanCode[:len(c.PlanCode)-4] },
		"other hash":      func(c *command.Chart) { c.Plan[0] ^= 1 },
		"no plan at all":  func(c *command.Chart) { c.PlanCode = nil },
		"name missing":    func(c *command.Chart) { c.Name = "" },
		"name too long":   func(c *command.Chart) { c.Name = strings.Repeat("x", command.MaxChartNameBytes+1) },
		"large document":  func(c *command.Chart) { c.Document = make([]byte, command.MaxDocumentBytes+1) },
		"bomb of a plan":  func(c *command.Chart) { c.PlanCode = pack(t, make([]byte, seatmap.MaxPlanCodeBytes+1)) },
		"large plan code": func(c *command.Chart) { c.PlanCode = make([]byte, seatmap.MaxPlanCodeBytes+1) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newReplica(t)
			bad := *chart
			spoil(&bad)
			a := r.do(putChart(&bad), seatmap.CodeInvalid)
			if a.Field != "chart" || a.Reason == "" {
				t.Errorf("refused for %q: %q", a.Field, a.Reason)
			}
			if r.sum != 0 || len(r.state.plans)+len(r.state.charts) != 0 {
				t.Error("something was kept")
			}
		})
	}
}

func TestAnEventIsMadeOnce(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 20)
	r.do(create("a", chart, 1), seatmap.CodeUnknownChart)
	r.do(install(chart), seatmap.CodeOK)
	first := r.do(create("a", chart, 1), seatmap.CodeOK)
	if !first.Created || first.Replayed {
		t.Errorf("first: %+v", first)
	}
	r.do(hold("a", 9, "A-1"), seatmap.CodeOK)

	again := r.do(create("a", chart, 1), seatmap.CodeOK)
	if !again.Created || !again.Replayed || again.Revision != first.Revision {
		t.Errorf("same attempt: %+v, want the first answer again", again)
	}
	if same := r.do(create("a", chart, 2), seatmap.CodeOK); same.Created || same.Revision != r.fresh("a").Revision() {
		t.Errorf("same content: %+v, want not created, newest revision", same)
	}
	if got := r.status("a", "A-1"); got != seatmap.StatusHeld {
		t.Errorf("A-1 is %v after the event was asked for again, want held", got)
	}
}

func TestAnEventOfOtherContentIsAnotherEvent(t *testing.T) {
	for name, alter := range map[string]func(c *command.Create){
		"chart's name": func(c *command.Create) { c.Chart = "other" },
		"plan":         func(c *command.Create) { c.Plan[3] ^= 1 },
		"name":         func(c *command.Create) { c.Config.Name = "Second night" },
		"start":        func(c *command.Create) { c.Config.StartsAtMillis = 5 },
		"currency":     func(c *command.Create) { c.Config.Currency = "EUR" },
		"price":        func(c *command.Create) { c.Config.Prices = []seatmap.CategoryPrice{{Category: "1", Price: 1}} },
		"no prices":    func(c *command.Create) { c.Config.Prices = nil },
		"state":        func(c *command.Create) { c.Config.State = seatmap.SaleDraft },
		"opening":      func(c *command.Create) { c.Config.SaleOpensMillis = 5 },
		"closing":      func(c *command.Create) { c.Config.SaleClosesMillis = 5 },
		"time to live": func(c *command.Create) { c.Config.HoldTTLSeconds = 5 },
		"extensions":   func(c *command.Create) { c.Config.HoldExtensions = 0 },
		"per hold":     func(c *command.Create) { c.Config.PlacesPerHold = 5 },
		"per buyer":    func(c *command.Create) { c.Config.PlacesPerBuyer = 5 },
		"orphans":      func(c *command.Create) { c.Config.Orphans = seatmap.OrphansAvoid },
	} {
		t.Run(name, func(t *testing.T) {
			r := newReplica(t)
			chart := r.open(20, "a")
			other := create("a", chart, 1_000_000) // the same key does not excuse another content
			alter(other.Create)
			r.do(other, seatmap.CodeEventExists)
		})
	}
}

func TestTheOrderOfPricesMeansNothing(t *testing.T) {
	c := command.Create{Config: seatmap.Config{Prices: []seatmap.CategoryPrice{{Category: "1", Price: 5}, {Category: "2", Price: 6}}}}
	there := creationFingerprint(&c)
	slices.Reverse(c.Config.Prices)
	if creationFingerprint(&c) != there {
		t.Error("the same prices in another order have another fingerprint")
	}
	if c.Config.Prices[0].Category != "2" {
		t.Error("the command was changed")
	}
}

// A command's strings and bytes lie in the log's buffers.
func TestNothingKeptBelongsToTheCommand(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 20)
	var log [][]byte
	text := func(s string) string {
		b := []byte(s)
		log = append(log, b)
		return unsafe.String(&b[0], len(b))
	}
	chart.Name = text("hall")
	event, named := text("a"), text("hall")
	opening := create(event, chart, 1)
	opening.Create.Chart = named
	opening.Create.Config.Name = text("Opening night")
	opening.Create.Config.Currency = text("CHF")
	opening.Create.Config.Prices[0].Category = text("1")
	log = append(log, chart.Document, chart.PlanCode)
	r.apply(putChart(chart), opening, hold(event, 2, text("A-1")))
	want := r.snapshot()
	for _, b := range log {
		for i := range b {
			b[i] = '!'
		}
	}
	if string(r.snapshot()) != string(want) {
		t.Error("the state changed with the command's memory")
	}
	if _, ok := r.Chart("hall"); !ok || r.event("a").Key() != "a" {
		t.Error("a name changed with the command's memory")
	}
	if hash, err := r.Rehash(); err != nil || hash != r.Hash() {
		t.Error("the state hash changed with the command's memory")
	}
}

func TestABadSettingIsNamed(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 20)
	r.do(install(chart), seatmap.CodeOK)
	bad := create("a", chart, 1)
	bad.Create.Config.HoldTTLSeconds = -1
	if a := r.do(bad, seatmap.CodeInvalid); a.Field != "hold_ttl_seconds" || a.Reason == "" {
		t.Errorf("refused for %q: %q", a.Field, a.Reason)
	}
	if _, ok := r.Event("a"); ok {
		t.Error("a refused event is there")
	}
	nameless := create("", chart, 1)
	if a := r.do(nameless, seatmap.CodeInvalid); a.Field != "event" {
		t.Errorf("refused for %q: %q", a.Field, a.Reason)
	}
	r.do(create(strings.Repeat("x", command.MaxEventKeyBytes+1), chart, 1), seatmap.CodeInvalid)
	longChart := create("a", chart, 1)
	longChart.Create.Chart = strings.Repeat("x", command.MaxChartNameBytes+1)
	if a := r.do(longChart, seatmap.CodeInvalid); a.Field != "chart" {
		t.Errorf("refused for %q: %q", a.Field, a.Reason)
	}
}

// Filling a partition to its limits takes minutes, so the directory is made to look full.
func TestPastALimitNothingIsDecided(t *testing.T) {
	chart, larger := hall(t, 20), hall(t, 40)
	larger.Name = "larger"
	for name, fill := range map[string]struct {
		to func(d *directory)
		do command.Command
	}{
		"events": {func(d *directory) { d.events = make([]*Event, MaxEvents) }, create("z", chart, 1)},
		"charts": {func(d *directory) { d.charts = make([]*StoredChart, MaxCharts) }, putChart(larger)},
		"plans": {func(d *directory) {
			for i := range MaxPlans {
				d.plans[seatmap.PlanHash{1: byte(i >> 16), 2: byte(i >> 8), 3: byte(i)}] = &storedPlan{}
			}
		}, install(larger)},
		"bytes of plans":    {func(d *directory) { d.bytes = MaxPlanBytes - 10 }, install(larger)},
		"bytes of drawings": {func(d *directory) { d.bytes = MaxPlanBytes - 10 }, putChart(chart)},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReplica(t)
			r.do(install(chart), seatmap.CodeOK)
			fill.to(&r.state)
			sum := r.sum
			if a := r.do(fill.do, seatmap.CodeOverloaded); a.Reason == "" || a.Created {
				t.Errorf("%+v", a)
			}
			if r.sum != sum {
				t.Error("the state changed")
			}
		})
	}
}

func TestListingsAreOrderedAndPaged(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 20)
	r.do(install(chart), seatmap.CodeOK)
	var want []string
	for i := range 25 {
		key := fmt.Sprintf("e%02d", i*7%25)
		want = append(want, key)
		r.do(create(key, chart, uint64(i)), seatmap.CodeOK)
		named := *chart
		named.Name = key
		r.do(putChart(&named), seatmap.CodeOK)
	}
	slices.Sort(want)
	var events, charts []string
	after := ""
	for page := r.Events(after, 4); len(page) > 0; page = r.Events(after, 4) {
		for _, e := range page {
			events = append(events, e.Key())
		}
		after = events[len(events)-1]
	}
	after = ""
	for page := r.Charts(after, 7); len(page) > 0; page = r.Charts(after, 7) {
		for _, c := range page {
			charts = append(charts, c.Name)
		}
		after = charts[len(charts)-1]
	}
	if !slices.Equal(events, want) || !slices.Equal(charts, want) {
		t.Errorf("events %v, charts %v, want %v", events, charts, want)
	}
	if got := r.Events("e03x", 1); len(got) != 1 || got[0].Key() != "e04" {
		t.Errorf("after a key that is not there: %v", got)
	}
	if len(r.Events("", 0))+len(r.Events("", -1))+len(r.Events("zz", 5)) != 0 {
		t.Error("rows where none were asked for")
	}
	if e := r.event("e04"); e.Chart() != "hall" {
		t.Errorf("chart %q", e.Chart())
	}
}
