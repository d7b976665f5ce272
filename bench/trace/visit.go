package trace

// perform does an errand.
func (g *generator) perform(e errand) error {
	switch e.what {
	case toArrive:
		return g.arrive(e)
	case toLook:
		return g.look(e)
	case toRefresh:
		g.later(toClick, e.slot, e.turn, g.click.seconds(g.throw(e.shopper, forClick, e.slot, e.turn)))
		return g.ask(g.start(LookAgain, g.stillWanting(e.slot)))
	case toClick:
		return g.tryHold(e)
	case toSpare:
		return g.out.Write(g.start(Release, IfSpare))
	case toRelease:
		return g.out.Write(g.start(Release, g.holding(e)))
	case toExtend:
		rec := g.start(Extend, g.holding(e))
		rec.Seconds = uint32(max(1, g.p.HoldTTLSeconds/2))
		return g.out.Write(rec)
	case toPay:
		return g.pay(e)
	case toRead:
		return g.out.Write(g.start(ReadOrder, IfOrdered))
	default:
		return g.out.Write(g.start(Cancel, IfOrdered))
	}
}

// arrive lets a device in, in its turn where there is a waiting room. Its shopper may come back later; the first device
// knows.
func (g *generator) arrive(e errand) error {
	if e.slot == 0 {
		g.plan(0)
	}
	if g.p.AdmitPerSecond > 0 {
		g.admitted = max(e.at, g.admitted+max(1, micros(1/g.p.AdmitPerSecond)))
		if g.admitted <= g.lastMicros {
			g.at(toLook, e.slot, 0, g.admitted)
		}
		return nil
	}
	return g.look(e)
}

// plan puts the next comeback down.
func (g *generator) plan(round int) {
	if slot, at, ok := g.comeback(g.now.shopper, round, g.now.at); ok {
		g.at(toLook, slot, 0, at)
	}
}

// look opens the map, and the first click follows.
func (g *generator) look(e errand) error {
	if e.slot >= roundSlot {
		g.plan(int(e.slot) - roundSlot + 1)
	}
	g.later(toClick, e.slot, 1, g.think.seconds(g.throw(e.shopper, forThink, e.slot, 0)))
	return g.ask(g.start(Look, g.wanting(e.slot)))
}

// wanting is the condition of a first attempt: who comes back does so only with empty hands. Bots are never content.
func (g *generator) wanting(slot uint8) Condition {
	if slot < roundSlot || g.isBot(g.now.shopper) {
		return Always
	}
	return IfEmptyHanded
}

// stillWanting is the condition of an attempt after a refusal.
func (g *generator) stillWanting(slot uint8) Condition {
	if slot < roundSlot {
		return IfRefused
	}
	return IfEmptyHanded
}

// refreshSeconds is within which a page shows the new map after a refusal, as a multiple of a number below 1.
const refreshSeconds = 1

// tryHold is a click. The first one decides what becomes of the hold, whichever click gets it.
func (g *generator) tryHold(e errand) error {
	if int(e.turn) < g.clicks(e.shopper, e.slot) {
		g.later(toRefresh, e.slot, e.turn+1, float64(g.throw(e.shopper, forRefresh, e.slot, e.turn)*refreshSeconds))
	}
	condition := g.stillWanting(e.slot)
	fate := g.fate(e)
	if e.turn == 1 {
		condition = g.wanting(e.slot)
		g.follow(e, fate)
	}
	rec := g.start(Hold, condition)
	rec.Fate = fate
	g.wish(rec, e)
	return g.ask(rec)
}

// wish fills in what is wanted.
func (g *generator) wish(rec *Record, e errand) {
	kind, index := g.want(e.shopper)
	size := g.size(e.shopper)
	switch {
	case kind == Area:
		rec.Places = append(rec.Places, Place{Kind: Area, Index: uint32(index), Quantity: uint16(size)})
	case kind == Table:
		rec.Places = append(rec.Places, Place{Kind: Table, Index: uint32(index)})
	case g.asksForBest(e.shopper):
		rec.Way, rec.Quantity = WayBest, uint16(size)
		if n := len(g.venue.Categories); !rec.Bot && n > 0 && g.chance(g.p.OneCategory, e.shopper, forCategory, 0) {
			rec.Categories = append(rec.Categories, uint32(upTo(n, g.throw(e.shopper, forCategoryChoice, 0, 0))))
		}
	default:
		row := choose(g.rows, g.throw(e.shopper, forRow, e.slot, e.turn))
		rec.Way, rec.Quantity, rec.Row = WayWanted, uint16(size), uint32(row)
		rec.Seat = uint32(upTo(len(g.venue.Rows[row].Labels), g.throw(e.shopper, forSeat, e.slot, e.turn)))
	}
}

const million = 1_000_000

// ask writes a request that is made whether places are left or not, and lets bots make their share of such.
func (g *generator) ask(rec *Record) error {
	bots := int64(float64(g.p.BotRequests * million))
	if rec.Bot {
		g.debt -= million - bots
	} else {
		g.debt += bots
	}
	if err := g.out.Write(rec); err != nil {
		return err
	}
	for g.debt >= million-bots && bots > 0 {
		g.debt -= million - bots
		if err := g.scrape(); err != nil {
			return err
		}
	}
	return nil
}

// scrape has the next scraper look at the map.
func (g *generator) scrape() error {
	scrapers := uint64(g.shoppers)/shoppersPerScraper + 1
	at := g.now.at
	g.rec.Reset()
	g.rec.AtMicros, g.rec.Shopper, g.rec.Action, g.rec.Bot = at, uint64(g.shoppers)+g.scraper%scrapers, LookAgain, true
	if g.scraper < scrapers {
		g.rec.Action = Look
	}
	g.scraper++
	return g.out.Write(&g.rec)
}
