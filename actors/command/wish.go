package command

import (
	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

// A wish stands behind all other values of a request, as one array:
//
//	[quantity, together, accessible, [category, …], [section, …], lowest price, highest price]

// wished reports whether anything is wished for: a wish that is all zero is not written.
func wished(w *seatmap.Wish) bool {
	return w.Quantity != 0 || w.Together != 0 || w.Accessible != 0 || len(w.Categories) != 0 || len(w.Sections) != 0 ||
		w.MinPrice != 0 || w.MaxPrice != 0
}

func appendWish(b []byte, w *seatmap.Wish) []byte {
	b = pack.AppendArray(b, wishLength)
	b = pack.AppendInt(b, int64(w.Quantity))
	b = pack.AppendUint(b, uint64(w.Together))
	b = pack.AppendInt(b, int64(w.Accessible))
	b = appendTexts(b, w.Categories)
	b = appendTexts(b, w.Sections)
	b = pack.AppendInt(b, w.MinPrice)
	return pack.AppendInt(b, w.MaxPrice)
}

// readWish reuses w's slices. Whether its numbers make sense is for the seat map to say.
func readWish(r *pack.Reader, w *seatmap.Wish) {
	readLength(r, wishLength)
	w.Quantity = readInt32(r)
	w.Together = seatmap.Together(readNumbered(r, 0, int(togethers)))
	w.Accessible = readInt32(r)
	w.Categories = readTexts(r, w.Categories, MaxWishKeys)
	w.Sections = readTexts(r, w.Sections, MaxWishKeys)
	w.MinPrice = readInt64(r)
	w.MaxPrice = readInt64(r)
}

func (v *validator) wish(w *seatmap.Wish) {
	if w.Together >= togethers {
		v.fail("best_available.together", "is unknown")
	}
	v.labels("best_available.categories", w.Categories, MaxWishKeys)
	v.labels("best_available.sections", w.Sections, MaxWishKeys)
}

// Tags within a wish's print; as for the others, never renumber, only append.
const (
	tagWishEnd byte = iota
	tagWishQuantity
	tagWishTogether
	tagWishAccessible
	tagWishCategory
	tagWishSection
	tagWishMinPrice
	tagWishMaxPrice
)

// printWish leaves no trace of a wish that is all zero.
func printWish(b []byte, w *seatmap.Wish) []byte {
	if !wished(w) {
		return b
	}
	b = append(b, tagWish)
	b = printNumber(b, tagWishQuantity, int64(w.Quantity))
	b = printNumber(b, tagWishTogether, int64(w.Together))
	b = printNumber(b, tagWishAccessible, int64(w.Accessible))
	for _, category := range w.Categories {
		b = printAlways(b, tagWishCategory, category)
	}
	for _, section := range w.Sections {
		b = printAlways(b, tagWishSection, section)
	}
	b = printNumber(b, tagWishMinPrice, w.MinPrice)
	b = printNumber(b, tagWishMaxPrice, w.MaxPrice)
	return append(b, tagWishEnd)
}
