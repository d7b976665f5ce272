package peerport

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	refused *prometheus.CounterVec // by reason
	dials   *prometheus.CounterVec // by kind and outcome
	open    *prometheus.GaugeVec   // by kind and direction
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parterre_peer_refused_total", Help: "Incoming connections of the peer port that were refused, by reason.",
		}, []string{"reason"}),
		dials: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parterre_peer_dials_total", Help: "Outgoing connections to peer ports, by kind and outcome.",
		}, []string{"kind", "outcome"}),
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "parterre_peer_open_connections", Help: "Welcomed connections of the peer port, by kind and direction.",
		}, []string{"kind", "direction"}),
	}
	m.refused = register(r, m.refused)
	m.dials = register(r, m.dials)
	m.open = register(r, m.open)
	return m
}

// register returns c, or the collector that an earlier port left under the same name.
func register[C prometheus.Collector](r prometheus.Registerer, c C) C {
	if r == nil {
		return c
	}
	var known prometheus.AlreadyRegisteredError
	if err := r.Register(c); errors.As(err, &known) {
		if earlier, ok := known.ExistingCollector.(C); ok {
			return earlier
		}
	}
	return c
}

func direction(c *conn) string {
	if c.incoming {
		return "in"
	}
	return "out"
}

func (m *metrics) opened(c *conn) { m.open.WithLabelValues(c.kind.String(), direction(c)).Inc() }

func (m *metrics) closed(c *conn) {
	if c.kind != 0 { // else it was never welcomed
		m.open.WithLabelValues(c.kind.String(), direction(c)).Dec()
	}
}

func (m *metrics) dialled(k Kind, err error) {
	outcome := "welcome"
	switch {
	case errors.Is(err, ErrClosed):
		return
	case errors.Is(err, ErrOtherCluster), errors.Is(err, ErrVersion), errors.Is(err, ErrUnknownKind),
		errors.Is(err, ErrUnknownPartition), errors.Is(err, ErrBusy), errors.Is(err, ErrRefused),
		errors.Is(err, ErrRemoved), errors.Is(err, ErrStranger), errors.Is(err, ErrOtherNode):
		outcome = "refused"
	case err != nil:
		outcome = "unreachable"
	}
	m.dials.WithLabelValues(k.String(), outcome).Inc()
}
