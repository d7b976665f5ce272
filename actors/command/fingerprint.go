package command

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/parterre/parterre/actors/seatmap"
)

// Tags of a fingerprint's fields. Fingerprints are remembered for 24 hours, across versions: never change an encoding,
// never renumber, only append; a field that is not set must leave no trace, so that new fields change no old print.
const (
	tagKind byte = iota + 1
	tagEvent
	tagOp
	tagRetake
	tagID
	tagBuyer
	tagReference
	tagTTL
	tagAdd
	tagRemove
	tagTickets
	tagPatch
	tagChartName
	tagContent
	tagConfig
	tagSeat
	tagArea
	tagTable
	tagWish
)

// fingerprintRoom is enough, on the stack, for all commands but those that name dozens of seats.
const fingerprintRoom = 512

// Fingerprint hashes everything in c that the caller chose: the same idempotency key with another fingerprint is another
// request. The key itself does not count, nor does what a node made up (the id of a new hold, the limit of OpExpire, a plan's
// compilation), nor a pass, which may be renewed between two attempts. Commands of rooms have no fingerprint of their own. Prices count as a set, since they come from a JSON object.
func Fingerprint(c *Command) uint64 {
	b := make([]byte, 0, fingerprintRoom)
	b = append(b, tagKind, byte(c.Kind))
	b = printText(b, tagEvent, c.Event)
	switch {
	case c.Kind == KindEvent:
		b = printRequest(b, &c.Request)
	case c.Chart != nil:
		b = printText(b, tagChartName, c.Chart.Name)
		b = append(append(b, tagContent), c.Chart.Content[:]...)
	case c.Create != nil:
		b = printText(b, tagChartName, c.Create.Chart)
		b = printConfig(append(b, tagConfig), &c.Create.Config)
	}
	return xxhash.Sum64(b)
}

func printRequest(b []byte, r *seatmap.Request) []byte {
	b = append(b, tagOp, byte(r.Op))
	if r.Retake {
		b = append(b, tagRetake)
	}
	if r.Op != seatmap.OpHold && r.Op != seatmap.OpSale && !r.ID.IsZero() {
		b = append(append(b, tagID), r.ID[:]...)
	}
	b = printText(b, tagBuyer, r.Buyer)
	b = printText(b, tagReference, r.Reference)
	b = printNumber(b, tagTTL, int64(r.TTLSeconds))
	b = printSelection(b, tagAdd, &r.Add)
	b = printSelection(b, tagRemove, &r.Remove)
	for _, ticket := range r.Tickets {
		b = binary.BigEndian.AppendUint32(append(b, tagTickets), ticket)
	}
	if r.Patch != nil {
		b = binary.BigEndian.AppendUint16(append(b, tagPatch), uint16(r.Patch.Set))
		b = printConfig(b, &r.Patch.Config)
	}
	return printWish(b, &r.Wish)
}

// printSelection writes every place behind its own two tags, which need no count to be told from what follows.
func printSelection(b []byte, tag byte, s *seatmap.Selection) []byte {
	for _, seat := range s.Seats {
		b = printAlways(append(b, tag), tagSeat, seat)
	}
	for i := range s.Areas {
		b = printAlways(append(b, tag), tagArea, s.Areas[i].Area)
		b = binary.BigEndian.AppendUint32(b, uint32(s.Areas[i].Quantity))
	}
	for _, table := range s.Tables {
		b = printAlways(append(b, tag), tagTable, table)
	}
	return b
}

func printConfig(b []byte, c *seatmap.Config) []byte {
	b = printText(b, 1, c.Name)
	b = printNumber(b, 2, c.StartsAtMillis)
	b = printText(b, 3, c.Currency)
	prices := slices.Clone(c.Prices)
	slices.SortFunc(prices, func(x, y seatmap.CategoryPrice) int { return strings.Compare(x.Category, y.Category) })
	for i := range prices {
		b = printAlways(b, 4, prices[i].Category)
		b = binary.BigEndian.AppendUint64(b, uint64(prices[i].Price))
	}
	b = printNumber(b, 5, int64(c.State))
	b = printNumber(b, 6, c.SaleOpensMillis)
	b = printNumber(b, 7, c.SaleClosesMillis)
	b = printNumber(b, 8, int64(c.HoldTTLSeconds))
	b = printNumber(b, 9, int64(c.HoldExtensions))
	b = printNumber(b, 10, int64(c.PlacesPerHold))
	b = printNumber(b, 11, int64(c.PlacesPerBuyer))
	b = printNumber(b, 12, int64(c.Orphans))
	return append(b, 0)
}

func printText(b []byte, tag byte, s string) []byte {
	if s == "" {
		return b
	}
	return printAlways(b, tag, s)
}

func printAlways(b []byte, tag byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(append(b, tag), uint32(len(s)))
	return append(b, s...)
}

func printNumber(b []byte, tag byte, n int64) []byte {
	if n == 0 {
		return b
	}
	return binary.BigEndian.AppendUint64(append(b, tag), uint64(n))
}
