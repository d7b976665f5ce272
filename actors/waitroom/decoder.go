package waitroom

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// decoder reads a snapshot. After the first fault everything reads as zero and err says what was wrong.
type decoder struct {
	r   *bufio.Reader
	err error
}

func newDecoder(r io.Reader) *decoder { return &decoder{r: bufio.NewReader(r)} }

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrDamaged, what)
	}
}

func (d *decoder) octet(what string) byte {
	if d.err != nil {
		return 0
	}
	b, err := d.r.ReadByte()
	if err != nil {
		d.fail(what + ": cut short")
		return 0
	}
	return b
}

// number reads a uvarint in its shortest form, of at most most.
func (d *decoder) number(most uint64, what string) uint64 {
	var value uint64
	for i := range binary.MaxVarintLen64 {
		b := d.octet(what)
		if d.err != nil {
			return 0
		}
		if i == binary.MaxVarintLen64-1 && b > 1 {
			break
		}
		value |= uint64(b&0x7f) << (7 * i)
		if b >= 0x80 {
			continue
		}
		if value > most || i > 0 && b == 0 {
			break
		}
		return value
	}
	d.fail(what)
	return 0
}

func (d *decoder) word(what string) uint32 { return uint32(d.number(1<<32-1, what)) }

func (d *decoder) millis(what string) int64 { return int64(d.number(maxMillis, what)) }

func (d *decoder) fixed(into []byte, what string) {
	if d.err != nil {
		return
	}
	if _, err := io.ReadFull(d.r, into); err != nil {
		d.fail(what + ": cut short")
		clear(into)
	}
}

func (d *decoder) uint64(what string) uint64 {
	var eight [8]byte
	d.fixed(eight[:], what)
	return le.Uint64(eight[:])
}

func (d *decoder) text(most uint64, what string) string {
	b := make([]byte, d.number(most, what))
	d.fixed(b, what)
	return string(b)
}

func (d *decoder) want(text, what string) {
	b := make([]byte, len(text))
	if d.fixed(b, what); string(b) != text {
		d.fail(what)
	}
}

// over wants the end.
func (d *decoder) over() {
	if _, err := d.r.ReadByte(); d.err == nil && err != io.EOF {
		d.fail("goes on after its end")
	}
}
