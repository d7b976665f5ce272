package command_test

import (
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

// The samples are what testdata/v1 holds the bytes of. Never change one: add another.

var (
	sampleKey = seatmap.Key{0x10, 0x21, 0x32, 0x43, 0x54, 0x65, 0x76, 0x87, 0x98, 0xa9, 0xba, 0xcb, 0xdc, 0xed, 0xfe, 0x0f}
	sampleID  = seatmap.ID{0x01, 0x9a, 0xa5, 0xd0, 0x11, 0x22, 0x73, 0x33, 0x84, 0x44, 0x55, 0x55, 0x66, 0x66, 0x77, 0x77}
	sampleSum = [32]byte{0: 0xaa, 31: 0xbb}
)

const samplePrint = 0xfedcba9876543210

func eventCommand(r seatmap.Request) command.Command {
	r.Key, r.Fingerprint = sampleKey, samplePrint
	return command.Command{Kind: command.KindEvent, Event: "opening-night", Request: r}
}

func sampleHold() command.Command {
	return eventCommand(seatmap.Request{
		Op: seatmap.OpHold, CallerKey: true, ID: sampleID, Buyer: "b-81",
		Add: seatmap.Selection{Seats: []string{"A-1-11", "A-1-12"}},
	})
}

func sampleWish() command.Command {
	return eventCommand(seatmap.Request{
		Op: seatmap.OpHold, CallerKey: true, ID: sampleID, Buyer: "b-81",
		Wish: seatmap.Wish{
			Quantity: 4, Together: seatmap.TogetherRequire, Accessible: 1,
			Categories: []string{"1", "2"}, Sections: []string{"A"}, MinPrice: 5_000, MaxPrice: 12_000,
		},
	})
}

func sampleConfirm() command.Command {
	return eventCommand(seatmap.Request{Op: seatmap.OpConfirm, CallerKey: true, ID: sampleID, Reference: "psp-123"})
}

func sampleConfig() seatmap.Config {
	return seatmap.Config{
		Name: "Opening night", StartsAtMillis: 1_803_929_400_000, Currency: "CHF",
		Prices: []seatmap.CategoryPrice{{Category: "1", Price: 12_000}, {Category: "2", Price: 6_500}},
		State:  seatmap.SaleOn, SaleOpensMillis: 1_795_000_000_000, SaleClosesMillis: 1_803_929_400_000,
		HoldTTLSeconds: 480, HoldExtensions: 1, PlacesPerHold: 8, PlacesPerBuyer: 20, Orphans: seatmap.OrphansAvoid,
	}
}

func sampleCommands() map[string]command.Command {
	chart := command.Chart{
		Name: "hallenstadion", Document: []byte("drawing"), Content: sampleSum, Plan: sampleSum,
		PlanCode: []byte("code"), Key: sampleKey,
	}
	installed := chart
	installed.Name, installed.Document = "", nil
	add := seatmap.Selection{
		Seats: []string{"A-1-1"}, Areas: []seatmap.AreaQuantity{{Area: "Floor", Quantity: 2}}, Tables: []string{"T1"},
	}
	remove := seatmap.Selection{
		Seats: []string{"A-1-2"}, Areas: []seatmap.AreaQuantity{{Area: "Floor", Quantity: 300}}, Tables: []string{"T2"},
	}
	return map[string]command.Command{
		"hold":    sampleHold(),
		"confirm": sampleConfirm(),
		"retake":  eventCommand(seatmap.Request{Op: seatmap.OpConfirm, Retake: true, ID: sampleID, Reference: "psp-123"}),
		"sale": eventCommand(seatmap.Request{
			Op: seatmap.OpSale, ID: sampleID, Buyer: "b-81", Reference: "cash", Add: add,
		}),
		"hold_best_available": sampleWish(),
		"sale_best_available": eventCommand(seatmap.Request{
			Op: seatmap.OpSale, ID: sampleID, Reference: "cash", Wish: seatmap.Wish{Quantity: 2},
			Add: seatmap.Selection{Areas: []seatmap.AreaQuantity{{Area: "Floor", Quantity: 2}}},
		}),
		"release": eventCommand(seatmap.Request{Op: seatmap.OpRelease, ID: sampleID}),
		"extend":  eventCommand(seatmap.Request{Op: seatmap.OpExtend, ID: sampleID, TTLSeconds: -300}),
		"change":  eventCommand(seatmap.Request{Op: seatmap.OpChange, ID: sampleID, Add: add, Remove: remove}),
		"cancel":  eventCommand(seatmap.Request{Op: seatmap.OpCancel, ID: sampleID, Tickets: []uint32{0, 17, 70_000}}),
		"block":   eventCommand(seatmap.Request{Op: seatmap.OpBlock, Add: add}),
		"configure": eventCommand(seatmap.Request{
			Op: seatmap.OpConfigure, Patch: &seatmap.ConfigPatch{Set: seatmap.FieldState, Config: sampleConfig()},
		}),
		"get_hold":      {Kind: command.KindEvent, Event: "e", Request: seatmap.Request{Op: seatmap.OpGetHold, ID: sampleID}},
		"expire":        {Kind: command.KindEvent, Event: "e", Request: seatmap.Request{Op: seatmap.OpExpire, Limit: 256}},
		"put_chart":     {Kind: command.KindPutChart, Chart: &chart},
		"install_chart": {Kind: command.KindInstallChart, Chart: &installed},
		"create_event": {Kind: command.KindCreateEvent, Event: "tour:zurich", Create: &command.Create{
			Chart: "hallenstadion", Plan: sampleSum, Config: sampleConfig(), Key: sampleKey,
		}},
		"read":           {Kind: command.KindRead},
		"hold_with_pass": sampleFromInside(),
		"room_put": {Kind: command.KindRoom, Event: "opening-night", Room: &waitroom.Request{
			Op: waitroom.OpPut, Seed: sampleSum, Secret: sampleSum, Config: sampleRoom(),
		}},
		"room_join": {Kind: command.KindRoom, Event: "opening-night", Room: &waitroom.Request{
			Op: waitroom.OpJoin, Lane: 1, Count: 500,
		}},
		"room_enter": {Kind: command.KindRoom, Event: "opening-night", Room: &waitroom.Request{
			Op: waitroom.OpEnter, Lane: 1, Number: 70_000, Buyer: samplePrint,
		}},
	}
}

func sampleFromInside() command.Command {
	c := sampleHold()
	c.Pass = waitroom.Pass{Lane: 1, Number: 70_000, Session: 17, Buyer: samplePrint}
	return c
}

func sampleRoom() *waitroom.Config {
	return &waitroom.Config{
		Mode: waitroom.ModeRandom, PreQueueOpensMillis: 1_795_000_000_000, OpensMillis: 1_795_000_600_000, MaxInside: 5_000,
		AdmitPerMinute: 3_000, EnterWithinSeconds: 120, IdleSeconds: 180, StaySeconds: 900, TokenLifeSeconds: 86_400,
		TargetCommitMillis: 20, PlacesPerVisitor: 3_040, PublicShare: 9,
		Lanes: []waitroom.LaneConfig{{Key: "members", Share: 1}}, ShopURL: "https://shop.example/opening",
	}
}

func sampleHeld() command.Result {
	return command.Result{Index: 901, NowMillis: 1_795_289_025_123, Answer: seatmap.Answer{
		Created: true, Together: true, State: seatmap.HoldHeld, ExtensionsLeft: 1, Revision: 42, ID: sampleID,
		Buyer: "b-81", Currency: "CHF", ExpiresAtMillis: 1_795_289_505_123, Total: 24_000,
		Places: []seatmap.Place{
			{Kind: seatmap.PlaceSeat, Label: "A-1-11", Category: "1", Price: 12_000, Quantity: 1, Ticket: 10},
			{Kind: seatmap.PlaceSeat, Label: "A-1-12", Category: "1", Price: 12_000, Quantity: 1, Ticket: 11},
		},
	}}
}

func sampleResults() map[string]command.Result {
	return map[string]command.Result{
		"held": sampleHeld(),
		"sold": {Index: 1 << 40, NowMillis: 1_795_289_025_123, Answer: seatmap.Answer{
			Replayed: true, State: seatmap.HoldConfirmed, Revision: 70_000, ID: sampleID, Buyer: "b-81",
			Reference: "psp-123", Currency: "CHF", Total: 6_500, Lapsed: 3,
			Places: []seatmap.Place{{Kind: seatmap.PlaceArea, Label: "Floor", Category: "2", Price: 6_500, Quantity: 1, Ticket: 30_001}},
		}},
		"unavailable": {Index: 7, NowMillis: -1, Answer: seatmap.Answer{
			Code: seatmap.CodeSeatUnavailable, Revision: 3, Labels: []string{"A-1-11", "A-1-12"},
		}},
		"invalid": {Index: 8, Answer: seatmap.Answer{
			Code: seatmap.CodeInvalid, Field: "ttl_seconds", Reason: "no extension is left",
		}},
		"empty": {},
		"inside": {Index: 9, NowMillis: 1_795_289_025_123, Answer: seatmap.Answer{Revision: 12}, Room: &waitroom.Answer{
			Phase: waitroom.PhaseSelling, Lane: 1, Number: 70_000, Session: 17,
			IdleAtMillis: 1_795_289_205_123, EndsAtMillis: 1_795_289_925_123,
		}},
		"turned_away": {Index: 9, Answer: seatmap.Answer{Code: seatmap.CodeWaitingRoom}, Room: &waitroom.Answer{
			Code: waitroom.CodePassEnded,
		}},
	}
}
