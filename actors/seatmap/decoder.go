package seatmap

import (
	"bufio"
	"fmt"
	"io"
	"slices"
)

// decoder reads a snapshot. After the first fault everything reads as zero and err says what was wrong.
type decoder struct {
	r       *bufio.Reader
	err     error
	eight   [8]byte
	scratch []byte
}

func newDecoder(r io.Reader) *decoder {
	return &decoder{r: bufio.NewReaderSize(r, encodeFlushBytes)}
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrDamaged, what)
	}
}

func (d *decoder) failed() bool { return d.err != nil }

func (d *decoder) octet(most byte, what string) byte {
	if d.err != nil {
		return 0
	}
	b, err := d.r.ReadByte()
	if err != nil {
		d.fail(what + ": cut short")
		return 0
	}
	if b > most {
		d.fail(what)
		return 0
	}
	return b
}

// number reads a uvarint in its shortest form, of at most most.
func (d *decoder) number(most uint64, what string) uint64 {
	var value uint64
	for shift := 0; d.err == nil; shift += 7 {
		b := d.octet(255, what)
		if shift == 63 && b > 1 || shift > 0 && b == 0 {
			break
		}
		value |= uint64(b&0x7f) << shift
		if b < 0x80 && d.err == nil {
			if value > most {
				break
			}
			return value
		}
	}
	d.fail(what)
	return 0
}

func (d *decoder) word(most uint32, what string) uint32 {
	return uint32(d.number(uint64(most), what))
}

// millis reads a time or a price: a number that is not negative as int64.
func (d *decoder) millis(what string) int64 { return int64(d.number(1<<63-1, what)) }

// link reads the number of something below limit, or none.
func (d *decoder) link(limit uint32, what string) uint32 {
	return uint32(d.number(uint64(limit), what)) - 1
}

func (d *decoder) fixed(into []byte, what string) {
	if d.err == nil {
		if _, err := io.ReadFull(d.r, into); err != nil {
			d.fail(what + ": cut short")
		}
	}
}

func (d *decoder) uint64(what string) uint64 {
	d.eight = [8]byte{}
	d.fixed(d.eight[:], what)
	return le.Uint64(d.eight[:])
}

// text reads a text of at most most bytes, good until the next one is read. Room is made as the bytes come.
func (d *decoder) text(most int, what string) []byte {
	length := int(d.number(uint64(most), what))
	const piece = 4096
	d.scratch = d.scratch[:0]
	for len(d.scratch) < length && d.err == nil {
		at := len(d.scratch)
		d.scratch = slices.Grow(d.scratch, min(piece, length-at))[:min(at+piece, length)]
		d.fixed(d.scratch[at:], what)
	}
	if d.err != nil {
		return nil
	}
	return d.scratch
}

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
