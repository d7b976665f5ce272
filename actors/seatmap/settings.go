package seatmap

import (
	"slices"
	"strings"
)

// DefaultConfig is the settings of an event about which nothing was said: a draft, free of charge.
func DefaultConfig() Config {
	return Config{
		State: SaleDraft, HoldTTLSeconds: DefaultHoldTTL, HoldExtensions: DefaultExtensions,
		PlacesPerHold: DefaultPlacesInHold, Orphans: OrphansAvoid,
	}
}

// check finds the first setting that breaks a rule.
func (c *Config) check(plan *Plan) *ConfigError {
	for _, rule := range []struct {
		field  string
		ok     bool
		reason string
	}{
		{"name", len(c.Name) <= MaxNameBytes, "at most 256 bytes"},
		{"starts_at", c.StartsAtMillis >= 0, "must not be before 1970"},
		{"currency", currencyForm(c.Currency), "want an ISO 4217 code of three capitals"},
		{"state", c.State >= SaleDraft && c.State <= SaleClosed, "want draft, on_sale, paused or closed"},
		{"sale_opens_at", c.SaleOpensMillis >= 0, "must not be before 1970"},
		{"sale_closes_at", c.SaleClosesMillis >= 0, "must not be before 1970"},
		{"sale_closes_at", c.SaleClosesMillis == 0 || c.SaleClosesMillis > c.SaleOpensMillis, "must be after sale_opens_at"},
		{"hold_ttl_seconds", c.HoldTTLSeconds >= 1 && c.HoldTTLSeconds <= MaxHoldTTLSeconds, "want 1 to 86400"},
		{"hold_extensions", c.HoldExtensions >= 0 && c.HoldExtensions <= MaxHoldExtensions, "want 0 to 100"},
		{"max_places_per_hold", c.PlacesPerHold >= 1 && c.PlacesPerHold <= MaxPlacesPerHold, "want 1 to 1000"},
		{"max_places_per_buyer", c.PlacesPerBuyer >= 0 && c.PlacesPerBuyer <= MaxPlacesPerBuyer, "want 0 to 1000000"},
		{"orphans", c.Orphans >= OrphansAllow && c.Orphans <= OrphansRefuse, "want allow, avoid or refuse"},
	} {
		if !rule.ok {
			return &ConfigError{Field: rule.field, Reason: rule.reason}
		}
	}
	return c.checkPrices(plan)
}

func currencyForm(s string) bool {
	if s == "" {
		return true
	}
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// checkPrices wants no price at all, or one for every category.
func (c *Config) checkPrices(plan *Plan) *ConfigError {
	known := make(map[string]bool, len(plan.categories))
	for _, category := range plan.categories {
		known[category.Key] = true
	}
	priced := make(map[string]bool, len(c.Prices))
	for _, p := range c.Prices {
		reason := ""
		switch {
		case !known[p.Category]:
			reason = "the chart has no such category"
		case priced[p.Category]:
			reason = "named twice"
		case p.Price < 0 || p.Price > MaxPriceMinorUnits:
			reason = "want 0 to 1000000000000 minor units"
		}
		if reason != "" {
			return &ConfigError{Field: "prices." + p.Category, Reason: reason}
		}
		priced[p.Category] = true
	}
	for _, category := range plan.categories {
		if len(priced) > 0 && !priced[category.Key] {
			return &ConfigError{Field: "prices." + category.Key, Reason: "missing: prices must name every category"}
		}
	}
	return nil
}

// own is a copy that shares nothing with c, its prices in the chart's order of categories: so settings that mean the
// same are the same.
func (c *Config) own(plan *Plan) *Config {
	kept := *c
	kept.Name, kept.Currency, kept.Prices = strings.Clone(c.Name), strings.Clone(c.Currency), nil
	if len(c.Prices) > 0 {
		price := make(map[string]int64, len(c.Prices))
		for _, p := range c.Prices {
			price[p.Category] = p.Price
		}
		for _, category := range plan.categories {
			kept.Prices = append(kept.Prices, CategoryPrice{Category: category.Key, Price: price[category.Key]})
		}
	}
	return &kept
}

func (c *Config) equal(d *Config) bool {
	a, b := *c, *d
	a.Prices, b.Prices = nil, nil
	return a.element() == b.element() && a.Name == b.Name && slices.Equal(c.Prices, d.Prices)
}

// patched is c with the settings that patch names; nil if the patch names one that does not exist.
func (c *Config) patched(patch *ConfigPatch) *Config {
	next, from := *c, &patch.Config
	known := ConfigField(0)
	set := func(field ConfigField, change func()) {
		known |= field
		if patch.Set&field != 0 {
			change()
		}
	}
	set(FieldName, func() { next.Name = from.Name })
	set(FieldStartsAt, func() { next.StartsAtMillis = from.StartsAtMillis })
	set(FieldPrices, func() { next.Prices = from.Prices })
	set(FieldState, func() { next.State = from.State })
	set(FieldSaleOpens, func() { next.SaleOpensMillis = from.SaleOpensMillis })
	set(FieldSaleCloses, func() { next.SaleClosesMillis = from.SaleClosesMillis })
	set(FieldHoldTTL, func() { next.HoldTTLSeconds = from.HoldTTLSeconds })
	set(FieldHoldExtensions, func() { next.HoldExtensions = from.HoldExtensions })
	set(FieldPlacesPerHold, func() { next.PlacesPerHold = from.PlacesPerHold })
	set(FieldPlacesPerBuyer, func() { next.PlacesPerBuyer = from.PlacesPerBuyer })
	set(FieldOrphans, func() { next.Orphans = from.Orphans })
	if patch.Set&^known != 0 {
		return nil
	}
	return &next
}
