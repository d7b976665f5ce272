package trace

// fate is what a shopper means to do with a hold that is granted.
func (g *generator) fate(e errand) Fate {
	if g.isBot(e.shopper) {
		return FateHoarded
	}
	outcomes := g.p.First
	if e.slot >= roundSlot || e.at >= g.holdMicros {
		outcomes = g.p.Later
	}
	// All clicks of a visit share the throw; only one that crosses the end of the first wave can change its mind.
	switch u := g.throw(e.shopper, forFate, e.slot, 0); {
	case u < outcomes.Bought:
		return g.paymentFate(e)
	case u < outcomes.Bought+outcomes.Released:
		return FateReleased
	}
	return FateLapsed
}

func (g *generator) paymentFate(e errand) Fate {
	switch u := g.throw(e.shopper, forPaymentFate, e.slot, 0); {
	case u < g.p.Declined:
		return FateDeclined
	case u < g.p.Declined+g.p.Late:
		return FateLate
	}
	return FateBought
}

// Bounds of what follows a hold.
const (
	marginSeconds     = 1   // before the deadline, for what shall not be late
	mostLateSeconds   = 20  // after it, for what is late
	leastSpareSeconds = 5   // after which the other devices' holds are given back
	mostSpareSeconds  = 30  // as above
	giving            = 0.5 // of declined payments whose shop releases the hold
)

// follow puts down what becomes of a hold, from the first click for it.
func (g *generator) follow(e errand, fate Fate) {
	if g.devices(e.shopper) > 1 && e.slot < roundSlot {
		g.later(toSpare, e.slot, 0, spareSeconds(g.throw(e.shopper, forSpare, e.slot, 0)))
	}
	limit := max(float64(g.p.HoldTTLSeconds)-marginSeconds, 0)
	checkout := g.before(limit, g.checkout, e, forCheckout)
	switch fate {
	case FateReleased:
		g.later(toRelease, e.slot, 0, checkout)
	case FateBought, FateDeclined:
		if g.chance(g.p.Extend, e.shopper, forExtend, e.slot) {
			g.later(toExtend, e.slot, 0, checkout/2)
		}
		g.later(toPay, e.slot, 0, min(checkout+g.payment.seconds(g.throw(e.shopper, forPayment, e.slot, 0)), limit))
	case FateLate:
		after := marginSeconds + float64(g.throw(e.shopper, forLate, e.slot, 0)*mostLateSeconds)
		g.later(toPay, e.slot, 0, float64(g.p.HoldTTLSeconds)+after)
	}
}

func spareSeconds(u float64) float64 {
	return leastSpareSeconds + float64(u*(mostSpareSeconds-leastSpareSeconds))
}

// redraws is how often a time that is too long is drawn again before the limit is taken.
const redraws = 8

// before draws from a spread below a limit.
func (g *generator) before(limit float64, s spread, e errand, what purpose) float64 {
	for turn := range uint8(redraws) {
		if seconds := s.seconds(g.throw(e.shopper, what, e.slot, turn)); seconds <= limit {
			return seconds
		}
	}
	return limit
}

// holding is the condition of what is done with a hold: of several devices, with the one that is kept.
func (g *generator) holding(e errand) Condition {
	if g.devices(e.shopper) > 1 {
		return IfKept
	}
	return IfHeld
}

// pay ends a payment, and plans what a customer does afterwards.
func (g *generator) pay(e errand) error {
	fate := g.paymentFate(e)
	if fate == FateDeclined {
		rec := g.start(Decline, g.holding(e))
		rec.Gives = g.chance(giving, e.shopper, forGiving, e.slot)
		return g.out.Write(rec)
	}
	for turn := range uint8(g.p.OrderReads) {
		g.later(toRead, e.slot, turn, float64(g.throw(e.shopper, forRead, e.slot, turn)*g.p.ReadWithinSeconds))
	}
	if g.chance(g.p.Cancel, e.shopper, forCancel, e.slot) {
		g.later(toCancel, e.slot, 0, float64(g.throw(e.shopper, forCancelTime, e.slot, 0)*2*g.p.ReadWithinSeconds))
	}
	rec := g.start(Confirm, g.holding(e))
	rec.Retake = fate == FateLate
	return g.out.Write(rec)
}
