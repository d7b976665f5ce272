package command_test

import (
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

// same compares what codecs may not change: a slice without values may come back nil or empty.
func same(x, y any) string { return cmp.Diff(x, y, cmpopts.EquateEmpty()) }

func text(limit int) *rapid.Generator[string] { return rapid.StringN(-1, -1, limit) }

func digest[T ~[16]byte]() *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) (v T) {
		copy(v[:], rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "bytes"))
		return v
	})
}

func hash[T ~[32]byte]() *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) (v T) {
		copy(v[:], rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "bytes"))
		return v
	})
}

func labels() *rapid.Generator[[]string] { return rapid.SliceOfN(text(seatmap.MaxLabelBytes), 0, 20) }

func selection() *rapid.Generator[seatmap.Selection] {
	return rapid.Custom(func(t *rapid.T) seatmap.Selection {
		area := rapid.Custom(func(t *rapid.T) seatmap.AreaQuantity {
			return seatmap.AreaQuantity{
				Area: text(seatmap.MaxLabelBytes).Draw(t, "area"), Quantity: rapid.Int32().Draw(t, "quantity"),
			}
		})
		return seatmap.Selection{
			Seats:  labels().Draw(t, "seats"),
			Areas:  rapid.SliceOfN(area, 0, 5).Draw(t, "areas"),
			Tables: labels().Draw(t, "tables"),
		}
	})
}

func wish() *rapid.Generator[seatmap.Wish] {
	return rapid.Custom(func(t *rapid.T) seatmap.Wish {
		return seatmap.Wish{
			Quantity:   rapid.Int32().Draw(t, "quantity"),
			Together:   seatmap.Together(rapid.IntRange(0, int(seatmap.TogetherAny)).Draw(t, "together")),
			Accessible: rapid.Int32().Draw(t, "accessible"),
			Categories: labels().Draw(t, "categories"),
			Sections:   labels().Draw(t, "sections"),
			MinPrice:   rapid.Int64().Draw(t, "lowest price"),
			MaxPrice:   rapid.Int64().Draw(t, "highest price"),
		}
	})
}

func config() *rapid.Generator[seatmap.Config] {
	return rapid.Custom(func(t *rapid.T) seatmap.Config {
		price := rapid.Custom(func(t *rapid.T) seatmap.CategoryPrice {
			return seatmap.CategoryPrice{
				Category: text(command.MaxCategoryKeyBytes).Draw(t, "category"), Price: rapid.Int64().Draw(t, "price"),
			}
		})
		return seatmap.Config{
			Name:             text(seatmap.MaxNameBytes).Draw(t, "name"),
			StartsAtMillis:   rapid.Int64().Draw(t, "starts"),
			Currency:         text(command.MaxCurrencyBytes).Draw(t, "currency"),
			Prices:           rapid.SliceOfN(price, 0, 8).Draw(t, "prices"),
			State:            seatmap.SaleState(rapid.Byte().Draw(t, "state")),
			SaleOpensMillis:  rapid.Int64().Draw(t, "opens"),
			SaleClosesMillis: rapid.Int64().Draw(t, "closes"),
			HoldTTLSeconds:   rapid.Int32().Draw(t, "ttl"),
			HoldExtensions:   rapid.Int32().Draw(t, "extensions"),
			PlacesPerHold:    rapid.Int32().Draw(t, "per hold"),
			PlacesPerBuyer:   rapid.Int32().Draw(t, "per buyer"),
			Orphans:          seatmap.OrphanRule(rapid.Byte().Draw(t, "orphans")),
		}
	})
}

func request() *rapid.Generator[seatmap.Request] {
	return rapid.Custom(func(t *rapid.T) seatmap.Request {
		r := seatmap.Request{
			Op:          seatmap.Op(rapid.IntRange(1, seatmap.Ops-1).Draw(t, "op")),
			CallerKey:   rapid.Bool().Draw(t, "caller key"),
			Retake:      rapid.Bool().Draw(t, "retake"),
			Key:         digest[seatmap.Key]().Draw(t, "key"),
			Fingerprint: rapid.Uint64().Draw(t, "fingerprint"),
			ID:          digest[seatmap.ID]().Draw(t, "id"),
			Buyer:       text(seatmap.MaxBuyerBytes).Draw(t, "buyer"),
			Reference:   text(seatmap.MaxReferenceBytes).Draw(t, "reference"),
			TTLSeconds:  rapid.Int32().Draw(t, "ttl"),
			Limit:       rapid.Int32().Draw(t, "limit"),
			Tickets:     rapid.SliceOfN(rapid.Uint32(), 0, 20).Draw(t, "tickets"),
		}
		if rapid.Bool().Draw(t, "selects") {
			r.Add, r.Remove = selection().Draw(t, "add"), selection().Draw(t, "remove")
		}
		if rapid.Bool().Draw(t, "wishes") {
			r.Wish = wish().Draw(t, "wish")
		}
		if rapid.Bool().Draw(t, "patches") {
			set := rapid.Uint16Range(0, uint16(seatmap.FieldOrphans<<1-1)).Draw(t, "set")
			r.Patch = &seatmap.ConfigPatch{Set: seatmap.ConfigField(set), Config: config().Draw(t, "config")}
		}
		return r
	})
}

