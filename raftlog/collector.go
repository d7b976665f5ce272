package raftlog

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

var (
	commandsDesc = prometheus.NewDesc("parterre_raftlog_commands_total",
		"Commands decided while this node led, by what was asked and what was answered.", []string{"command", "result"}, nil)
	leaderDesc  = desc("leader_state", "1 while this node leads the partition and takes proposals.")
	termDesc    = desc("term_number", "Raft's term.")
	queueDesc   = desc("queue_commands", "Commands that wait for the next entry.")
	appliedDesc = desc("applied_index", "Index of the newest entry applied by the state machine.")
	commitDesc  = desc("committed_index", "Index of the newest entry known to be committed.")
	checkDesc   = desc("checkpoint_index", "Index at which the state hash was compared last.")
	haltedDesc  = desc("halted_state", "1 once the partition has halted on this node.")
)

func desc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("parterre_raftlog_"+name, help, nil, nil)
}

// collector reads at scrape time what is kept elsewhere.
type collector struct {
	group   *Group
	metrics *metrics
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{commandsDesc, leaderDesc, termDesc, queueDesc, appliedDesc, commitDesc, checkDesc, haltedDesc} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	s := c.group.Status()
	for _, g := range []struct {
		desc  *prometheus.Desc
		value float64
	}{
		{leaderDesc, asFloat(s.Lead.Ready)},
		{termDesc, float64(s.Lead.Term)},
		{queueDesc, float64(s.QueueCommands)},
		{appliedDesc, float64(s.Applied)},
		{commitDesc, float64(s.Committed)},
		{checkDesc, float64(s.HashIndex)},
		{haltedDesc, asFloat(s.Halted != "")},
	} {
		out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, g.value)
	}
	c.collectCommands(out)
}

// collectCommands leaves out what never happened: most pairs of command and result are impossible.
func (c *collector) collectCommands(out chan<- prometheus.Metric) {
	for word := range c.metrics.results {
		name := seatmap.Op(word).String()
		if word >= seatmap.Ops {
			name = command.Kind(word - seatmap.Ops).String()
		}
		for code := range c.metrics.results[word] {
			if n := c.metrics.results[word][code].Load(); n > 0 {
				out <- prometheus.MustNewConstMetric(commandsDesc, prometheus.CounterValue, float64(n), name, seatmap.Code(code).String())
			}
		}
	}
}

func asFloat(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
