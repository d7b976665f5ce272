package httpapi

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/command"
)

// putChart is PUT /v1/charts/{chart}.
func (a *api) putChart(c *gin.Context) {
	name, ok := chartParam(c)
	if !ok {
		return
	}
	key, ok := keyOf(c)
	if !ok {
		return
	}
	drawing, ok := a.drawing(c, name)
	if !ok {
		return
	}
	drawing.Key = key.digest
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.limits.RequestTimeout)
	defer cancel()
	result, err := a.node.PutChart(ctx, drawing)
	if ans, ok := a.decided(c, result, err, key); ok {
		answer(c, statusOf(ans), func(w *writer) { encodeChartReceipt(w, name, drawing.Content) })
	}
}

// getChart is GET /v1/charts/{chart}: the drawing in its canonical form.
func (a *api) getChart(c *gin.Context) {
	name, ok := chartParam(c)
	if !ok {
		return
	}
	values, ok := query(c, "consistency")
	if !ok {
		return
	}
	strong, ok := strongOf(c, values)
	if !ok {
		return
	}
	stored, found := a.node.Chart(name)
	if strong || !found { // a chart is said to be unknown only when it is
		ctx, cancel := context.WithTimeout(c.Request.Context(), a.limits.RequestTimeout)
		defer cancel()
		if err := a.node.ChartBarrier(ctx, name); err != nil {
			refuse(c, &problem{code: codeOf(err, false)})
			return
		}
		stored, found = a.node.Chart(name)
	}
	if !found {
		refuse(c, &problem{code: codeUnknownChart})
		return
	}
	a.sendDrawing(c, stored)
}

// sendDrawing sends the stored bytes as they are wherever the client reads gzip'd JSON.
func (a *api) sendDrawing(c *gin.Context, stored *actors.StoredChart) {
	msgpack, _ := answersMsgpack(c.Request)
	zipped := acceptsGzip(c.Request) && !msgpack
	if fresh(c, `"`+hex.EncodeToString(stored.Content[:16])+formatSuffix(msgpack, zipped)+`"`, cacheControl) {
		return
	}
	if zipped {
		c.Writer.Header().Set("Content-Encoding", "gzip")
		send(c, http.StatusOK, jsonMedia, stored.Document)
		return
	}
	if !a.enter(c, laneBulk) {
		return
	}
	defer a.leave(laneBulk)
	body, err := chart.UnpackDocument(stored.Document)
	if err == nil && msgpack {
		body, err = msgpackOfJSON(body)
	}
	if err != nil {
		a.failed(c, fmt.Errorf("stored chart %q: %w", stored.Name, err), callKey{})
		return
	}
	send(c, http.StatusOK, mediaOf(msgpack), body)
}

// listCharts is GET /v1/charts.
func (a *api) listCharts(c *gin.Context) {
	p, ok := pageOf(c, command.MaxChartNameBytes)
	if !ok {
		return
	}
	charts := a.node.Charts(p.after, p.limit+1)
	charts, next := cut(charts, p.limit, func(s *actors.StoredChart) string { return s.Name })
	answer(c, http.StatusOK, func(w *writer) {
		w.beginObject()
		w.beginArray("charts")
		for _, stored := range charts {
			encodeChartReceipt(w, stored.Name, stored.Content)
		}
		w.endArray()
		w.textOrNull("next", next)
		w.endObject()
	})
}

// encodeChartReceipt writes a chart's name and the SHA-256 of its canonical drawing.
func encodeChartReceipt(w *writer, name string, content [32]byte) {
	w.beginObject()
	w.text("chart", name)
	w.text("content", hex.EncodeToString(content[:]))
	w.endObject()
}
