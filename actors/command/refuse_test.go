package command_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

// change encodes c and puts other bytes where old stands first.
func change(t *testing.T, b []byte, old, with string) []byte {
	t.Helper()
	if !strings.Contains(string(b), old) {
		t.Fatalf("%x is not in %x", old, b)
	}
	return []byte(strings.Replace(string(b), old, with, 1))
}

func TestDecoderRefusesWhatItDoesNotKnow(t *testing.T) {
	release := sampleCommands()["release"]
	release.Event = ""
	b := command.AppendCommand(nil, &release) // 98, version 01, kind 01, event a0, op 04, present 07, …
	held := sampleHeld()
	held.Index, held.NowMillis = 1, 2
	r := command.AppendResult(nil, &held) // version 01, index 01, now 02, code 00, …
	configure := sampleCommands()["configure"]
	p := command.AppendCommand(nil, &configure)
	wish := sampleWish()
	w := command.AppendCommand(nil, &wish) // …, quantity 04, together 01, accessible 01, …
	for _, test := range []struct {
		name   string
		bytes  []byte
		result bool
		want   error
	}{
		{"a version from the future", change(t, b, "\x98\x01\x01", "\x98\x02\x01"), false, command.ErrVersion},
		{"version 0", change(t, b, "\x98\x01\x01", "\x98\x00\x01"), false, command.ErrVersion},
		{"kind 0", change(t, b, "\x98\x01\x01", "\x98\x01\x00"), false, command.ErrUnknown},
		{"an unknown kind", change(t, b, "\x98\x01\x01", "\x98\x01\x63"), false, command.ErrUnknown},
		{"a kind above a byte", change(t, b, "\x98\x01\x01", "\x98\x01\xcd\x01\x01"), false, command.ErrUnknown},
		{"op 0", change(t, b, "\xa0\x04\x07", "\xa0\x00\x07"), false, command.ErrUnknown},
		{"an unknown op", change(t, b, "\xa0\x04\x07", "\xa0\x63\x07"), false, command.ErrUnknown},
		{"an unknown value of a request", change(t, b, "\xa0\x04\x07", "\xa0\x04\xce\x80\x00\x00\x07"), false, command.ErrUnknown},
		{"a value too few", change(t, b, "\x98\x01\x01", "\x97\x01\x01"), false, command.ErrShape},
		{"a value too many", append(change(t, b, "\x98\x01\x01", "\x99\x01\x01"), 0), false, command.ErrShape},
		{"an unknown way to sit", change(t, w, "\x97\x04\x01\x01", "\x97\x04\x03\x01"), false, command.ErrUnknown},
		{"a wish with a value too many", change(t, w, "\x97\x04\x01\x01", "\x98\x04\x01\x01"), false, command.ErrShape},
		{"an unknown setting", change(t, p, "\x92\x08", "\x92\xcd\x80\x00"), false, command.ErrUnknown},
		{"no array", []byte{0x01}, false, pack.ErrForm},
		{"a map", []byte{0x81, 0x01, 0x01}, false, pack.ErrForm},
		{"a result of a version from the future", change(t, r, "\x01\x01\x02\x00", "\x02\x01\x02\x00"), true, command.ErrVersion},
		{"an unknown code", change(t, r, "\x01\x01\x02\x00", "\x01\x01\x02\x63"), true, command.ErrUnknown},
		{"an unknown kind of place", change(t, r, "\x96\x01\xa6", "\x96\x04\xa6"), true, command.ErrUnknown},
		{"a result with values too many", append(slices.Concat([]byte{0xdc, 0, 17}, r[1:]), 0), true, command.ErrShape},
	} {
		d := command.NewDecoder(test.bytes)
		var err error
		if test.result {
			err = d.Result(&command.Result{})
		} else {
			err = d.Command(&command.Command{})
		}
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestDecoderRefusesEveryTruncation(t *testing.T) {
	for name, c := range sampleCommands() {
		b := command.AppendCommand(nil, &c)
		for n := range len(b) {
			if err := command.NewDecoder(b[:n]).Command(&command.Command{}); !errors.Is(err, pack.ErrTruncated) {
				t.Errorf("%s cut to %d bytes: %v", name, n, err)
			}
		}
	}
	for name, r := range sampleResults() {
		b := command.AppendResult(nil, &r)
		for n := range len(b) {
			if err := command.NewDecoder(b[:n]).Result(&command.Result{}); !errors.Is(err, pack.ErrTruncated) {
				t.Errorf("%s cut to %d bytes: %v", name, n, err)
			}
		}
	}
}

func TestValidateAndDecoderRefuseTheSame(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n+1) }
	many := func(n int) []string { return make([]string, n+1) }
	hold := func(change func(*seatmap.Request)) command.Command {
		c := sampleHold()
		change(&c.Request)
		return c
	}
	prices := sampleConfig()
	prices.Prices = make([]seatmap.CategoryPrice, seatmap.MaxCategories+1)
	currency := sampleConfig()
	currency.Currency = long(command.MaxCurrencyBytes)
	for _, test := range []struct {
		field string
		c     command.Command
	}{
		{"event", command.Command{Kind: command.KindRead, Event: long(command.MaxEventKeyBytes)}},
		{"kind", command.Command{}},
		{"op", command.Command{Kind: command.KindEvent}},
		{"buyer", hold(func(r *seatmap.Request) { r.Buyer = long(seatmap.MaxBuyerBytes) })},
		{"reference", hold(func(r *seatmap.Request) { r.Reference = long(seatmap.MaxReferenceBytes) })},
		{"seats", hold(func(r *seatmap.Request) { r.Add.Seats = many(command.MaxSelection) })},
		{"seats[1]", hold(func(r *seatmap.Request) { r.Add.Seats[1] = long(seatmap.MaxLabelBytes) })},
		{"areas", hold(func(r *seatmap.Request) { r.Add.Areas = make([]seatmap.AreaQuantity, command.MaxSelection+1) })},
		{"areas[0].area", hold(func(r *seatmap.Request) {
			r.Add.Areas = []seatmap.AreaQuantity{{Area: long(seatmap.MaxLabelBytes)}}
		})},
		{"tables", hold(func(r *seatmap.Request) { r.Add.Tables = many(command.MaxSelection) })},
		{"add.tables[0]", hold(func(r *seatmap.Request) {
			r.Op, r.Add.Tables = seatmap.OpChange, []string{long(seatmap.MaxLabelBytes)}
		})},
		{"remove.seats", hold(func(r *seatmap.Request) { r.Remove.Seats = many(command.MaxSelection) })},
		{"seats", hold(func(r *seatmap.Request) { r.Op, r.Add.Seats = seatmap.OpBlock, many(command.MaxBlockSelection) })},
		{"tickets", hold(func(r *seatmap.Request) { r.Tickets = make([]uint32, command.MaxTickets+1) })},
		{"best_available.together", hold(func(r *seatmap.Request) { r.Wish.Together = seatmap.TogetherAny + 1 })},
		{"best_available.categories", hold(func(r *seatmap.Request) { r.Wish.Categories = many(command.MaxWishKeys) })},
		{"best_available.sections", hold(func(r *seatmap.Request) { r.Wish.Sections = many(command.MaxWishKeys) })},
		{"best_available.sections[1]", hold(func(r *seatmap.Request) {
			r.Wish.Sections = []string{"", long(seatmap.MaxLabelBytes)}
		})},
		{"patch", hold(func(r *seatmap.Request) { r.Patch = &seatmap.ConfigPatch{Set: 1 << 15} })},
		{"prices", hold(func(r *seatmap.Request) { r.Patch = &seatmap.ConfigPatch{Config: prices} })},
		{"chart", command.Command{Kind: command.KindPutChart}},
		{"chart", command.Command{Kind: command.KindInstallChart, Chart: &command.Chart{Name: long(command.MaxChartNameBytes)}}},
		{"event", command.Command{Kind: command.KindCreateEvent}},
		{"chart", command.Command{Kind: command.KindCreateEvent, Create: &command.Create{Chart: long(command.MaxChartNameBytes)}}},
		{"currency", command.Command{Kind: command.KindCreateEvent, Create: &command.Create{Config: currency}}},
	} {
		var limit *command.LimitError
		if err := test.c.Validate(); !errors.As(err, &limit) || limit.Field != test.field {
			t.Errorf("validate: %v, want a complaint about %s", err, test.field)
		}
		if err := command.NewDecoder(command.AppendCommand(nil, &test.c)).Command(&command.Command{}); err == nil {
			t.Errorf("%s: decoded what Validate refuses", test.field)
		}
	}
}

func TestBlockMayNameMoreThanAHold(t *testing.T) {
	c := sampleCommands()["block"]
	c.Request.Add.Seats = make([]string, command.MaxBlockSelection)
	var got command.Command
	if err := command.NewDecoder(command.AppendCommand(nil, &c)).Command(&got); err != nil || c.Validate() != nil {
		t.Fatal(err, c.Validate())
	}
	if len(got.Request.Add.Seats) != command.MaxBlockSelection {
		t.Errorf("%d seats", len(got.Request.Add.Seats))
	}
}
