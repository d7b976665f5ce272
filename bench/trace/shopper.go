package trace

import (
	"slices"

	"github.com/parterre/parterre/bench/venue"
)

// crowd knows each shopper, as a function of the dice.
type crowd struct {
	dice  dice
	p     *Parameters
	venue *venue.Venue

	shoppers   uint32 // parties and hoarding bots
	bots       float64
	sizes      []float64 // cumulative weights of parties
	rows       []float64 // cumulative popularity of the rows
	think      spread
	click      spread
	checkout   spread
	payment    spread
	holdMicros int64
	lastMicros int64 // nobody arrives after it
}

func newCrowd(p *Parameters, v *venue.Venue) *crowd {
	c := &crowd{
		dice: dice(mix(p.Seed)), p: p, venue: v, think: newSpread(p.Think), click: newSpread(p.Click),
		checkout: newSpread(p.Checkout), payment: newSpread(p.Payment),
		holdMicros: int64(p.HoldTTLSeconds) * 1e6, lastMicros: micros(p.DurationSeconds), sizes: cumulate(p.Parties),
	}
	popularity := make([]float64, len(v.Rows))
	for i := range popularity {
		popularity[i] = exp(-p.Zipf * log(float64(i+1)))
	}
	c.rows = cumulate(popularity)
	sessions := float64(p.Users)
	if p.Users == 0 {
		sessions = float64(p.UsersPerTicket * float64(v.Places()))
	}
	// A bot has one session, a party devices of them in the mean; BotSessions of all sessions are bots'.
	devices := 1 + float64(p.Devices*float64(float64(p.MostDevices)/2))
	b := float64(p.BotSessions * devices)
	c.bots = b / (1 - p.BotSessions + b)
	c.shoppers = uint32(max(1, sessions/(c.bots+float64((1-c.bots)*devices))))
	return c
}

// cumulate makes running sums of weights, scaled so that the last is 1.
func cumulate(weights []float64) []float64 {
	sums, sum := make([]float64, len(weights)), 0.0
	for i, w := range weights {
		sum += w
		sums[i] = sum
	}
	for i := range sums {
		sums[i] /= sum
	}
	return sums
}

// choose is the first index whose sum is above u.
func choose(sums []float64, u float64) int {
	i, _ := slices.BinarySearch(sums, u)
	return min(i, len(sums)-1)
}

// upTo is one of n, evenly.
func upTo(n int, u float64) int { return min(int(float64(u*float64(n))), n-1) }

func (c *crowd) throw(s uint32, what purpose, slot, turn uint8) float64 {
	return c.dice.throw(s, what, slot, turn)
}

// chance says whether something with a probability comes about.
func (c *crowd) chance(probability float64, s uint32, what purpose, slot uint8) bool {
	return c.throw(s, what, slot, 0) < probability
}

func (c *crowd) isBot(s uint32) bool { return c.chance(c.bots, s, forBot, 0) }

// devices is how many sessions a shopper runs.
func (c *crowd) devices(s uint32) int {
	if c.isBot(s) || !c.chance(c.p.Devices, s, forDevices, 0) {
		return 1
	}
	return 2 + upTo(c.p.MostDevices-1, c.throw(s, forDeviceCount, 0, 0))
}

// size is how many a party is.
func (c *crowd) size(s uint32) int {
	if c.isBot(s) {
		return c.p.MostPlaces
	}
	return 1 + choose(c.sizes, c.throw(s, forParty, 0, 0))
}

// want is what a shopper is after: seats, standing places or a table, in the proportion in which there are such.
func (c *crowd) want(s uint32) (kind Kind, index int) {
	if c.isBot(s) && len(c.venue.Labels) > 0 {
		return Seat, 0
	}
	n := upTo(c.venue.Places(), c.throw(s, forWhat, 0, 0))
	if n < len(c.venue.Labels) {
		return Seat, 0
	}
	n -= len(c.venue.Labels)
	for i, a := range c.venue.Areas {
		if n < a.Capacity {
			return Area, i
		}
		n -= a.Capacity
	}
	return Table, n
}

// asksForBest says that a shopper who wants seats lets the shop choose.
func (c *crowd) asksForBest(s uint32) bool {
	return c.isBot(s) || c.chance(c.p.BestAvailable, s, forWay, 0)
}

// clicks is how often a shopper tries in one visit.
func (c *crowd) clicks(s uint32, slot uint8) int {
	if kind, _ := c.want(s); kind != Seat || c.asksForBest(s) {
		return 1
	}
	return c.p.ClicksLeast + upTo(c.p.ClicksMost-c.p.ClicksLeast+1, c.throw(s, forClicks, slot, 0))
}
