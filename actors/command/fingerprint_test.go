package command_test

import (
	"slices"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

func TestFingerprintsNeverChange(t *testing.T) {
	for name, want := range map[string]uint64{
		"block":               0x5cf467fbfe3ea9f7,
		"cancel":              0xe45dea2bf1f85653,
		"change":              0xc9d11531210143da,
		"configure":           0xa5e1b501056be228,
		"confirm":             0x545e69ad88036ff7,
		"create_event":        0x5def6624f043a816,
		"expire":              0xcb2c3f5488abfbb9,
		"extend":              0x93f42dfc3c283ef6,
		"get_hold":            0xa1ef538688e02eec,
		"hold":                0x5e85872f0cfa6373,
		"hold_best_available": 0x8dd87542a8881106,
		"install_chart":       0x40ce2251ef1d9cc1,
		"put_chart":           0xbe4108326d31c7df,
		"read":                0xc3fb9ffc2159d13,
		"release":             0x90e93bce2a25a30f,
		"retake":              0xd0f0e9c4664b3237,
		"sale":                0x80057c6e75c78d9a,
		"sale_best_available": 0x44f40fba888a26ad,
	} {
		c := sampleCommands()[name]
		if got := command.Fingerprint(&c); got != want {
			t.Errorf("%s: %#x, want %#x", name, got, want)
		}
	}
}

func TestFingerprintIgnoresWhatTheCallerDidNotChoose(t *testing.T) {
	want := sampleHold()
	got := sampleHold()
	got.Request.Key, got.Request.CallerKey, got.Request.Fingerprint = seatmap.Key{1}, false, 1
	got.Request.ID = seatmap.ID{1}
	if command.Fingerprint(&got) != command.Fingerprint(&want) {
		t.Error("the key or the node's id counts")
	}
	for _, name := range []string{"create_event", "put_chart"} {
		want, got := sampleCommands()[name], sampleCommands()[name]
		if got.Chart != nil {
			got.Chart.Key, got.Chart.Plan, got.Chart.PlanCode, got.Chart.Document = seatmap.Key{1}, seatmap.PlanHash{1}, nil, nil
		} else {
			got.Create.Key, got.Create.Plan = seatmap.Key{1}, seatmap.PlanHash{1}
			slices.Reverse(got.Create.Config.Prices)
		}
		if command.Fingerprint(&got) != command.Fingerprint(&want) {
			t.Errorf("%s: the key, a compilation or the order of prices counts", name)
		}
	}
}

func TestFingerprintTellsApartWhatTheCallerChose(t *testing.T) {
	seen := map[uint64]string{}
	note := func(name string, c command.Command) {
		t.Helper()
		print := command.Fingerprint(&c)
		if other, ok := seen[print]; ok {
			t.Errorf("%s and %s have one fingerprint", name, other)
		}
		seen[print] = name
	}
	for name, c := range sampleCommands() {
		if c.Kind != command.KindRoom && c.Pass == (waitroom.Pass{}) { // rooms have no fingerprints, and a pass does not count
			note(name, c)
		}
	}
	for name, change := range map[string]func(*command.Command){
		"another event":  func(c *command.Command) { c.Event = "other" },
		"another op":     func(c *command.Command) { c.Request.Op = seatmap.OpRelease },
		"another target": func(c *command.Command) { c.Request.ID[0]++ },
		"another buyer":  func(c *command.Command) { c.Request.Buyer += "x" },
		"a reference":    func(c *command.Command) { c.Request.Reference += "x" },
		"a ttl":          func(c *command.Command) { c.Request.TTLSeconds++ },
		"a seat":         func(c *command.Command) { c.Request.Add.Seats = []string{"A"} },
		"two seats":      func(c *command.Command) { c.Request.Add.Seats = []string{"A", ""} },
		"an empty seat":  func(c *command.Command) { c.Request.Add.Seats = []string{""} },
		"a table":        func(c *command.Command) { c.Request.Add.Tables = []string{"A"} },
		"an area":        func(c *command.Command) { c.Request.Add.Areas = []seatmap.AreaQuantity{{Area: "A"}} },
		"an area of 1":   func(c *command.Command) { c.Request.Add.Areas = []seatmap.AreaQuantity{{Area: "A", Quantity: 1}} },
		"less a seat":    func(c *command.Command) { c.Request.Remove.Seats = []string{"A"} },
		"a ticket":       func(c *command.Command) { c.Request.Tickets = []uint32{1} },
		"a wish":         func(c *command.Command) { c.Request.Wish.Quantity = 2 },
		"a larger wish":  func(c *command.Command) { c.Request.Wish.Quantity = 3 },
		"require": func(c *command.Command) {
			c.Request.Wish = seatmap.Wish{Quantity: 2, Together: seatmap.TogetherRequire}
		},
		"accessible":      func(c *command.Command) { c.Request.Wish = seatmap.Wish{Quantity: 2, Accessible: 1} },
		"a category":      func(c *command.Command) { c.Request.Wish = seatmap.Wish{Quantity: 2, Categories: []string{"A"}} },
		"two categories":  func(c *command.Command) { c.Request.Wish = seatmap.Wish{Quantity: 2, Categories: []string{"A", "A"}} },
		"a section":       func(c *command.Command) { c.Request.Wish = seatmap.Wish{Quantity: 2, Sections: []string{"A"}} },
		"a lowest price":  func(c *command.Command) { c.Request.Wish = seatmap.Wish{Quantity: 2, MinPrice: 1} },
		"a highest price": func(c *command.Command) { c.Request.Wish = seatmap.Wish{Quantity: 2, MaxPrice: 1} },
		"a patch":         func(c *command.Command) { c.Request.Patch = &seatmap.ConfigPatch{} },
		"a patched name":  func(c *command.Command) { c.Request.Patch = &seatmap.ConfigPatch{Set: seatmap.FieldName} },
		"a patched name, named": func(c *command.Command) {
			c.Request.Patch = &seatmap.ConfigPatch{Set: seatmap.FieldName, Config: seatmap.Config{Name: "x"}}
		},
	} {
		c := sampleConfirm()
		change(&c)
		note(name, c)
	}
	for name, change := range map[string]func(*command.Command){
		"another chart":     func(c *command.Command) { c.Create.Chart = "other" },
		"another name":      func(c *command.Command) { c.Create.Config.Name = "other" },
		"another start":     func(c *command.Command) { c.Create.Config.StartsAtMillis++ },
		"another currency":  func(c *command.Command) { c.Create.Config.Currency = "EUR" },
		"another price":     func(c *command.Command) { c.Create.Config.Prices[0].Price++ },
		"no prices":         func(c *command.Command) { c.Create.Config.Prices = nil },
		"another state":     func(c *command.Command) { c.Create.Config.State = seatmap.SaleClosed },
		"another opening":   func(c *command.Command) { c.Create.Config.SaleOpensMillis++ },
		"another closing":   func(c *command.Command) { c.Create.Config.SaleClosesMillis++ },
		"another hold ttl":  func(c *command.Command) { c.Create.Config.HoldTTLSeconds++ },
		"more extensions":   func(c *command.Command) { c.Create.Config.HoldExtensions++ },
		"more per hold":     func(c *command.Command) { c.Create.Config.PlacesPerHold++ },
		"more per buyer":    func(c *command.Command) { c.Create.Config.PlacesPerBuyer++ },
		"another orphans":   func(c *command.Command) { c.Create.Config.Orphans = seatmap.OrphansRefuse },
		"another event key": func(c *command.Command) { c.Event = "tour:bern" },
	} {
		c := sampleCommands()["create_event"]
		change(&c)
		note("create_event, "+name, c)
	}
	drawing := sampleCommands()["put_chart"]
	drawing.Chart.Content[0]++
	note("another drawing", drawing)
}
