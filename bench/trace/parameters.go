package trace

import (
	"fmt"
	"slices"
)

// Parameters are what a generated trace is made from. DefaultParameters says what they are usually, docs/TRACES.md why.
// Shares are from 0 to 1.
type Parameters struct {
	Seed  uint64 `json:"seed"`
	Event string `json:"event"`

	// Sessions of shoppers that come, all devices and hoarding bots counted: Users, or as many as UsersPerTicket for each
	// place that can be sold if Users is 0.
	UsersPerTicket float64 `json:"users_per_ticket"`
	Users          int     `json:"users"`

	// Arrivals: AtOpen are there when the sale opens and press within PeakSeconds; Tail come at any time up to
	// DurationSeconds; the others as the interest halves every HalfLifeSeconds.
	AtOpen          float64 `json:"at_open"`
	PeakSeconds     float64 `json:"peak_seconds"`
	HalfLifeSeconds float64 `json:"half_life_seconds"`
	Tail            float64 `json:"tail"`
	// DurationSeconds is how long the on-sale lasts: nobody arrives or comes back later. WriteSeconds is how much of it is
	// written, 0 = all: the same trace, cut.
	DurationSeconds float64 `json:"duration_seconds"`
	WriteSeconds    float64 `json:"write_seconds"`
	// AdmitPerSecond sessions are let in by a waiting room before the sale; 0 = there is none.
	AdmitPerSecond float64 `json:"admit_per_second"`

	// Parties are the weights of parties of 1, 2, …; MostPlaces is the event's limit for one hold.
	Parties    []float64 `json:"parties"`
	MostPlaces int       `json:"most_places"`

	// BestAvailable of the parties that want seats ask for the best ones, and OneCategory of these for one category only;
	// the others click on the map, ClicksLeast to ClicksMost times if they are refused, at rows whose popularity is that of
	// Zipf's law with exponent Zipf, the front first.
	BestAvailable float64 `json:"best_available"`
	OneCategory   float64 `json:"one_category"`
	ClicksLeast   int     `json:"clicks_least"`
	ClicksMost    int     `json:"clicks_most"`
	Zipf          float64 `json:"zipf"`
	// Log-normal times: from the map to the first click; from a refusal to the next one.
	Think Spread `json:"think"`
	Click Spread `json:"click"`

	HoldTTLSeconds int `json:"hold_ttl_seconds"`
	// First is what becomes of holds in the first HoldTTLSeconds, Later of those after.
	First Outcomes `json:"first"`
	Later Outcomes `json:"later"`
	// Checkout is from the hold to the payment (or to giving the hold back), Payment how long that takes. Declined of the
	// payments are declined, and half of the shops then release the hold; Late are answered only after the hold lapsed.
	// Extend of the buyers ask for half as much time again.
	Checkout Spread  `json:"checkout"`
	Payment  Spread  `json:"payment"`
	Declined float64 `json:"declined"`
	Late     float64 `json:"late"`
	Extend   float64 `json:"extend"`

	// Devices of the parties run 2 to MostDevices sessions of the same buyer and keep the places that come first.
	Devices     float64 `json:"devices"`
	MostDevices int     `json:"most_devices"`
	// Return of those who were refused come back each time that holds lapse, Waves times at most.
	Return float64 `json:"return"`
	Waves  int     `json:"waves"`

	// BotSessions of the sessions hold MostPlaces to the limit and never buy. BotRequests of the requests are bots', these
	// included: scrapers make up what is missing.
	BotSessions float64 `json:"bot_sessions"`
	BotRequests float64 `json:"bot_requests"`

	// OrderReads are how often a buyer reads the order within ReadWithinSeconds; Cancel of the orders are cancelled.
	OrderReads        int     `json:"order_reads"`
	ReadWithinSeconds float64 `json:"read_within_seconds"`
	Cancel            float64 `json:"cancel"`

	Retry Retry `json:"retry"`
}

// Spread is a log-normal distribution of seconds, by its median and one percentile more.
type Spread struct {
	Median     float64 `json:"median_seconds"`
	High       float64 `json:"high_seconds"`
	Percentile float64 `json:"percentile"` // of High
}

// Outcomes are the shares of holds that are taken to payment and given back; the rest lapses.
type Outcomes struct {
	Bought   float64 `json:"bought"`
	Released float64 `json:"released"`
}

// DefaultParameters are an on-sale with twenty users for every ticket.
func DefaultParameters() Parameters {
	return Parameters{
		Event: "on-sale:opening", UsersPerTicket: 20,
		AtOpen: 0.60, PeakSeconds: 30, HalfLifeSeconds: 180, Tail: 0.05, DurationSeconds: 2_400,
		Parties: []float64{8, 35, 15, 34, 3, 5}, MostPlaces: 8,
		BestAvailable: 0.5, OneCategory: 0.3, ClicksLeast: 2, ClicksMost: 5, Zipf: 1,
		Think: Spread{8, 30, 95}, Click: Spread{3, 10, 95},
		HoldTTLSeconds: 480, First: Outcomes{0.40, 0.25}, Later: Outcomes{0.60, 0.17},
		Checkout: Spread{90, 360, 95}, Payment: Spread{3, 30, 99}, Declined: 0.03, Late: 0.005, Extend: 0.05,
		Devices: 0.25, MostDevices: 4, Return: 0.25, Waves: 4,
		BotSessions: 0.05, BotRequests: 0.40,
		OrderReads: 2, ReadWithinSeconds: 600, Cancel: 0.005,
		Retry: DefaultRetry(),
	}
}

