package waitroom

// trade is what the room has learnt of the sale: how many places an order has, and what share of held places comes free
// again. Both begin with a prior that weighs like some experience, and forget slowly.
type trade struct {
	stock  Stock
	known  bool   // stock was seen once
	orders uint32 // times that places were sold
	places uint32 // that were sold
	lapsed uint32 // held places that came free
}

const (
	priorParty   = 3_040 // thousandths of a place in an order
	priorOrders  = 16    // orders that the prior weighs like
	priorLapse   = 300   // thousandths of held places that come free again
	priorPlaces  = 100   // held places that the prior weighs like
	forgetPlaces = 1 << 20
)

// learn compares the stock with the one before. It is told after each command, so that what it sees is one party's doing.
func (r *Room) learn(stock Stock) {
	t := &r.trade
	if t.stock == stock && t.known {
		return
	}
	before := t.stock
	if t.known && stock.Sold > before.Sold {
		t.orders++
		t.places += min(stock.Sold-before.Sold, forgetPlaces)
	}
	if t.known && stock.Held < before.Held && stock.Free > before.Free {
		t.lapsed += min(before.Held-stock.Held, stock.Free-before.Free, forgetPlaces)
	}
	if t.places > forgetPlaces || t.lapsed > forgetPlaces {
		t.orders, t.places, t.lapsed = t.orders/2, t.places/2, t.lapsed/2
	}
	t.stock, t.known = stock, true
	r.revision++
}

// party is the mean places of an order, in thousandths.
func (r *Room) party() uint64 {
	prior := uint64(priorParty)
	if r.config.PlacesPerVisitor > 0 {
		prior = uint64(r.config.PlacesPerVisitor)
	}
	return max(1, (prior*priorOrders+uint64(r.trade.places)*1000)/(priorOrders+uint64(r.trade.orders)))
}

// lapseShare is how many of a thousand held places come free again.
func (r *Room) lapseShare() uint64 {
	lapsed, held := uint64(r.trade.lapsed), uint64(r.trade.lapsed)+uint64(r.trade.places)
	return (priorLapse*priorPlaces + 1000*lapsed) / (priorPlaces + held)
}

// seekersWanted is how many more may be let in to look for places: there are no more inside without a hold than can still find
// something. Where nothing is free, nobody is called until something is.
func (r *Room) seekersWanted() uint32 {
	stock := &r.trade.stock
	if stock.Free == 0 {
		return 0
	}
	party := r.party()
	most := (uint64(stock.Free)*1000 + uint64(stock.Held)*r.lapseShare() + party - 1) / party
	seekers := uint64(r.inside-min(r.inside, r.holding, stock.Held)) + uint64(r.called)
	return uint32(min(most-min(most, seekers), MaxInside))
}
