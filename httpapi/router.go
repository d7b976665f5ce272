package httpapi

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors/waitroom"
)

// api is what all handlers share; it keeps nothing about any request.
type api struct {
	node     Cluster
	nodeName string
	version  string
	limits   Limits
	logger   *slog.Logger
	metrics  *metrics
	recorder Recorder // nil = none
	now      func() time.Time
	lanes    [laneCount]lane
	draining <-chan struct{}
	// streamed counts the operations of all streams that are under way.
	streamed atomic.Int64
	joiners  joiners
	texts    roomTexts
	// publicURLs are the origins at which browsers reach the nodes; none = the nodes' own addresses.
	publicURLs []string
}

// New makes the handler of the main listener.
func New(o Options) http.Handler { return newEngine(o) }

func newEngine(o Options) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	a := &api{
		node: o.Node, nodeName: o.NodeName, version: o.Version,
		limits: o.Limits.withDefaults(), logger: o.Logger, now: o.Clock,
		metrics: newMetrics(o.Registerer), recorder: o.Recorder, draining: o.Draining, publicURLs: o.PublicURLs,
	}
	if a.logger == nil {
		a.logger = slog.Default()
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.setLanes()
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.UseRawPath = true // a label may hold an escaped slash
	e.UnescapePathValues = true
	if err := e.SetTrustedProxies(o.TrustedProxies); err != nil {
		a.logger.Error("trusted proxies are ignored", "error", err)
		_ = e.SetTrustedProxies(nil) // nil is always taken
	}
	e.Use(a.observe)
	e.NoRoute(func(c *gin.Context) { refuse(c, &problem{code: codeNotFound}) })
	e.NoMethod(func(c *gin.Context) {
		if !preflight(c) {
			refuse(c, &problem{code: codeMethodNotAllowed})
		}
	})
	a.route(e)
	return e
}

// routeRooms lists the routes of waiting rooms, which pages of other nodes may use, too.
func (a *api) routeRooms(e *gin.Engine) {
	existing, joins, asks, told := a.admit(laneExisting), a.admit(laneJoin), a.admit(laneRoom), a.admitAny(laneRoomEvents)

	e.PUT("/v1/events/:event/room", existing, a.putRoom)
	e.POST("/v1/events/:event/room/pause", existing, a.roomOrder(waitroom.OpPause))
	e.POST("/v1/events/:event/room/resume", existing, a.roomOrder(waitroom.OpResume))
	e.POST("/v1/events/:event/room/close", existing, a.roomOrder(waitroom.OpClose))
	e.POST("/v1/events/:event/room/keys", existing, a.roomOrder(waitroom.OpRotate))
	e.POST("/v1/events/:event/room/rate", existing, a.postRoomRate)
	e.POST("/v1/events/:event/room/admit", existing, a.postRoomAdmit)
	e.POST("/v1/events/:event/room/invitations", existing, a.postInvitation)

	e.GET("/v1/events/:event/room", allowPages, asks, a.getRoom)
	e.POST("/v1/events/:event/room/visitors", allowPages, joins, a.postVisitor)
	e.GET("/v1/events/:event/room/visitors/me", allowPages, asks, a.getVisitor)
	e.GET(roomEventsRoute, allowPages, told, a.getVisitorEvents)
	e.POST("/v1/events/:event/room/visitors/me/enter", allowPages, joins, a.enterRoom)
	e.POST("/v1/events/:event/room/visitors/me/leave", allowPages, joins, a.leaveRoom)
	e.GET("/room/:event", a.admitAny(laneRoom), a.getRoomPage)
}

// route lists every route with its lane.
func (a *api) route(e *gin.Engine) {
	fresh, existing, bulk := a.admit(laneNew), a.admit(laneExisting), a.admit(laneBulk)
	batch, stream, customer := a.admit(laneBatch), a.admitAny(laneStream), a.admit(laneCustomer)

	e.PUT("/v1/charts/:chart", bulk, a.putChart)
	e.GET("/v1/charts/:chart", existing, a.getChart)
	e.GET("/v1/charts", existing, a.listCharts)

	e.PUT("/v1/events/:event", existing, a.putEvent)
	e.GET("/v1/events/:event", existing, a.getEvent)
	e.PATCH("/v1/events/:event", existing, a.patchEvent)
	e.GET("/v1/events", existing, a.listEvents)

	e.POST("/v1/events/:event/holds", fresh, a.postHold)
	e.GET("/v1/events/:event/holds/:hold", customer, a.getHold)
	e.DELETE("/v1/events/:event/holds/:hold", existing, a.deleteHold)
	e.PATCH("/v1/events/:event/holds/:hold", existing, a.patchHold)
	e.POST("/v1/events/:event/holds/:hold/extend", existing, a.extendHold)

	e.POST("/v1/events/:event/orders", existing, a.postOrder)
	e.GET("/v1/events/:event/orders/:order", customer, a.getOrder)
	e.POST("/v1/events/:event/orders/:order/cancel", existing, a.cancelOrder)
	e.POST("/v1/events/:event/sales", fresh, a.postSale)

	e.POST("/v1/events/:event/block", bulk, a.postBlock)
	e.POST("/v1/events/:event/unblock", bulk, a.postUnblock)

	e.GET("/v1/events/:event/availability", existing, a.getAvailability)
	e.GET("/v1/events/:event/seats", existing, a.getSeats)
	e.GET("/v1/events/:event/seats/:seat", existing, a.getSeat)

	a.routeRooms(e)

	e.POST("/v1/batch", batch, a.postBatch)
	e.POST(streamRoute, stream, a.postStream)

	e.GET("/v1/cluster", existing, a.getCluster)
	e.GET("/v1/cluster/members", existing, a.getMembers)
	e.POST("/v1/cluster/members", existing, a.postMember)
	e.DELETE("/v1/cluster/members/:node", existing, a.deleteMember)
	e.POST("/v1/cluster/members/:node/promote", existing, a.promoteMember)
	e.POST("/v1/cluster/partitions/:partition/transfer", existing, a.postTransfer)
	e.POST("/v1/cluster/snapshot", existing, a.postSnapshot)

	// Health and the contract have no lane: they must answer when all lanes are full.
	e.GET("/healthz", a.healthz)
	e.GET("/readyz", a.readyz)
	e.GET("/openapi.json", getOpenAPI)
}