// CapFour are the parties where nobody may have more than four places: those who want more come no longer.
func (p *Parameters) CapFour() { p.Parties, p.MostPlaces = []float64{8, 35, 15, 34}, 4 }

// Limits of the parameters.
const (
	maxUsers     = 50_000_000
	maxParty     = 100
	maxClicks    = 100
	maxReads     = 100
	maxWaves     = MaxSlots - roundSlot // every wave has a slot of its own
	maxDevices   = roundSlot            // and so has every device
	roundSlot    = 4                    // of the first wave after the devices'
	maxOnSale    = 30 * 24 * 3600.0     // seconds
	maxSpread    = 24 * 3600.0          // seconds
	maxHoldTTL   = 7 * 24 * 3600        // seconds
	minHoldTTL   = 1
	maxZipf      = 8
	minInterval  = 1e-6
	maxPerSecond = 1e6
)

// Validate tells the first thing that cannot be. Errors wrap ErrParameter.
func (p *Parameters) Validate() error {
	for _, c := range []struct {
		name               string
		value, least, most float64
	}{
		{"users_per_ticket", p.UsersPerTicket, 0, maxUsers},
		{"users", float64(p.Users), 0, maxUsers},
		{"at_open", p.AtOpen, 0, 1},
		{"tail", p.Tail, 0, 1},
		{"at_open and tail", p.AtOpen + p.Tail, 0, 1},
		{"peak", p.PeakSeconds, minInterval, maxOnSale},
		{"half_life", p.HalfLifeSeconds, minInterval, maxOnSale},
		{"duration", p.DurationSeconds, minInterval, maxOnSale},
		{"write", p.WriteSeconds, 0, maxOnSale},
		{"admit_per_second", p.AdmitPerSecond, 0, maxPerSecond},
		{"parties", float64(len(p.Parties)), 1, maxParty},
		{"most_places", float64(p.MostPlaces), float64(len(p.Parties)), MaxPlaces},
		{"best_available", p.BestAvailable, 0, 1},
		{"one_category", p.OneCategory, 0, 1},
		{"clicks_least", float64(p.ClicksLeast), 1, maxClicks},
		{"clicks_most", float64(p.ClicksMost), float64(p.ClicksLeast), maxClicks},
		{"zipf", p.Zipf, 0, maxZipf},
		{"hold_ttl", float64(p.HoldTTLSeconds), minHoldTTL, maxHoldTTL},
		{"first.bought", p.First.Bought, 0, 1},
		{"first.released", p.First.Released, 0, 1 - p.First.Bought},
		{"later.bought", p.Later.Bought, 0, 1},
		{"later.released", p.Later.Released, 0, 1 - p.Later.Bought},
		{"declined", p.Declined, 0, 1},
		{"late", p.Late, 0, 1 - p.Declined},
		{"extend", p.Extend, 0, 1},
		{"devices", p.Devices, 0, 1},
		{"most_devices", float64(p.MostDevices), 2, maxDevices},
		{"return", p.Return, 0, 1},
		{"waves", float64(p.Waves), 0, maxWaves},
		{"bot_sessions", p.BotSessions, 0, 0.9},
		{"bot_requests", p.BotRequests, 0, 0.9},
		{"order_reads", float64(p.OrderReads), 0, maxReads},
		{"read_within", p.ReadWithinSeconds, 0, maxOnSale},
		{"cancel", p.Cancel, 0, 1},
	} {
		if !(c.value >= c.least && c.value <= c.most) { // not a number is neither
			return fmt.Errorf("%w: %s: want %g to %g, not %g", ErrParameter, c.name, c.least, c.most, c.value)
		}
	}
	for _, s := range []Spread{p.Think, p.Click, p.Checkout, p.Payment} {
		if !(s.Median > 0 && s.High >= s.Median && s.High <= maxSpread && s.Percentile > 50 && s.Percentile < 100) {
			return fmt.Errorf("%w: a spread needs 0 < median <= high of a percentile above the 50th, not %+v", ErrParameter, s)
		}
	}
	if bad := func(w float64) bool { return !(w >= 0 && w <= 1e9) }; slices.ContainsFunc(p.Parties, bad) || slices.Max(p.Parties) == 0 {
		return fmt.Errorf("%w: parties: want weights of 0 or more, not %v", ErrParameter, p.Parties)
	}
	if p.Event == "" || p.Users == 0 && p.UsersPerTicket == 0 {
		return fmt.Errorf("%w: an event needs a name and users", ErrParameter)
	}
	return nil
}
