package seatmap

import (
	"encoding/binary"
	"io"
)

// encoder writes a snapshot in pieces; the first error ends it.
type encoder struct {
	w      io.Writer
	buffer []byte
	err    error
}

const encodeFlushBytes = 32 << 10

func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.buffer)
	}
	e.buffer = e.buffer[:0]
}

func (e *encoder) octet(b byte) {
	if len(e.buffer) >= encodeFlushBytes {
		e.flush()
	}
	e.buffer = append(e.buffer, b)
}

func (e *encoder) number(n uint64) {
	if len(e.buffer) >= encodeFlushBytes {
		e.flush()
	}
	e.buffer = binary.AppendUvarint(e.buffer, n)
}

// link writes a number that may be none.
func (e *encoder) link(n uint32) { e.number(uint64(n + 1)) }

func (e *encoder) raw(s string) { e.buffer = append(e.buffer, s...) }

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	e.raw(s)
}

func (e *encoder) config(c *Config) {
	e.text(c.Name)
	e.text(c.Currency)
	e.number(uint64(c.StartsAtMillis))
	e.number(uint64(len(c.Prices)))
	for i := range c.Prices {
		e.number(uint64(c.Prices[i].Price))
	}
	e.octet(byte(c.State))
	e.number(uint64(c.SaleOpensMillis))
	e.number(uint64(c.SaleClosesMillis))
	e.number(uint64(c.HoldTTLSeconds))
	e.number(uint64(c.HoldExtensions))
	e.number(uint64(c.PlacesPerHold))
	e.number(uint64(c.PlacesPerBuyer))
	e.octet(byte(c.Orphans))
}

// books writes price books of so many categories each.
func (e *encoder) books(prices []int64, categories int) {
	if categories > 0 {
		e.number(uint64(len(prices) / categories))
	}
	for _, price := range prices {
		e.number(uint64(price))
	}
}
