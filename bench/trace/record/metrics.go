package record

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	actions, dropped, bytes prometheus.Counter
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		actions: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parterre_record_actions_total", Help: "Actions of shoppers that were recorded.",
		}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parterre_record_dropped_total", Help: "Actions that were not recorded since the buffer was full or a file could not be written.",
		}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "parterre_record_bytes_total", Help: "Bytes of recordings written.",
		}),
	}
	if r != nil {
		r.MustRegister(m.actions, m.dropped, m.bytes)
	}
	return m
}
