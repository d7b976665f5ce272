package disk

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the series of one partition. Several partitions share a registry, so the vectors are found again there.
type metrics struct {
	seconds [opCount]prometheus.Observer
	bytes   [opCount]prometheus.Counter
}

func newMetrics(r prometheus.Registerer, partition uint32) (*metrics, error) {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "parterre_disk_store_seconds",
		Help:    "Time of one access to a group's files, fsync included.",
		Buckets: prometheus.ExponentialBuckets(50e-6, 2, 18), // 50 µs to 6.6 s
	}, []string{"partition", "op"})
	bytes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "parterre_disk_store_bytes_total",
		Help: "Payload bytes written to a group's files.",
	}, []string{"partition", "op"})
	var err error
	if seconds, err = register(r, seconds); err != nil {
		return nil, err
	}
	if bytes, err = register(r, bytes); err != nil {
		return nil, err
	}
	m := &metrics{}
	for o := range opCount {
		m.seconds[o] = seconds.WithLabelValues(strconv.FormatUint(uint64(partition), 10), o.String())
		m.bytes[o] = bytes.WithLabelValues(strconv.FormatUint(uint64(partition), 10), o.String())
	}
	return m, nil
}

func register[C prometheus.Collector](r prometheus.Registerer, c C) (C, error) {
	if r == nil {
		return c, nil
	}
	err := r.Register(c)
	var already prometheus.AlreadyRegisteredError
	if errors.As(err, &already) {
		if existing, ok := already.ExistingCollector.(C); ok {
			return existing, nil
		}
	}
	return c, err
}

func (m *metrics) observe(o op, took time.Duration, bytes int) {
	m.seconds[o].Observe(took.Seconds())
	if bytes > 0 {
		m.bytes[o].Add(float64(bytes))
	}
}
