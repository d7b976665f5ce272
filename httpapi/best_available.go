package httpapi

import (
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// togetherWords stand in the order of seatmap.Together.
var togetherWords = []string{"prefer", "require", "any"}

// bestAvailable reads {"quantity": 4, "categories": ["1"], "sections": ["A"], "together": "prefer", "accessible": 0,
// "min_price": 5000, "max_price": 12000}. All but the quantity may be left out.
func (d *decoder) bestAvailable(w *seatmap.Wish) {
	before := len(d.errors)
	if !d.object(func(name string) bool { return d.wishField(name, w) }) {
		return
	}
	d.required("quantity", w.Quantity != 0)
	if d.stopped() || len(d.errors) > before {
		return
	}
	if w.Accessible > w.Quantity {
		d.rejectAt(d.fieldIn("accessible"), "must be at most the quantity")
	}
	if w.MaxPrice != 0 && w.MaxPrice < w.MinPrice {
		d.rejectAt(d.fieldIn("max_price"), "must be at least min_price")
	}
}

// wishField reads one field of a wish; false where name is not one.
func (d *decoder) wishField(name string, w *seatmap.Wish) bool {
	switch name {
	case "quantity":
		w.Quantity = int32(d.number(1, command.MaxSelection))
	case "categories":
		w.Categories = d.filter("categories")
	case "sections":
		w.Sections = d.filter("sections")
	case "together":
		w.Together = seatmap.Together(d.choice(togetherWords...))
	case "accessible":
		w.Accessible = int32(d.number(0, command.MaxSelection))
	case "min_price":
		w.MinPrice = d.number(0, seatmap.MaxPriceMinorUnits)
	case "max_price": // 0 is not taken: the seat map reads it as no bound, whoever sends it means something else
		w.MaxPrice = d.number(1, seatmap.MaxPriceMinorUnits)
	default:
		return false
	}
	return true
}

// filter reads the keys that bound a choice. A shop that computes an empty list must not get everything by it.
func (d *decoder) filter(what string) []string {
	before := len(d.errors)
	keys := d.labels(command.MaxWishKeys)
	if len(keys) == 0 && len(d.errors) == before && !d.stopped() {
		d.reject("name " + what + ", or leave the field out for all")
	}
	return keys
}
