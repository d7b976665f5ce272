package httpapi

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// putEvent is PUT /v1/events/{event}.
func (a *api) putEvent(c *gin.Context) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	set := newSettings()
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodePutEvent(d, set) }) {
		return
	}
	key, ok := keyOf(c)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.limits.RequestTimeout)
	defer cancel()
	result, err := a.node.CreateEvent(ctx, event, set.chart, &set.patch.Config, key.digest)
	if ans, ok := a.decided(c, result, err, key); ok {
		setRevision(c, ans.Revision)
		answer(c, statusOf(ans), func(w *writer) { encodeReceipt(w, event, ans.Revision) })
	}
}

// patchEvent is PATCH /v1/events/{event}.
func (a *api) patchEvent(c *gin.Context) {
	event, ok := eventParam(c)
	if !ok {
		return
	}
	set := &settings{}
	if !a.body(c, a.limits.BodyBytes, false, func(d *decoder) { decodePatchEvent(d, set) }) {
		return
	}
	req := seatmap.Request{Op: seatmap.OpConfigure, Patch: &set.patch}
	if ans, ok := a.submitEvent(c, event, &req); ok {
		answer(c, http.StatusOK, func(w *writer) { encodeReceipt(w, event, ans.Revision) })
	}
}

// getEvent is GET /v1/events/{event}.
func (a *api) getEvent(c *gin.Context) {
	e, v, ok := a.read(c)
	if !ok {
		return
	}
	setRevision(c, v.Revision())
	answer(c, http.StatusOK, func(w *writer) { a.encodeEvent(w, e, v) })
}

// listEvents is GET /v1/events.
func (a *api) listEvents(c *gin.Context) {
	p, ok := pageOf(c, command.MaxEventKeyBytes)
	if !ok {
		return
	}
	events := a.node.Events(p.after, p.limit+1)
	events, next := cut(events, p.limit, (*actors.Event).Key)
	answer(c, http.StatusOK, func(w *writer) {
		w.beginObject()
		w.beginArray("events")
		for _, e := range events {
			a.encodeEvent(w, e, e.View())
		}
		w.endArray()
		w.textOrNull("next", next)
		w.endObject()
	})
}

func (a *api) encodeEvent(w *writer, e *actors.Event, v *actors.View) {
	config, partition := v.Config(), a.node.PartitionOf(e.Key())
	w.beginObject()
	w.text("event", e.Key())
	w.text("chart", e.Chart())
	w.text("name", config.Name)
	w.moment("starts_at", config.StartsAtMillis)
	encodePrices(w, config)
	w.text("state", saleWord(config.State))
	w.moment("sale_opens_at", config.SaleOpensMillis)
	w.moment("sale_closes_at", config.SaleClosesMillis)
	encodeRules(w, config)
	w.revision(v.Revision())
	w.integer("partition", int64(partition))
	w.textOrNull("leader", a.node.LeaderOf(partition))
	w.endObject()
}

func encodePrices(w *writer, config *seatmap.Config) {
	w.text("currency", config.Currency)
	w.objectField("prices")
	for i := range config.Prices {
		w.keyed(config.Prices[i].Category, config.Prices[i].Price)
	}
	w.endObject()
}

func encodeRules(w *writer, config *seatmap.Config) {
	w.integer("hold_ttl_seconds", int64(config.HoldTTLSeconds))
	w.integer("hold_extensions", int64(config.HoldExtensions))
	w.integer("max_places_per_hold", int64(config.PlacesPerHold))
	w.integer("max_places_per_buyer", int64(config.PlacesPerBuyer))
	w.text("orphans", orphanWord(config.Orphans))
}

func saleWord(s seatmap.SaleState) string {
	if s < seatmap.SaleDraft || s > seatmap.SaleClosed {
		return "unknown"
	}
	return saleWords[s-seatmap.SaleDraft]
}

func orphanWord(o seatmap.OrphanRule) string {
	if o < seatmap.OrphansAllow || o > seatmap.OrphansRefuse {
		return "unknown"
	}
	return orphanWords[o-seatmap.OrphansAllow]
}
