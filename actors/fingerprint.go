package actors

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// creationFingerprint hashes what an event was made of, so that the same wish said twice is known from another. Fields are
// numbered and zero ones left out: a field that a later version adds leaves the fingerprints of today's events as they are.
// The order of prices means nothing.
func creationFingerprint(c *command.Create) [32]byte {
	b := make([]byte, 0, 512)
	b = appendField(b, 1, c.Chart)
	b = appendField(b, 2, string(c.Plan[:]))
	f := &c.Config
	b = appendField(b, 3, f.Name)
	b = appendNumber(b, 4, f.StartsAtMillis)
	b = appendField(b, 5, f.Currency)
	b = appendPrices(b, 6, f.Prices)
	b = appendNumber(b, 7, int64(f.State))
	b = appendNumber(b, 8, f.SaleOpensMillis)
	b = appendNumber(b, 9, f.SaleClosesMillis)
	b = appendNumber(b, 10, int64(f.HoldTTLSeconds))
	b = appendNumber(b, 11, int64(f.HoldExtensions))
	b = appendNumber(b, 12, int64(f.PlacesPerHold))
	b = appendNumber(b, 13, int64(f.PlacesPerBuyer))
	b = appendNumber(b, 14, int64(f.Orphans))
	return sha256.Sum256(b)
}

func appendField(b []byte, number byte, text string) []byte {
	if text == "" {
		return b
	}
	return appendText(append(b, number), text)
}

func appendNumber(b []byte, number byte, value int64) []byte {
	if value == 0 {
		return b
	}
	return binary.LittleEndian.AppendUint64(append(b, number), uint64(value))
}

func appendPrices(b []byte, number byte, prices []seatmap.CategoryPrice) []byte {
	if len(prices) == 0 {
		return b
	}
	sorted := slices.SortedStableFunc(slices.Values(prices), func(x, y seatmap.CategoryPrice) int {
		return cmp.Compare(x.Category, y.Category)
	})
	b = binary.LittleEndian.AppendUint32(append(b, number), uint32(len(sorted)))
	for _, p := range sorted {
		b = binary.LittleEndian.AppendUint64(appendText(b, p.Category), uint64(p.Price))
	}
	return b
}
