package link

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/raftlog"
)

// Metrics are the counters of all links of a node. A nil *Metrics counts nothing.
type Metrics struct {
	ended      *prometheus.CounterVec // commands, by peer and outcome
	inFlight   *prometheus.GaugeVec   // commands, by peer
	connects   *prometheus.CounterVec // by peer and outcome
	lost       *prometheus.CounterVec // by peer
	perFrame   prometheus.Histogram
	served     prometheus.Counter
	refused    prometheus.Counter
	malformed  prometheus.Counter
	exchangeds prometheus.Counter
}

// NewMetrics registers the counters; make one per node. A nil registerer registers nothing.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parterre_link_forwarded_commands_total", Help: "Forwarded commands that ended, by peer and outcome.",
		}, []string{"peer", "outcome"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "parterre_link_in_flight_commands", Help: "Forwarded commands that wait for an answer, by peer.",
		}, []string{"peer"}),
		connects: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parterre_link_connects_total", Help: "Attempts to connect a link, by peer and outcome.",
		}, []string{"peer", "outcome"}),
		lost: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parterre_link_lost_total", Help: "Link connections that were lost, by peer.",
		}, []string{"peer"}),
		perFrame: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "parterre_link_frame_commands", Help: "Commands per request frame that was sent.",
			Buckets: prometheus.ExponentialBuckets(1, 4, 6),
		}),
		served: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parterre_link_served_commands_total", Help: "Commands of other nodes that this node answered.",
		}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parterre_link_refused_commands_total", Help: "Commands of other nodes that this node did not take.",
		}),
		malformed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parterre_link_malformed_total", Help: "Frames that could not be read.",
		}),
		exchangeds: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parterre_link_served_exchanges_total", Help: "Status exchanges that this node answered.",
		}),
	}
	if r != nil {
		r.MustRegister(m.ended, m.inFlight, m.connects, m.lost, m.perFrame, m.served, m.refused, m.malformed, m.exchangeds)
	}
	return m
}

// The outcomes of forwarded commands.
const (
	outcomeDecided = iota
	outcomeRefused
	outcomeUnknown
	outcomeUnreachable
	outcomes
)

var outcomeWords = [outcomes]string{"decided", "refused", "unknown", "unreachable"}

func outcomeOf(err error) int {
	switch {
	case err == nil:
		return outcomeDecided
	case errors.Is(err, raftlog.ErrOutcomeUnknown):
		return outcomeUnknown
	case errors.Is(err, ErrUnreachable):
		return outcomeUnreachable
	}
	return outcomeRefused
}

// peerMetrics are one peer's, looked up once.
type peerMetrics struct {
	ended                   [outcomes]prometheus.Counter
	inFlight                prometheus.Gauge
	connected, failed, lost prometheus.Counter
	perFrame                prometheus.Histogram
}

func (m *Metrics) peer(name string) *peerMetrics {
	p := &peerMetrics{
		inFlight: m.inFlight.WithLabelValues(name), lost: m.lost.WithLabelValues(name), perFrame: m.perFrame,
		connected: m.connects.WithLabelValues(name, "connected"), failed: m.connects.WithLabelValues(name, "failed"),
	}
	for i, word := range outcomeWords {
		p.ended[i] = m.ended.WithLabelValues(name, word)
	}
	return p
}
