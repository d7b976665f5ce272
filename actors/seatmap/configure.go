package seatmap

import "slices"

// configure changes settings. New prices count for holds that are made from now on.
func (m *Map) configure(d *decision) Code {
	if d.req.Patch == nil {
		return d.invalid("patch", "nothing is said about what to change")
	}
	next := m.config.patched(d.req.Patch)
	if next == nil {
		return d.invalid("patch", "names a setting that this version does not know")
	}
	if e := next.check(m.plan); e != nil {
		return d.invalid(e.Field, e.Reason)
	}
	kept := next.own(m.plan)
	if kept.equal(m.config) {
		return CodeOK
	}
	if !slices.Equal(kept.Prices, m.config.Prices) && !m.addBook(kept) {
		return d.refuse(CodeOverloaded, "the event has had too many price lists")
	}
	m.sum += kept.element() - m.config.element()
	m.config = kept
	d.changed = true
	return CodeOK
}

// addBook appends the prices of config as the newest price book; false if there are too many.
func (m *Map) addBook(config *Config) bool {
	width := len(m.plan.categories)
	if width == 0 || len(m.books)/width >= m.limits.priceBooks {
		return width == 0
	}
	for i := range m.plan.categories {
		price := int64(0)
		if len(config.Prices) > 0 {
			price = config.Prices[i].Price
		}
		m.sum += bookElement(len(m.books), price)
		m.books = append(m.books, price)
	}
	return true
}

// newestBook is the number of the price book in force.
func (m *Map) newestBook() uint16 {
	if width := len(m.plan.categories); width > 0 {
		return uint16(len(m.books)/width - 1)
	}
	return 0
}

// price is what one place of a category costs in a book.
func (m *Map) price(book uint16, category int) int64 {
	return m.books[int(book)*len(m.plan.categories)+category]
}
