package seatmap

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// decoder reads a snapshot. After the first fault everything reads as zero and err says what was wrong. It reads ahead, as
// far as r goes, and takes most things from its own window: a snapshot is millions of small numbers.
type decoder struct {
	r       io.Reader
	window  []byte
	at, end int // what is read and not yet taken is window[at:end]; nothing, after a fault
	over    error
	err     error
	scratch []byte
}

// mostEmptyReads in a row are as good as an end.
const mostEmptyReads = 100

func newDecoder(r io.Reader) *decoder {
	return &decoder{r: r, window: make([]byte, encodeFlushBytes)}
}

func (d *decoder) fail(what string) {
	d.at, d.end = 0, 0
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrDamaged, what)
	}
}

func (d *decoder) failed() bool { return d.err != nil }

// more makes the window, which is empty, hold something; false at the end, and after a fault.
func (d *decoder) more() bool {
	d.at, d.end = 0, 0
	for tries := 0; d.end == 0; tries++ {
		if d.err != nil || d.over != nil {
			return false
		}
		d.end, d.over = d.r.Read(d.window)
		if d.end == 0 && d.over == nil && tries == mostEmptyReads {
			d.over = io.ErrNoProgress
		}
	}
	return true
}

func (d *decoder) octet(most byte, what string) byte {
	if d.at < d.end && d.window[d.at] <= most {
		d.at++
		return d.window[d.at-1]
	}
	return d.nextOctet(most, what)
}

// nextOctet is octet where it does not lie ready, or is too large.
func (d *decoder) nextOctet(most byte, what string) byte {
	if d.at == d.end && !d.more() {
		d.fail(what + ": cut short")
		return 0
	}
	b := d.window[d.at]
	if d.at++; b > most {
		d.fail(what)
		return 0
	}
	return b
}

// number reads a uvarint in its shortest form, of at most most.
func (d *decoder) number(most uint64, what string) uint64 {
	if d.at < d.end && d.window[d.at] < 0x80 && uint64(d.window[d.at]) <= most {
		d.at++
		return uint64(d.window[d.at-1])
	}
	return d.longNumber(most, what)
}

func (d *decoder) longNumber(most uint64, what string) uint64 {
	value, width := binary.Uvarint(d.window[d.at:d.end])
	if width == 0 {
		return d.splitNumber(most, what)
	}
	if width < 0 || value > most || width > 1 && d.window[d.at+width-1] == 0 {
		d.fail(what)
		return 0
	}
	d.at += width
	return value
}

// splitNumber reads a number that goes on beyond the window.
func (d *decoder) splitNumber(most uint64, what string) uint64 {
	var code [binary.MaxVarintLen64]byte
	for i := range code {
		if code[i] = d.octet(255, what); code[i] >= 0x80 && d.err == nil {
			continue
		}
		value, width := binary.Uvarint(code[:i+1])
		if width <= 0 || value > most || width > 1 && code[i] == 0 {
			break
		}
		return value
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
	for len(into) > 0 {
		if d.at == d.end && !d.more() {
			d.fail(what + ": cut short")
			return
		}
		n := copy(into, d.window[d.at:d.end])
		into, d.at = into[n:], d.at+n
	}
}

func (d *decoder) uint64(what string) uint64 {
	var eight [8]byte
	d.fixed(eight[:], what)
	return le.Uint64(eight[:])
}

// text reads a text of at most most bytes, good until anything else is read. Room is made as the bytes come.
func (d *decoder) text(most int, what string) []byte {
	length := int(d.number(uint64(most), what))
	if length <= d.end-d.at {
		d.at += length
		return d.window[d.at-length : d.at]
	}
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

// statuses reads one octet for each cell.
func (d *decoder) statuses(cells []Status) {
	for len(cells) > 0 {
		if d.at == d.end && !d.more() {
			d.fail("status: cut short")
			return
		}
		ready := d.window[d.at:min(d.end, d.at+len(cells))]
		for i, b := range ready {
			if cells[i] = Status(b); b > byte(StatusBlocked) {
				d.fail("status")
				return
			}
		}
		cells, d.at = cells[len(ready):], d.at+len(ready)
	}
}
