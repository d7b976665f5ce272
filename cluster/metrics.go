package cluster

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the node's own; the packages below have theirs.
type metrics struct {
	registerer prometheus.Registerer
	all        []prometheus.Collector

	forwarded  prometheus.Counter
	retried    *prometheus.CounterVec // by reason
	unknown    prometheus.Counter
	waited     prometheus.Histogram
	fastFailed prometheus.Counter
	overloaded prometheus.Counter
	transfers  *prometheus.CounterVec // by reason and outcome
}

func newMetrics(n *Node, r prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "parterre", Subsystem: "cluster", Name: name, Help: help})
	}
	vector := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "parterre", Subsystem: "cluster", Name: name, Help: help}, labels)
	}
	m := &metrics{
		registerer: r,
		forwarded:  counter("forwarded_commands_total", "Commands that this node sent to the node that leads their partition, each attempt counted."),
		retried:    vector("retries_total", "Attempts that did not decide their command and were followed by another, by reason.", "reason"),
		unknown:    counter("unknown_outcomes_total", "Commands whose outcome was still unknown when their time was over."),
		waited: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "parterre", Subsystem: "cluster", Name: "leader_wait_seconds",
			Help: "Waits of a command for a leader or for another attempt.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 13),
		}),
		fastFailed: counter("fast_fails_total", "Holds and sales refused by this node's view, without the log, since a seat was sold."),
		overloaded: counter("overloaded_total", "Commands refused by a limit of this node or of the partition's leader."),
		transfers:  vector("transfers_total", "Leaderships handed over, by reason and outcome.", "reason", "outcome"),
	}
	m.all = []prometheus.Collector{m.forwarded, m.retried, m.unknown, m.waited, m.fastFailed, m.overloaded, m.transfers}
	m.all = append(append(m.all, n.gauges()...), newPlacesCollector(n))
	if r != nil {
		for _, c := range m.all {
			r.MustRegister(c)
		}
	}
	return m
}

// gauges are read when they are scraped.
func (n *Node) gauges() []prometheus.Collector {
	gauge := func(name, help string, read func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "parterre", Subsystem: "cluster", Name: name, Help: help}, read)
	}
	return []prometheus.Collector{
		gauge("clock_ahead_seconds", "This node's clock minus the median of all reachable nodes' clocks.", func() float64 {
			return aheadOfMedian(n.offsets(time.Now())).Seconds()
		}),
		gauge("reachable_peers", "Peers that answered within the last two seconds.", func() float64 {
			reachable := 0
			for _, p := range n.members().peers {
				if _, ok := n.table.of(p.member.Node, time.Now()); ok {
					reachable++
				}
			}
			return float64(reachable)
		}),
		gauge("ready", "1 if this node serves: every check of /readyz that is not advisory passes.", func() float64 {
			if n.opened.Load() && n.Ready() {
				return 1
			}
			return 0
		}),
	}
}

// unregister lets the registerer serve another node.
func (m *metrics) unregister() {
	if m.registerer != nil {
		for _, c := range m.all {
			m.registerer.Unregister(c)
		}
	}
}