func anyCommand() *rapid.Generator[command.Command] {
	return rapid.Custom(func(t *rapid.T) command.Command {
		c := command.Command{
			Kind:  command.Kind(rapid.IntRange(1, command.Kinds-1).Draw(t, "kind")),
			Event: text(command.MaxEventKeyBytes).Draw(t, "event"),
		}
		switch c.Kind {
		case command.KindEvent:
			c.Request = request().Draw(t, "request")
			if rapid.Bool().Draw(t, "from inside") {
				c.Pass = waitroom.Pass{
					Lane:   rapid.Uint8Range(0, waitroom.MaxLanes-1).Draw(t, "lane"),
					Number: rapid.Uint64().Draw(t, "number"), Session: rapid.Uint64().Draw(t, "session"),
					Buyer: rapid.Uint64().Draw(t, "buyer"),
				}
			}
		case command.KindRoom:
			c.Room = roomRequest().Draw(t, "room")
		case command.KindPutChart, command.KindInstallChart:
			c.Chart = &command.Chart{
				Name:     text(command.MaxChartNameBytes).Draw(t, "name"),
				Document: rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, "document"),
				Content:  hash[[32]byte]().Draw(t, "content"),
				Plan:     hash[seatmap.PlanHash]().Draw(t, "plan"),
				PlanCode: rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, "code"),
				Key:      digest[seatmap.Key]().Draw(t, "key"),
			}
		case command.KindCreateEvent:
			c.Create = &command.Create{
				Chart:  text(command.MaxChartNameBytes).Draw(t, "chart"),
				Plan:   hash[seatmap.PlanHash]().Draw(t, "plan"),
				Config: config().Draw(t, "config"),
				Key:    digest[seatmap.Key]().Draw(t, "key"),
			}
		}
		return c
	})
}

func roomRequest() *rapid.Generator[*waitroom.Request] {
	return rapid.Custom(func(t *rapid.T) *waitroom.Request {
		q := &waitroom.Request{
			Op:        waitroom.Op(rapid.IntRange(1, waitroom.Ops-1).Draw(t, "op")),
			Lane:      rapid.Uint8Range(0, waitroom.MaxLanes-1).Draw(t, "lane"),
			Count:     rapid.Uint32().Draw(t, "count"),
			Pressure:  rapid.Uint32().Draw(t, "pressure"),
			PerMinute: rapid.Uint32().Draw(t, "per minute"),
			Number:    rapid.Uint64().Draw(t, "number"),
			Session:   rapid.Uint64().Draw(t, "session"),
			Buyer:     rapid.Uint64().Draw(t, "buyer"),
			Key:       digest[[16]byte]().Draw(t, "key"),
			Seed:      hash[[32]byte]().Draw(t, "seed"),
			Secret:    hash[[32]byte]().Draw(t, "secret"),
		}
		if rapid.Bool().Draw(t, "configures") {
			q.Config = roomConfig().Draw(t, "settings")
		}
		return q
	})
}

