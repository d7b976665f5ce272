package main

import (
	"errors"
	"strings"
	"sync"

	gometrics "github.com/hashicorp/go-metrics"
	raftsink "github.com/hashicorp/go-metrics/prometheus"
	"github.com/prometheus/client_golang/prometheus"
)

// maxRaftSamples bounds the series of Raft's samples that are kept here; more go the usual way.
const maxRaftSamples = 1_024

// raftSink is go-metrics' sink for Prometheus with cheaper samples. Raft takes some dozen of them for every entry, on every
// replica, and the usual sink allocates for each and keeps quantiles of ten seconds: 1.4 % of all CPU under load. Here a
// sample is a count and a sum, which tell a rate and a mean. The quantiles that matter are those of our own histograms.
type raftSink struct {
	*raftsink.PrometheusSink
	registerer prometheus.Registerer

	mu      sync.RWMutex
	samples map[string]prometheus.Summary // by sampleKey
}

var _ gometrics.MetricSink = (*raftSink)(nil)

func newRaftSink(registerer prometheus.Registerer) (*raftSink, error) {
	usual, err := raftsink.NewPrometheusSinkFrom(raftsink.PrometheusOpts{
		Registerer: registerer, Expiration: raftMetricExpiration, Name: "raft_sink",
	})
	if err != nil {
		return nil, err
	}
	return &raftSink{PrometheusSink: usual, registerer: registerer, samples: make(map[string]prometheus.Summary)}, nil
}

// AddSample implements gometrics.MetricSink.
func (s *raftSink) AddSample(parts []string, value float32) { s.AddSampleWithLabels(parts, value, nil) }

// AddSampleWithLabels implements gometrics.MetricSink.
func (s *raftSink) AddSampleWithLabels(parts []string, value float32, labels []gometrics.Label) {
	var room [192]byte
	key := sampleKey(room[:0], parts, labels)
	s.mu.RLock()
	sample := s.samples[string(key)]
	s.mu.RUnlock()
	if sample == nil {
		if sample = s.newSample(string(key), parts, labels); sample == nil {
			s.PrometheusSink.AddSampleWithLabels(parts, value, labels)
			return
		}
	}
	sample.Observe(float64(value))
}

// newSample makes and registers the series of a key, if nobody else has; nil where there is no room.
func (s *raftSink) newSample(key string, parts []string, labels []gometrics.Label) prometheus.Summary {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sample := s.samples[key]; sample != nil || len(s.samples) >= maxRaftSamples {
		return sample
	}
	name := strings.NewReplacer(" ", "_", ".", "_", "=", "_", "-", "_", "/", "_").Replace(strings.Join(parts, "_"))
	constant := make(prometheus.Labels, len(labels))
	for _, label := range labels {
		constant[label.Name] = label.Value
	}
	sample := prometheus.NewSummary(prometheus.SummaryOpts{Name: name, Help: name, ConstLabels: constant})
	if err := s.registerer.Register(sample); err != nil {
		existing, ok := errors.AsType[prometheus.AlreadyRegisteredError](err)
		if !ok {
			return nil // a name that clashes with another's: the usual sink has its own way with those
		}
		sample = existing.ExistingCollector.(prometheus.Summary)
	}
	s.samples[key] = sample
	return sample
}

// sampleKey appends what tells one series from another.
func sampleKey(b []byte, parts []string, labels []gometrics.Label) []byte {
	for _, part := range parts {
		b = append(append(b, part...), 0)
	}
	for _, label := range labels {
		b = append(append(append(append(b, 1), label.Name...), 0), label.Value...)
	}
	return b
}
