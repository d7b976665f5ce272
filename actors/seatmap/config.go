package seatmap

// SaleState is the seller's switch. Numbers stand in logs and snapshots: never renumber.
type SaleState uint8

// The sale states.
const (
	SaleDraft  SaleState = 1 // nothing can be held
	SaleOn     SaleState = 2 // within the window, everything can
	SalePaused SaleState = 3 // no new holds; what is held can be paid for and released
	SaleClosed SaleState = 4 // as paused, for good
)

// OrphanRule says what happens when a choice leaves a single free seat between taken ones.
type OrphanRule uint8

// The orphan rules.
const (
	OrphansAllow  OrphanRule = 1
	OrphansAvoid  OrphanRule = 2 // best available prefers to leave none
	OrphansRefuse OrphanRule = 3 // chosen seats that leave one are refused where another choice existed
)

// Limits of an event's settings. Values outside are CodeInvalid.
const (
	MaxHoldTTLSeconds   = 86_400
	MaxHoldExtensions   = 100
	MaxPlacesPerHold    = 1_000
	MaxPlacesPerBuyer   = 1_000_000
	MaxNameBytes        = 256
	MaxBuyerBytes       = 128
	MaxReferenceBytes   = 128
	MaxPriceMinorUnits  = 1_000_000_000_000
	MaxCategories       = 4_096
	DefaultHoldTTL      = 480
	DefaultExtensions   = 1
	DefaultPlacesInHold = 8
)

// Config is an event's settings.
type Config struct {
	Name             string
	StartsAtMillis   int64 // Unix milliseconds; 0 = not said
	Currency         string
	Prices           []CategoryPrice // one for each category of the chart, in any order; none = everything is free of charge
	State            SaleState
	SaleOpensMillis  int64 // log time, Unix milliseconds; 0 = no bound
	SaleClosesMillis int64
	HoldTTLSeconds   int32
	HoldExtensions   int32
	PlacesPerHold    int32
	PlacesPerBuyer   int32 // 0 = no limit
	Orphans          OrphanRule
}

// CategoryPrice is the price of one place of a category, in minor units.
type CategoryPrice struct {
	Category string
	Price    int64
}

// ConfigField is one setting in a ConfigPatch's set.
type ConfigField uint16

// The settings that can be changed. Numbers stand in logs: never renumber.
const (
	FieldName ConfigField = 1 << iota
	FieldStartsAt
	FieldPrices
	FieldState
	FieldSaleOpens
	FieldSaleCloses
	FieldHoldTTL
	FieldHoldExtensions
	FieldPlacesPerHold
	FieldPlacesPerBuyer
	FieldOrphans
)

// ConfigPatch changes the settings that Set names to Config's values. A chart and a currency never change: prices that
// were promised to holders would change their meaning.
type ConfigPatch struct {
	Set    ConfigField
	Config Config
}
