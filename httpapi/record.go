package httpapi

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// Recorder is told what shoppers do, so that it can be replayed later. It is called on the way of every request: it must
// not block, and must copy what it keeps, since all of it is used again.
type Recorder interface {
	// Decided is told a request that the cluster decided, the decision, and the status that answers it. Operations of
	// batches and streams come one by one.
	Decided(event string, r *seatmap.Request, ans *seatmap.Answer, status int)
	// Looked is told that the seat map was asked for; again, if the client had one. connection is the client's end of it.
	Looked(event, connection string, again bool)
}

// recordDecision tells the recorder. What was refused for want of room (429) will be asked again, and is no decision.
func (a *api) recordDecision(event string, r *seatmap.Request, result *command.Result) {
	if a.recorder == nil {
		return
	}
	ans := &result.Answer
	switch {
	case ans.Code == seatmap.CodeOverloaded || ans.Code == seatmap.CodeUnknownEvent:
	case ans.Code != seatmap.CodeOK:
		a.recorder.Decided(event, r, ans, kinds[problemOf(result).code].status)
	case r.Op == seatmap.OpRelease:
		a.recorder.Decided(event, r, ans, http.StatusNoContent)
	case r.Op == seatmap.OpHold || r.Op == seatmap.OpSale || r.Op == seatmap.OpConfirm:
		a.recorder.Decided(event, r, ans, statusOf(ans))
	default:
		a.recorder.Decided(event, r, ans, http.StatusOK)
	}
}

// recordLook tells the recorder that somebody asks for the seat map.
func (a *api) recordLook(c *gin.Context) {
	if a.recorder != nil {
		a.recorder.Looked(c.Param("event"), c.Request.RemoteAddr, c.Request.Header.Get("If-None-Match") != "")
	}
}

// Description is an event as it can be set up again elsewhere.
type Description struct {
	Chart    string // its name
	Document []byte // as PUT /v1/charts/{chart} takes it
	// Settings are those of PUT /v1/events/{event}, without the chart and the window of the sale; whatever its state is
	// now, the event is on sale.
	Settings       []byte
	HoldTTLSeconds int32
}

// Describe describes an event that the node has.
func Describe(node Cluster, event string) (*Description, error) {
	e, ok := node.Event(event)
	if !ok {
		return nil, fmt.Errorf("httpapi: describe: no event %q", event)
	}
	stored, ok := node.Chart(e.Chart())
	if !ok {
		return nil, fmt.Errorf("httpapi: describe: no chart %q", e.Chart())
	}
	document, err := chart.UnpackDocument(stored.Document)
	if err != nil {
		return nil, fmt.Errorf("httpapi: describe: chart %q: %w", e.Chart(), err)
	}
	config, w := e.Latest().Config(), &writer{}
	w.beginObject()
	w.text("name", config.Name)
	w.text("state", saleWord(seatmap.SaleOn))
	encodePrices(w, config)
	encodeRules(w, config)
	w.endObject()
	return &Description{Chart: e.Chart(), Document: document, Settings: w.b, HoldTTLSeconds: config.HoldTTLSeconds}, nil
}
