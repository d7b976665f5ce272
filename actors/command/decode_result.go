package command

import (
	"math"
	"slices"

	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

// Result reads the next result into res. It reuses the slices of its Answer; what res held before is gone. At an error
// the content of res means nothing.
func (d *Decoder) Result(res *Result) error {
	res.Reset()
	r, a := &d.r, &res.Answer
	start := r.Offset()
	length := r.Array(math.MaxInt)
	readVersion(r)
	res.Index = r.Uint(math.MaxUint64)
	res.NowMillis = readInt64(r)
	a.Code = seatmap.Code(readNumbered(r, 0, seatmap.Codes))
	p := readPresent(r, resultBits)
	if length != resultLength+p.values(resultFlags) {
		r.Fail(start, ErrShape)
	}
	a.Replayed, a.Created, a.Together = p&isReplayed != 0, p&isCreated != 0, p&isTogether != 0
	readOwner(r, a, p)
	if p&hasExpiresAt != 0 {
		a.ExpiresAtMillis = readInt64(r)
	}
	if p&hasTotal != 0 {
		a.Total = readInt64(r)
	}
	if p&hasPlaces != 0 {
		a.Places = readPlaces(r, a.Places)
	}
	if p&hasLabels != 0 {
		a.Labels = readTexts(r, a.Labels, MaxResultLabels)
	}
	if p&hasReason != 0 {
		a.Reason = r.String(MaxReasonBytes)
	}
	if p&hasField != 0 {
		a.Field = r.String(MaxFieldBytes)
	}
	if p&hasLapsed != 0 {
		a.Lapsed = readInt32(r)
	}
	if p&hasRoom != 0 {
		res.Room = readRoomAnswer(r)
	}
	return r.Err()
}

// readOwner reads the values that say whose hold or order it is and how it stands.
func readOwner(r *pack.Reader, a *seatmap.Answer, p present) {
	if p&hasState != 0 {
		a.State = seatmap.HoldState(readNumbered(r, 0, int(seatmap.HoldCancelled)+1))
	}
	if p&hasExtensionsLeft != 0 {
		a.ExtensionsLeft = readInt32(r)
	}
	if p&hasRevision != 0 {
		a.Revision = r.Uint(math.MaxUint64)
	}
	if p&hasAnswerID != 0 {
		r.Fixed(a.ID[:])
	}
	if p&hasAnswerBuyer != 0 {
		a.Buyer = r.String(seatmap.MaxBuyerBytes)
	}
	if p&hasAnswerReference != 0 {
		a.Reference = r.String(seatmap.MaxReferenceBytes)
	}
	if p&hasCurrency != 0 {
		a.Currency = r.String(MaxCurrencyBytes)
	}
}

func readPlaces(r *pack.Reader, dst []seatmap.Place) []seatmap.Place {
	n := r.Array(MaxResultPlaces)
	dst = slices.Grow(dst[:0], n)
	for range n {
		readLength(r, placeLength)
		dst = append(dst, seatmap.Place{
			Kind:     seatmap.PlaceKind(readNumbered(r, int(seatmap.PlaceSeat), int(seatmap.PlaceArea)+1)),
			Label:    r.String(seatmap.MaxLabelBytes),
			Category: r.String(MaxCategoryKeyBytes),
			Price:    readInt64(r),
			Quantity: readInt32(r),
			Ticket:   uint32(r.Uint(math.MaxUint32)),
		})
	}
	return dst
}
