package cluster

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// placesCollector tells, at scrape time and from the views, how many events each partition has on this node, and how
// many places, holds and orders are in them. It costs one look at every event's view.
type placesCollector struct {
	node                   *Node
	events, places, claims *prometheus.Desc
}

func newPlacesCollector(n *Node) *placesCollector {
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("parterre_actors_"+name, help, append([]string{"partition"}, labels...), nil)
	}
	return &placesCollector{
		node:   n,
		events: describe("events", "Events on this node's replica."),
		places: describe("places", "Seats, whole tables and places in areas on this node's replica, by state.", "state"),
		claims: describe("claims", "Live holds and orders on this node's replica.", "kind"),
	}
}

// Describe implements prometheus.Collector.
func (c *placesCollector) Describe(to chan<- *prometheus.Desc) {
	to <- c.events
	to <- c.places
	to <- c.claims
}

// Collect implements prometheus.Collector.
func (c *placesCollector) Collect(to chan<- prometheus.Metric) {
	if !c.node.opened.Load() {
		return
	}
	for _, part := range c.node.parts {
		partition := strconv.FormatUint(uint64(part.id), 10)
		gauge := func(d *prometheus.Desc, value int, labels ...string) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), append([]string{partition}, labels...)...)
		}
		s := part.machine.Stats()
		gauge(c.events, s.Events)
		gauge(c.places, s.Counts.Free, "free")
		gauge(c.places, s.Counts.Held, "held")
		gauge(c.places, s.Counts.Sold, "sold")
		gauge(c.places, s.Counts.Blocked, "blocked")
		gauge(c.claims, s.Counts.Holds, "hold")
		gauge(c.claims, s.Counts.Orders, "order")
	}
}
