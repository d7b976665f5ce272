package raftlog

import (
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// words is the number of words that a command can be counted under: operations of events, then the other kinds.
const words = seatmap.Ops + command.Kinds

// metrics are a group's, each with the label "partition". Commands are counted on the leader only, where results exist,
// in plain arrays: the road of a command looks up no label. What Raft or the state machine knows is read at scrape time.
type metrics struct {
	batchCommands  prometheus.Histogram
	entryBytes     prometheus.Histogram
	proposeSeconds prometheus.Histogram
	applySeconds   prometheus.Histogram
	entries        *prometheus.CounterVec
	byKind         [kindCheckpoint + 1]prometheus.Counter
	overloaded     prometheus.Counter
	mismatches     prometheus.Counter
	restores       prometheus.Counter
	restoreSeconds prometheus.Gauge
	snapshots      prometheus.Counter
	snapshotBytes  prometheus.Gauge
	snapshotTime   prometheus.Gauge
	reopens        prometheus.Counter

	results [words][seatmap.Codes]atomic.Uint64

	registerer prometheus.Registerer
	registered []prometheus.Collector
}

func newMetrics(registerer prometheus.Registerer, partition uint32) *metrics {
	m := &metrics{
		batchCommands: histogram("batch_commands", "Commands per proposed entry.", prometheus.ExponentialBuckets(1, 2, 11)),
		entryBytes:    histogram("entry_bytes", "Bytes per proposed entry.", prometheus.ExponentialBuckets(64, 4, 11)),
		proposeSeconds: histogram("propose_seconds", "From proposing an entry to its results: replication, fsync, apply.",
			prometheus.ExponentialBuckets(0.000_1, 2, 16)),
		applySeconds: histogram("apply_seconds", "Applying what Raft hands over at once.", prometheus.ExponentialBuckets(0.000_01, 2, 18)),
		entries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "parterre", Subsystem: "raftlog", Name: "entries_total", Help: "Entries proposed by this node, by kind.",
		}, []string{"kind"}),
		overloaded:     counter("overloaded_total", "Batches refused because the proposer's queue was full."),
		mismatches:     counter("checkpoint_mismatches_total", "Checkpoints at which this replica's state hash differed."),
		restores:       counter("restores_total", "Snapshots restored into the state machine."),
		restoreSeconds: gauge("restore_seconds", "Duration of the last restore."),
		snapshots:      counter("snapshots_total", "Snapshots written."),
		snapshotBytes:  gauge("snapshot_bytes", "Size of the last snapshot written."),
		snapshotTime:   gauge("snapshot_seconds", "Duration of writing the last snapshot."),
		reopens:        counter("reopens_total", "Raft instances opened anew: after repeated snapshot installs (raft#697), or a handing over that does not end."),
	}
	m.byKind[kindCommands] = m.entries.WithLabelValues("commands")
	m.byKind[kindCheckpoint] = m.entries.WithLabelValues("checkpoint")
	if registerer != nil {
		m.registerer = prometheus.WrapRegistererWith(prometheus.Labels{"partition": strconv.FormatUint(uint64(partition), 10)}, registerer)
	}
	return m
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "parterre", Subsystem: "raftlog", Name: name, Help: help, Buckets: buckets,
	})
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "parterre", Subsystem: "raftlog", Name: name, Help: help})
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "parterre", Subsystem: "raftlog", Name: name, Help: help})
}

// register shows the metrics, with g's state read at scrape time.
func (m *metrics) register(g *Group) error {
	if m.registerer == nil {
		return nil
	}
	for _, c := range []prometheus.Collector{
		m.batchCommands, m.entryBytes, m.proposeSeconds, m.applySeconds, m.entries, m.overloaded, m.mismatches, m.restores,
		m.restoreSeconds, m.snapshots, m.snapshotBytes, m.snapshotTime, m.reopens, &collector{group: g, metrics: m},
	} {
		if err := m.registerer.Register(c); err != nil {
			return errors.Join(err, m.unregister())
		}
		m.registered = append(m.registered, c)
	}
	return nil
}

func (m *metrics) unregister() error {
	for _, c := range m.registered {
		m.registerer.Unregister(c)
	}
	m.registered = nil
	return nil
}

func (m *metrics) proposed(d *draft) {
	m.byKind[d.kind].Inc()
	m.entryBytes.Observe(float64(len(d.data)))
	if d.kind == kindCommands {
		m.batchCommands.Observe(float64(d.count))
	}
}

// decided counts a command by what it asked and what came of it.
func (m *metrics) decided(c *command.Command, r *command.Result) {
	word := int(c.Request.Op)
	if c.Kind != command.KindEvent {
		word = seatmap.Ops + int(c.Kind)
	}
	if word < words && int(r.Answer.Code) < seatmap.Codes {
		m.results[word][r.Answer.Code].Add(1)
	}
}

func (m *metrics) snapshotTaken(bytes int64, took time.Duration) {
	m.snapshots.Inc()
	m.snapshotBytes.Set(float64(bytes))
	m.snapshotTime.Set(took.Seconds())
}

func (m *metrics) restored(took time.Duration) {
	m.restores.Inc()
	m.restoreSeconds.Set(took.Seconds())
}
