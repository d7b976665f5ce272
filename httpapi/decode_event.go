package httpapi

import (
	"slices"
	"strings"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// The words of the contract, in order of their numbers in seatmap.
var (
	saleWords   = []string{"draft", "on_sale", "paused", "closed"}
	orphanWords = []string{"allow", "avoid", "refuse"}
)

// settings is the body that makes or changes an event.
type settings struct {
	chart string
	patch seatmap.ConfigPatch
}

// newSettings are what an event has where its maker says nothing. It starts as a draft: nothing is sold by mistake.
func newSettings() *settings {
	s := &settings{}
	s.patch.Config = seatmap.Config{
		State: seatmap.SaleDraft, Orphans: seatmap.OrphansAvoid,
		HoldTTLSeconds: seatmap.DefaultHoldTTL, HoldExtensions: seatmap.DefaultExtensions,
		PlacesPerHold: seatmap.DefaultPlacesInHold,
	}
	return s
}

func decodePutEvent(d *decoder, s *settings) {
	d.object(func(name string) bool {
		switch name {
		case "chart":
			s.chart = d.line(command.MaxChartNameBytes, true)
			if reason := chartNameReason(s.chart); s.chart != "" && reason != "" {
				d.reject(reason)
			}
		case "currency":
			s.patch.Config.Currency = d.currency()
		default:
			return s.field(d, name)
		}
		return true
	})
	d.required("chart", s.chart != "")
	d.required("currency", s.patch.Config.Currency != "")
}

func decodePatchEvent(d *decoder, s *settings) {
	d.object(func(name string) bool {
		switch name {
		case "chart", "currency":
			d.reject("never changes: make another event")
			d.skip()
		default:
			return s.field(d, name)
		}
		return true
	})
	if !d.stopped() && len(d.errors) == 0 && s.patch.Set == 0 {
		d.rejectAt("state", "name something to change")
	}
}

// field reads one setting and notes that it is set.
func (s *settings) field(d *decoder, name string) bool {
	config, set := &s.patch.Config, seatmap.ConfigField(0)
	switch name {
	case "name":
		config.Name, set = d.line(seatmap.MaxNameBytes, false), seatmap.FieldName
	case "starts_at":
		config.StartsAtMillis, set = d.moment(), seatmap.FieldStartsAt
	case "prices":
		config.Prices, set = d.prices(), seatmap.FieldPrices
	case "state":
		config.State, set = seatmap.SaleDraft+seatmap.SaleState(d.choice(saleWords...)), seatmap.FieldState
	case "sale_opens_at":
		config.SaleOpensMillis, set = d.moment(), seatmap.FieldSaleOpens
	case "sale_closes_at":
		config.SaleClosesMillis, set = d.moment(), seatmap.FieldSaleCloses
	case "hold_ttl_seconds":
		config.HoldTTLSeconds, set = d.small(1, seatmap.MaxHoldTTLSeconds), seatmap.FieldHoldTTL
	case "hold_extensions":
		config.HoldExtensions, set = d.small(0, seatmap.MaxHoldExtensions), seatmap.FieldHoldExtensions
	case "max_places_per_hold":
		config.PlacesPerHold, set = d.small(1, seatmap.MaxPlacesPerHold), seatmap.FieldPlacesPerHold
	case "max_places_per_buyer":
		config.PlacesPerBuyer, set = d.small(0, seatmap.MaxPlacesPerBuyer), seatmap.FieldPlacesPerBuyer
	case "orphans":
		config.Orphans, set = seatmap.OrphansAllow+seatmap.OrphanRule(d.choice(orphanWords...)), seatmap.FieldOrphans
	default:
		return false
	}
	s.patch.Set |= set
	return true
}

func (d *decoder) small(lowest, highest int64) int32 {
	return int32(d.number(lowest, highest))
}

// currency reads a code of ISO 4217: its form, not its existence.
func (d *decoder) currency() string {
	code := d.line(3, true)
	if code == "" {
		return ""
	}
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		d.reject("must be three upper-case letters (ISO 4217)")
		return ""
	}
	return code
}

// prices reads {"<category>": <minor units>, …} into order of category, so that equal bodies make equal commands.
func (d *decoder) prices() []seatmap.CategoryPrice {
	prices, seen := []seatmap.CategoryPrice{}, map[string]struct{}{}
	d.entries(func(category string) {
		if _, twice := seen[category]; twice {
			d.reject("is named twice")
			d.skip()
			return
		}
		seen[category] = struct{}{}
		if reason := lineReason(category, seatmap.MaxLabelBytes, true); reason != "" {
			d.reject("its name " + reason)
		}
		price := d.number(0, seatmap.MaxPriceMinorUnits)
		prices = append(prices, seatmap.CategoryPrice{Category: category, Price: price})
		if len(prices) == seatmap.MaxCategories+1 {
			d.rejectAt("prices", "must have at most 4096 entries")
		}
	})
	slices.SortFunc(prices, func(x, y seatmap.CategoryPrice) int { return strings.Compare(x.Category, y.Category) })
	return prices
}
