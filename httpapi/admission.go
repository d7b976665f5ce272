package httpapi

import (
	"net/http"
	"sync/atomic"

	"github.com/gin-gonic/gin"
)

// laneName tells kinds of demand apart that must not starve each other.
type laneName int

const (
	// laneNew is new demand: holds and sales. A rush is made of these.
	laneNew laneName = iota
	// laneExisting is those who hold or bought something, readers, and operators.
	laneExisting
	// laneBulk is large bodies: charts and blocks.
	laneBulk
	laneCount
)

var laneWords = [laneCount]string{laneNew: "new", laneExisting: "existing", laneBulk: "bulk"}

// lane bounds how many requests of one kind are at work at once. One more is refused at once: a queue here would only
// add to the wait of those behind.
type lane struct {
	atWork atomic.Int64
	limit  int64
	rates  *rates // nil = no bound
}

// setLanes sets the bounds of all lanes.
func (a *api) setLanes() {
	l, lanes := a.limits, &a.lanes
	reserved := max(l.ConcurrentRequests/4, 1)
	lanes[laneNew].limit = int64(max(l.ConcurrentRequests-reserved, 1))
	lanes[laneNew].rates = newRates(l.NewRate, l.RateClients)
	lanes[laneExisting].limit = int64(reserved)
	lanes[laneExisting].rates = newRates(l.ExistingRate, l.RateClients)
	lanes[laneBulk].limit = int64(l.BulkRequests)
}

// admit lets a request into its lane or answers 429, before anything of its body is read.
func (a *api) admit(name laneName) gin.HandlerFunc {
	l := &a.lanes[name]
	inFlight := a.metrics.inFlight.WithLabelValues(laneWords[name])
	full := a.metrics.refused.WithLabelValues(laneWords[name], codeOverloaded)
	limited := a.metrics.refused.WithLabelValues(laneWords[name], codeRateLimited)
	return func(c *gin.Context) {
		if l.rates != nil && !l.rates.allow(c, a.now()) {
			limited.Inc()
			refuseUnread(c, &problem{code: codeRateLimited, retrySeconds: l.rates.retrySeconds()})
			return
		}
		if l.atWork.Add(1) > l.limit {
			l.atWork.Add(-1)
			full.Inc()
			refuseUnread(c, &problem{code: codeOverloaded})
			return
		}
		inFlight.Inc()
		defer func() {
			inFlight.Dec()
			l.atWork.Add(-1)
		}()
		if _, ok := answersMsgpack(c.Request); !ok {
			refuseUnread(c, &problem{code: codeNotAcceptable})
			return
		}
		c.Next()
	}
}

// refuseUnread refuses a request whose body was not read. Without full duplex, net/http reads the body before it lets
// the answer out, and so makes the refusal wait for a slow sender; with it, the body is read (up to a bound) and thrown
// away after the answer, and the connection serves on: closing it would make overload worse by handshakes.
func refuseUnread(c *gin.Context, p *problem) {
	_ = http.NewResponseController(c.Writer).EnableFullDuplex() // not supported: the refusal is only later
	refuse(c, p)
}
