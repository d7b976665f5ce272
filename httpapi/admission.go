package httpapi

import (
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// laneName tells kinds of demand apart that must not starve each other.
type laneName int

const (
	// laneNew is new demand: holds and sales. A rush is made of these.
	laneNew laneName = iota
	// laneExisting is those who hold or bought something, readers, and operators.
	laneExisting
	// laneCustomer is reads of single holds and orders. No rush reaches it: neither for seats, nor of who looks at the map
	// or waits in a room, since none of these has anything to read by its id.
	laneCustomer
	// laneBulk is what takes much memory: bodies of charts and blocks, and drawings that have to be unpacked.
	laneBulk
	// laneBatch and laneStream bound the memory of batches and streams; their operations count in the lanes above, or
	// against Limits.StreamedOperations.
	laneBatch
	laneStream
	// laneJoin is those who join a waiting room, and wait for its log; laneRoom is those who ask for their place, which
	// this node tells from its view; laneRoomEvents is those to whom it is told as it changes.
	laneJoin
	laneRoom
	laneRoomEvents
	laneCount
)

var laneWords = [laneCount]string{
	laneNew: "new", laneExisting: "existing", laneCustomer: "customer", laneBulk: "bulk", laneBatch: "batch", laneStream: "stream",
	laneJoin: "join", laneRoom: "room", laneRoomEvents: "room_events",
}

// lane bounds how many requests of one kind are at work at once. One more is refused at once: a queue here would only
// add to the wait of those behind.
type lane struct {
	atWork atomic.Int64
	limit  int64
	rates  *rates // nil = no bound

	inFlight      prometheus.Gauge
	full, limited prometheus.Counter
}

// setLanes sets the bounds and metrics of all lanes.
func (a *api) setLanes() {
	l, lanes := a.limits, &a.lanes
	reserved := max(l.ConcurrentRequests/4, 1)
	lanes[laneNew].limit = int64(max(l.ConcurrentRequests-reserved, 1))
	lanes[laneNew].rates = newRates(l.NewRate, l.RateClients)
	lanes[laneExisting].limit = int64(reserved - reserved/2)
	lanes[laneExisting].rates = newRates(l.ExistingRate, l.RateClients)
	lanes[laneCustomer].limit = int64(max(reserved/2, 1))
	lanes[laneCustomer].rates = newRates(l.ExistingRate, l.RateClients)
	lanes[laneBulk].limit = int64(l.BulkRequests)
	lanes[laneBatch].limit = int64(l.BatchRequests)
	lanes[laneStream].limit = int64(l.Streams)
	lanes[laneJoin].limit = int64(l.RoomJoins)
	lanes[laneRoom].limit = int64(l.RoomRequests)
	lanes[laneRoomEvents].limit = int64(l.RoomEvents)
	for i, word := range laneWords {
		lanes[i].inFlight = a.metrics.inFlight.WithLabelValues(word)
		lanes[i].full = a.metrics.refused.WithLabelValues(word, codeOverloaded)
		lanes[i].limited = a.metrics.refused.WithLabelValues(word, codeRateLimited)
	}
}

// enter takes a place in the lane, or refuses with 429. Who entered must leave.
func (a *api) enter(c *gin.Context, name laneName) bool {
	l := &a.lanes[name]
	if l.atWork.Add(1) > l.limit {
		l.atWork.Add(-1)
		l.full.Inc()
		refuseUnread(c, &problem{code: codeOverloaded})
		return false
	}
	l.inFlight.Inc()
	return true
}

func (a *api) leave(name laneName) {
	a.lanes[name].inFlight.Dec()
	a.lanes[name].atWork.Add(-1)
}

// enterMany takes places for n operations if the lane has room at all: a lane that is smaller than a batch must not shut
// it out for ever. So it may be overfull by one batch. Who entered must leave by leaveMany.
func (a *api) enterMany(name laneName, n int) bool {
	l := &a.lanes[name]
	if n == 0 { // a full lane is nothing to a batch that asks for none of its places
		return true
	}
	if l.atWork.Add(int64(n))-int64(n) >= l.limit {
		l.atWork.Add(int64(-n))
		l.full.Add(float64(n))
		return false
	}
	l.inFlight.Add(float64(n))
	return true
}

func (a *api) leaveMany(name laneName, n int) {
	a.lanes[name].inFlight.Sub(float64(n))
	a.lanes[name].atWork.Add(int64(-n))
}

// admit lets a request into its lane or answers 429, before anything of its body is read. What can be refused for its
// header alone is refused here, too.
func (a *api) admit(name laneName) gin.HandlerFunc { return a.admitTo(name, true) }

// admitAny is admit for routes that answer in formats of their own, and look at Accept themselves.
func (a *api) admitAny(name laneName) gin.HandlerFunc { return a.admitTo(name, false) }

func (a *api) admitTo(name laneName, usual bool) gin.HandlerFunc {
	l := &a.lanes[name]
	return func(c *gin.Context) {
		if a.node.Removed() && !strings.HasPrefix(c.FullPath(), clusterRoutes) {
			refuseUnread(c, &problem{code: codeNoLeader, detail: "This node was removed from the cluster and serves no more: ask another."})
			return
		}
		if l.rates != nil && !l.rates.allow(c, a.now()) {
			l.limited.Inc()
			refuseUnread(c, &problem{code: codeRateLimited, retrySeconds: l.rates.retrySeconds()})
			return
		}
		if !a.enter(c, name) {
			return
		}
		defer a.leave(name)
		if _, ok := answersMsgpack(c.Request); !ok && usual {
			refuseUnread(c, &problem{code: codeNotAcceptable})
			return
		}
		if c.Request.Method != http.MethodGet { // writes have no parameters; reads look for themselves
			if _, ok := query(c); !ok {
				return
			}
		}
		c.Next()
	}
}

// refuseUnread refuses a request whose body was not read. By default net/http reads the body before it lets the answer
// out, and so makes the refusal wait for a slow sender. With full duplex the answer leaves first. The body is then read
// (up to a bound) and thrown away here and not by the server, which would panic on the next request of the connection
// (golang/go#68560); closing the connection instead would make overload worse by handshakes. A client that waits for
// 100 Continue sends no body now, and net/http closes its connection.
func refuseUnread(c *gin.Context, p *problem) {
	server := http.NewResponseController(c.Writer)
	if c.Request.Header.Get("Expect") != "" || server.EnableFullDuplex() != nil {
		refuse(c, p)
		return
	}
	refuse(c, p)
	_ = server.Flush()         // the client is gone if this fails
	_ = c.Request.Body.Close() // as above
}
