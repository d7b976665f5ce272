package main

import (
	"fmt"
	"time"

	gometrics "github.com/hashicorp/go-metrics"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// raftMetricExpiration is how long a series of Raft's own stays after its last sample.
const raftMetricExpiration = 10 * time.Minute

// newRegistry makes the registry of a node's metrics: Go's, the process's, ours, and (through go-metrics' global sink,
// the only way that raft offers, and only with build tag hashicorpmetrics) Raft's own.
func newRegistry() (*prometheus.Registry, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name:        "parterre_build_info",
			Help:        "Always 1; the label tells the version.",
			ConstLabels: prometheus.Labels{"version": buildVersion()},
		}, func() float64 { return 1 }),
	)
	sink, err := newRaftSink(registry)
	if err != nil {
		return nil, fmt.Errorf("metrics: raft's sink: %w", err)
	}
	config := gometrics.DefaultConfig("")
	config.EnableHostname, config.EnableRuntimeMetrics = false, false
	if _, err := gometrics.NewGlobal(config, sink); err != nil {
		return nil, fmt.Errorf("metrics: raft's sink: %w", err)
	}
	return registry, nil
}
