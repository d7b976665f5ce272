package seatmap

func (d *decoder) config(plan *Plan) *Config {
	// One by one: the texts share memory, and Go does not say whether a conversion comes before the next call.
	c := &Config{}
	c.Name = string(d.text(MaxNameBytes, "name"))
	c.Currency = string(d.text(3, "currency"))
	c.StartsAtMillis = d.millis("starts at")
	prices := d.number(uint64(len(plan.categories)), "prices")
	if prices != 0 && prices != uint64(len(plan.categories)) {
		d.fail("prices")
	}
	for i := range int(prices) {
		c.Prices = append(c.Prices, CategoryPrice{Category: plan.categories[i].Key, Price: d.millis("price")})
	}
	c.State = SaleState(d.octet(byte(SaleClosed), "sale state"))
	c.SaleOpensMillis = d.millis("sale opens")
	c.SaleClosesMillis = d.millis("sale closes")
	c.HoldTTLSeconds = int32(d.number(MaxHoldTTLSeconds, "hold ttl"))
	c.HoldExtensions = int32(d.number(MaxHoldExtensions, "hold extensions"))
	c.PlacesPerHold = int32(d.number(MaxPlacesPerHold, "places per hold"))
	c.PlacesPerBuyer = int32(d.number(MaxPlacesPerBuyer, "places per buyer"))
	c.Orphans = OrphanRule(d.octet(byte(OrphansRefuse), "orphans"))
	if e := c.check(plan); e != nil && d.err == nil {
		d.fail(e.Error())
	}
	return c
}

func (d *decoder) books(plan *Plan) []int64 {
	width := len(plan.categories)
	if width == 0 {
		return nil
	}
	books := int(d.number(MaxPriceBooks, "price books"))
	if books == 0 {
		d.fail("price books")
	}
	var prices []int64
	for i := 0; i < books*width && d.err == nil; i++ {
		prices = append(prices, int64(d.number(MaxPriceMinorUnits, "price")))
	}
	return prices
}
