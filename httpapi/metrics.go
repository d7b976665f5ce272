package httpapi

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec
	refused  *prometheus.CounterVec
	// chunkOperations are sizes, so that a histogram costs little.
	chunkOperations prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parterre_http_requests_total", Help: "Requests answered, by route, method and status; operations of batches and streams as routes of their own.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parterre_http_request_seconds", Help: "Time from a request's header to the end of its answer.",
			Buckets: []float64{.0005, .001, .002, .004, .008, .016, .032, .064, .128, .256, .512, 1, 2, 5, 10},
		}, []string{"route"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "parterre_http_in_flight_requests", Help: "Requests at work, by lane, each operation of a batch for one; lane stream counts streams.",
		}, []string{"lane"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parterre_http_refused_total", Help: "Requests refused before their body was read, by lane and reason.",
		}, []string{"lane", "reason"}),
		chunkOperations: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "parterre_http_stream_chunk_operations", Help: "Operations of a stream that were submitted together.",
			Buckets: prometheus.ExponentialBuckets(1, 4, 6),
		}),
	}
	if r != nil {
		r.MustRegister(m.requests, m.seconds, m.inFlight, m.refused, m.chunkOperations)
	}
	return m
}

// observe counts and times every request, logs it at debug level, and turns a panic into a 500.
func (a *api) observe(c *gin.Context) {
	start := a.now()
	defer func() {
		if cause := recover(); cause != nil {
			a.panicked(c, cause)
		}
		a.observed(c, a.now().Sub(start))
	}()
	c.Next()
}

func (a *api) panicked(c *gin.Context, cause any) {
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	a.logger.Error("a handler panicked", "route", c.FullPath(), "panic", cause, "stack", string(debug.Stack()))
	if !c.Writer.Written() {
		refuse(c, &problem{code: codeInternal})
	}
}

func (a *api) observed(c *gin.Context, took time.Duration) {
	route := c.FullPath()
	if route == "" {
		route = "none" // paths that nobody serves must not become labels
	}
	status := c.Writer.Status()
	a.metrics.requests.WithLabelValues(route, methodLabel(c.Request.Method), strconv.Itoa(status)).Inc()
	if route != streamRoute && route != roomEventsRoute { // these may live for days
		a.metrics.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
	if a.logger.Enabled(c.Request.Context(), slog.LevelDebug) {
		a.logger.Debug("request", "method", c.Request.Method, "path", c.Request.URL.Path, "status", status,
			"seconds", took.Seconds(), "bytes", c.Writer.Size())
	}
}

// methodLabel bounds the label: a method is any token that a client likes.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodPut, http.MethodPost, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}
