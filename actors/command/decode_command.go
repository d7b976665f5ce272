package command

import (
	"math"
	"slices"

	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

// Decoder reads commands and results from a buffer. The strings and byte slices it yields alias the buffer, which must
// never change. After an error it yields nothing but that error, until Reset.
type Decoder struct{ r pack.Reader }

// NewDecoder is a Decoder at the start of b.
func NewDecoder(b []byte) *Decoder {
	d := &Decoder{}
	d.Reset(b)
	return d
}

// Reset puts d at the start of b.
func (d *Decoder) Reset(b []byte) { d.r.Reset(b) }

// Remaining is how many bytes of the buffer are left.
func (d *Decoder) Remaining() int { return d.r.Remaining() }

// Command reads the next command into c. It reuses the slices of c's Request; what c held before is gone. At an error
// the content of c means nothing.
func (d *Decoder) Command(c *Command) error {
	c.Reset()
	r := &d.r
	start := r.Offset()
	length := r.Array(math.MaxInt)
	readVersion(r)
	c.Kind = Kind(readNumbered(r, 1, Kinds))
	c.Event = r.String(MaxEventKeyBytes)
	want := envelopeLength
	switch c.Kind {
	case KindEvent:
		want = readRequest(r, c)
	case KindPutChart, KindInstallChart:
		c.Chart = readChart(r)
		want++
	case KindCreateEvent:
		c.Create = readCreate(r)
		want++
	case KindRoom:
		c.Room = readRoom(r)
		want++
	}
	if length != want {
		r.Fail(start, ErrShape)
	}
	return r.Err()
}

func readVersion(r *pack.Reader) {
	at := r.Offset()
	if r.Uint(math.MaxUint64) != Version {
		r.Fail(at, ErrVersion)
	}
}

// readNumbered reads one of a set of numbered things, from least to below; any other number is unknown.
func readNumbered(r *pack.Reader, least, below int) uint8 {
	at := r.Offset()
	v := r.Uint(math.MaxUint64)
	if v < uint64(least) || v >= uint64(below) {
		r.Fail(at, ErrUnknown)
		return 0
	}
	return uint8(v)
}

// readPresent reads which values follow; bits that this version does not know are an error.
func readPresent(r *pack.Reader, known present) present {
	at := r.Offset()
	p := r.Uint(math.MaxUint64)
	if p&^uint64(known) != 0 {
		r.Fail(at, ErrUnknown)
		return 0
	}
	return present(p)
}

// readRequest reads what follows the envelope and says how long the whole array has to be.
func readRequest(r *pack.Reader, c *Command) (length int) {
	req := &c.Request
	req.Op = seatmap.Op(readNumbered(r, 1, seatmap.Ops))
	p := readPresent(r, requestBits)
	req.CallerKey, req.Retake = p&isCallerKey != 0, p&isRetake != 0
	if p&hasKey != 0 {
		r.Fixed(req.Key[:])
	}
	if p&hasFingerprint != 0 {
		req.Fingerprint = r.Uint(math.MaxUint64)
	}
	if p&hasID != 0 {
		r.Fixed(req.ID[:])
	}
	if p&hasBuyer != 0 {
		req.Buyer = r.String(seatmap.MaxBuyerBytes)
	}
	if p&hasAddSeats != 0 {
		req.Add.Seats = readTexts(r, req.Add.Seats, maxSelection(req.Op))
	}
	if p&hasReference != 0 {
		req.Reference = r.String(seatmap.MaxReferenceBytes)
	}
	if p >= hasAddAreas {
		readRare(r, req, p)
	}
	if p&hasPass != 0 {
		readPass(r, &c.Pass)
	}
	return requestLength + p.values(requestFlags)
}

// readRare reads the values that holds of seats, confirmations and sales do not have.
func readRare(r *pack.Reader, req *seatmap.Request, p present) {
	limit := maxSelection(req.Op)
	if p&hasAddAreas != 0 {
		req.Add.Areas = readAreas(r, req.Add.Areas, limit)
	}
	if p&hasAddTables != 0 {
		req.Add.Tables = readTexts(r, req.Add.Tables, limit)
	}
	if p&hasTTL != 0 {
		req.TTLSeconds = readInt32(r)
	}
	if p&hasRemoveSeats != 0 {
		req.Remove.Seats = readTexts(r, req.Remove.Seats, limit)
	}
	if p&hasRemoveAreas != 0 {
		req.Remove.Areas = readAreas(r, req.Remove.Areas, limit)
	}
	if p&hasRemoveTables != 0 {
		req.Remove.Tables = readTexts(r, req.Remove.Tables, limit)
	}
	if p&hasTickets != 0 {
		n := r.Array(MaxTickets)
		req.Tickets = slices.Grow(req.Tickets[:0], n)
		for range n {
			req.Tickets = append(req.Tickets, uint32(r.Uint(math.MaxUint32)))
		}
	}
	if p&hasPatch != 0 {
		req.Patch = readPatch(r)
	}
	if p&hasLimit != 0 {
		req.Limit = readInt32(r)
	}
	if p&hasWish != 0 {
		readWish(r, &req.Wish)
	}
}

func readInt32(r *pack.Reader) int32 { return int32(r.Int(math.MinInt32, math.MaxInt32)) }

func readTexts(r *pack.Reader, dst []string, limit int) []string {
	n := r.Array(limit)
	dst = slices.Grow(dst[:0], n)
	for range n {
		dst = append(dst, r.String(seatmap.MaxLabelBytes))
	}
	return dst
}

func readAreas(r *pack.Reader, dst []seatmap.AreaQuantity, limit int) []seatmap.AreaQuantity {
	n := r.Array(limit)
	dst = slices.Grow(dst[:0], n)
	for range n {
		readLength(r, pairLength)
		dst = append(dst, seatmap.AreaQuantity{Area: r.String(seatmap.MaxLabelBytes), Quantity: readInt32(r)})
	}
	return dst
}

// readLength reads the header of an array that has exactly n values.
func readLength(r *pack.Reader, n int) {
	at := r.Offset()
	if r.Array(math.MaxInt) != n {
		r.Fail(at, ErrShape)
	}
}
