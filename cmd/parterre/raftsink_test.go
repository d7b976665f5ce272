package main

import (
	"testing"

	gometrics "github.com/hashicorp/go-metrics"
	"github.com/prometheus/client_golang/prometheus"
)

func TestRaftsSamplesAreCountedAndSummedBySeries(t *testing.T) {
	registry := prometheus.NewRegistry()
	sink, err := newRaftSink(registry)
	if err != nil {
		t.Fatal(err)
	}
	parts := []string{"raft", "replication", "append-entries"}
	peer := func(id string) []gometrics.Label { return []gometrics.Label{{Name: "peer_id", Value: id}} }
	sink.AddSampleWithLabels(parts, 2, peer("n2"))
	sink.AddSampleWithLabels(parts, 3, peer("n2"))
	sink.AddSampleWithLabels(parts, 7, peer("n3"))
	sink.AddSample([]string{"raft", "commitTime"}, 11)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	type series struct{ name, peer string }
	counts, sums := map[series]uint64{}, map[series]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			at := series{name: family.GetName()}
			if len(m.GetLabel()) > 0 {
				at.peer = m.GetLabel()[0].GetValue()
			}
			counts[at], sums[at] = m.GetSummary().GetSampleCount(), m.GetSummary().GetSampleSum()
		}
	}
	for at, want := range map[series][2]float64{
		{"raft_replication_append_entries", "n2"}: {2, 5}, {"raft_replication_append_entries", "n3"}: {1, 7}, {"raft_commitTime", ""}: {1, 11},
	} {
		if counts[at] != uint64(want[0]) || sums[at] != want[1] {
			t.Errorf("%v: %d samples of %v together, want %v", at, counts[at], sums[at], want)
		}
	}
}

func TestASampleOfRaftsAllocatesNothing(t *testing.T) {
	sink, err := newRaftSink(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	parts, labels := []string{"raft", "rpc", "appendEntries"}, []gometrics.Label{{Name: "peer_id", Value: "n2"}}
	if n := testing.AllocsPerRun(100, func() { sink.AddSampleWithLabels(parts, 1, labels) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkRaftSample(b *testing.B) {
	usual, err := newRaftSink(prometheus.NewRegistry())
	if err != nil {
		b.Fatal(err)
	}
	parts, labels := []string{"raft", "rpc", "appendEntries"}, []gometrics.Label{{Name: "peer_id", Value: "n2"}}
	for name, sink := range map[string]gometrics.MetricSink{"ours": usual, "usual": usual.PrometheusSink} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink.AddSampleWithLabels(parts, 1, labels)
			}
		})
	}
}