func roomConfig() *rapid.Generator[*waitroom.Config] {
	return rapid.Custom(func(t *rapid.T) *waitroom.Config {
		lane := rapid.Custom(func(t *rapid.T) waitroom.LaneConfig {
			return waitroom.LaneConfig{Key: text(waitroom.MaxLaneKey).Draw(t, "key"), Share: rapid.Uint32().Draw(t, "share")}
		})
		return &waitroom.Config{
			Mode:                waitroom.Mode(rapid.Byte().Draw(t, "mode")),
			PreQueueOpensMillis: rapid.Int64().Draw(t, "pre-queue"),
			OpensMillis:         rapid.Int64().Draw(t, "opens"),
			MaxInside:           rapid.Uint32().Draw(t, "inside"),
			AdmitPerMinute:      rapid.Uint32().Draw(t, "per minute"),
			EnterWithinSeconds:  rapid.Uint32().Draw(t, "enter within"),
			IdleSeconds:         rapid.Uint32().Draw(t, "idle"),
			StaySeconds:         rapid.Uint32().Draw(t, "stay"),
			TokenLifeSeconds:    rapid.Uint32().Draw(t, "token life"),
			TargetCommitMillis:  rapid.Uint32().Draw(t, "target"),
			PlacesPerVisitor:    rapid.Uint32().Draw(t, "places"),
			PublicShare:         rapid.Uint32().Draw(t, "share"),
			Lanes:               rapid.SliceOfN(lane, 0, waitroom.MaxLanes).Draw(t, "lanes"),
			ShopURL:             text(waitroom.MaxShopURL).Draw(t, "shop"),
		}
	})
}

func roomAnswer() *rapid.Generator[*waitroom.Answer] {
	return rapid.Custom(func(t *rapid.T) *waitroom.Answer {
		return &waitroom.Answer{
			Code:         waitroom.Code(rapid.IntRange(0, waitroom.Codes-1).Draw(t, "code")),
			Phase:        waitroom.Phase(rapid.IntRange(0, waitroom.Phases-1).Draw(t, "phase")),
			Created:      rapid.Bool().Draw(t, "created"),
			First:        rapid.Uint64().Draw(t, "first"),
			Lane:         rapid.Uint8Range(0, waitroom.MaxLanes-1).Draw(t, "lane"),
			Number:       rapid.Uint64().Draw(t, "number"),
			Session:      rapid.Uint64().Draw(t, "session"),
			IdleAtMillis: rapid.Int64().Draw(t, "idle"),
			EndsAtMillis: rapid.Int64().Draw(t, "ends"),
			Field:        text(100).Draw(t, "field"),
			Reason:       text(100).Draw(t, "reason"),
		}
	})
}

func anyResult() *rapid.Generator[command.Result] {
	return rapid.Custom(func(t *rapid.T) command.Result {
		place := rapid.Custom(func(t *rapid.T) seatmap.Place {
			return seatmap.Place{
				Kind:     seatmap.PlaceKind(rapid.IntRange(int(seatmap.PlaceSeat), int(seatmap.PlaceArea)).Draw(t, "kind")),
				Label:    text(seatmap.MaxLabelBytes).Draw(t, "label"),
				Category: text(command.MaxCategoryKeyBytes).Draw(t, "category"),
				Price:    rapid.Int64().Draw(t, "price"),
				Quantity: rapid.Int32().Draw(t, "quantity"),
				Ticket:   rapid.Uint32().Draw(t, "ticket"),
			}
		})
		var room *waitroom.Answer
		if rapid.Bool().Draw(t, "of a room") {
			room = roomAnswer().Draw(t, "room")
		}
		return command.Result{
			Room:      room,
			Index:     rapid.Uint64().Draw(t, "index"),
			NowMillis: rapid.Int64().Draw(t, "now"),
			Answer: seatmap.Answer{
				Code:            seatmap.Code(rapid.IntRange(0, seatmap.Codes-1).Draw(t, "code")),
				Replayed:        rapid.Bool().Draw(t, "replayed"),
				Created:         rapid.Bool().Draw(t, "created"),
				Together:        rapid.Bool().Draw(t, "together"),
				State:           seatmap.HoldState(rapid.IntRange(0, int(seatmap.HoldCancelled)).Draw(t, "state")),
				ExtensionsLeft:  rapid.Int32().Draw(t, "extensions"),
				Revision:        rapid.Uint64().Draw(t, "revision"),
				ID:              digest[seatmap.ID]().Draw(t, "id"),
				Buyer:           text(seatmap.MaxBuyerBytes).Draw(t, "buyer"),
				Reference:       text(seatmap.MaxReferenceBytes).Draw(t, "reference"),
				Currency:        text(command.MaxCurrencyBytes).Draw(t, "currency"),
				ExpiresAtMillis: rapid.Int64().Draw(t, "expires"),
				Total:           rapid.Int64().Draw(t, "total"),
				Places:          rapid.SliceOfN(place, 0, 8).Draw(t, "places"),
				Labels:          labels().Draw(t, "labels"),
				Field:           text(100).Draw(t, "field"),
				Reason:          text(100).Draw(t, "reason"),
				Lapsed:          rapid.Int32().Draw(t, "lapsed"),
			},
		}
	})
}
