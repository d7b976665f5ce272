package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/seatmap"
)

// getSeat is GET /v1/events/{event}/seats/{seat}; a table sold whole is found by its key.
func (a *api) getSeat(c *gin.Context) {
	e, v, ok := a.read(c)
	if !ok {
		return
	}
	label := c.Param("seat")
	setRevision(c, v.Revision())
	slot, ok := v.Plan().Slot(label)
	if !ok {
		refuse(c, &problem{code: codeUnknownSeat, seats: []string{label}})
		return
	}
	msgpack, _ := answersMsgpack(c.Request)
	if fresh(c, etag(e.Key(), v, "seat "+label, msgpack, false), cacheControl) {
		return
	}
	answer(c, http.StatusOK, func(w *writer) { encodeSeat(w, v, slot) })
}

func encodeSeat(w *writer, v *actors.View, slot uint32) {
	plan := v.Plan()
	category := plan.Categories()[plan.CategoryOf(slot)].Key
	w.beginObject()
	if plan.IsTable(slot) {
		w.text("table", plan.Label(slot))
	} else {
		w.text("seat", plan.Label(slot))
	}
	w.text("state", statusWord(v.Status(slot)))
	w.text("category", category)
	w.integer("price", priceOf(v.Config(), category))
	w.revision(v.Revision())
	w.endObject()
}

func priceOf(config *seatmap.Config, category string) int64 {
	for i := range config.Prices {
		if config.Prices[i].Category == category {
			return config.Prices[i].Price
		}
	}
	return 0 // an event without prices is free of charge
}

func statusWord(s seatmap.Status) string {
	switch s {
	case seatmap.StatusFree:
		return "free"
	case seatmap.StatusHeld:
		return "held"
	case seatmap.StatusSold:
		return "sold"
	case seatmap.StatusBlocked:
		return "blocked"
	}
	return "unknown"
}

// encodeSeats writes the whole map: a letter for each seat in chart order, then what is not a seat.
func encodeSeats(w *writer, event string, v *actors.View) {
	plan := v.Plan()
	w.beginObject()
	w.text("event", event)
	w.revision(v.Revision())
	w.raw("states", plan.Seats(), v.AppendStates)
	w.beginArray("tables")
	for slot := plan.Seats(); slot < plan.Slots(); slot++ {
		w.beginObject()
		w.text("table", plan.Label(uint32(slot)))
		w.text("state", statusWord(v.Status(uint32(slot))))
		w.endObject()
	}
	w.endArray()
	encodeAreas(w, v)
	w.endObject()
}

func encodeAreas(w *writer, v *actors.View) {
	w.beginArray("areas")
	for i, area := range v.Plan().Areas() {
		s := v.AreaState(i)
		w.beginObject()
		w.text("area", area.Key)
		w.integer("capacity", int64(s.Capacity))
		encodeNumbers(w, int64(s.Free), int64(s.Held), int64(s.Sold), int64(s.Blocked))
		w.endObject()
	}
	w.endArray()
}

// encodeAvailability writes numbers of places: a table sold whole is one place, an area has as many as its capacity.
func encodeAvailability(w *writer, event string, v *actors.View) {
	plan := v.Plan()
	w.beginObject()
	w.text("event", event)
	w.revision(v.Revision())
	w.objectField("total")
	encodeCounts(w, v.Counts())
	w.endObject()
	encodeCountsBy(w, "categories", "category", v.CategoryCounts(), func(i int) string { return plan.Categories()[i].Key })
	encodeCountsBy(w, "sections", "section", v.SectionCounts(), func(i int) string { return plan.Sections()[i].Key })
	encodeAreas(w, v)
	w.endObject()
}

// encodeCountsBy writes the counts of each category or section behind its key.
func encodeCountsBy(w *writer, list, name string, counts []seatmap.Counts, key func(i int) string) {
	w.beginArray(list)
	for i := range counts {
		w.beginObject()
		w.text(name, key(i))
		encodeCounts(w, counts[i])
		w.endObject()
	}
	w.endArray()
}

func encodeCounts(w *writer, c seatmap.Counts) {
	encodeNumbers(w, int64(c.Free), int64(c.Held), int64(c.Sold), int64(c.Blocked))
}

func encodeNumbers(w *writer, free, held, sold, blocked int64) {
	w.integer("free", free)
	w.integer("held", held)
	w.integer("sold", sold)
	w.integer("blocked", blocked)
}
