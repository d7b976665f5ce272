package report

import (
	"fmt"
	"strings"
)

// machineSection is the machine and the settings of each command, and the commands themselves.
func machineSection(r *Run) section {
	s := section{ID: "machine", Title: "Machine, settings, commands"}
	for i, c := range r.Commands {
		if len(r.Commands) > 1 {
			s.Blocks = append(s.Blocks, block{Heading: fmt.Sprintf("Command %d of %d", i+1, len(r.Commands))})
		}
		t := &table{Caption: "Machine and settings", Columns: columns("What", "Value")}
		add := func(name, value string) {
			if value != "" {
				t.Rows = append(t.Rows, cells(name, value))
			}
		}
		started := ""
		if !c.StartedAt.IsZero() {
			started = c.StartedAt.UTC().Format("2 January 2006 15:04 MST")
		}
		add("started", started)
		if c.Seconds > 0 {
			add("took", Seconds(c.Seconds))
		}
		add("Parterre", c.Parterre)
		c.Machine.rows(add)
		c.Settings.rows(add)
		s.Blocks = append(s.Blocks, block{Code: []string{c.Line}}, block{Pairs: t})
	}
	return s
}

func (m *Machine) rows(add func(name, value string)) {
	processor := m.CPU
	if m.Cores > 0 {
		processor = strings.TrimPrefix(processor+", "+count(m.Cores, "core", "cores"), ", ")
	}
	add("processor", processor)
	if m.MemoryBytes > 0 {
		add("memory", gibibytes(m.MemoryBytes))
	}
	add("system", strings.TrimSpace(m.OS+" "+m.Kernel))
	add("Go", m.Go)
	add("file system", m.Disk)
	if m.FsyncMicros > 0 {
		add("fsync", fmt.Sprintf("median %s, p99 %s (%s KiB over written blocks, nothing else running)",
			Micros(m.FsyncMicros), Micros(m.FsyncP99), Number(float64(m.FsyncBytes)/1024)))
	}
}

func (s *Settings) rows(add func(name, value string)) {
	if s.Nodes > 0 {
		nodes := Grouped(int64(s.Nodes))
		if s.Processes != "" {
			nodes += ", " + s.Processes
		}
		add("nodes", nodes)
	}
	add("log store", s.LogStore)
	add("durability", s.Durability)
	for _, o := range s.Others {
		add(o.Name, o.Value)
	}
}

// methodSection says how the figures came about, for those kinds that the run has.
func methodSection(r *Run) section {
	s := section{ID: "method", Title: "How to read this"}
	add := func(text string) { s.Blocks = append(s.Blocks, paragraph(text)) }
	if len(r.Replays) > 0 {
		add("A replay is an open loop: each action has a moment at which it should start, and its latency counts from that moment, " +
			"whether or not the answers before it have come. A server that stalls is charged with everything that had to wait " +
			"(no coordinated omission). Service time counts from the moment the request was sent, and is shown beside it: where the two part, " +
			"requests queued.")
		add("Lines over time are thinned to what a screen can show: of counts each step is the mean of the intervals taken together, of latencies " +
			"each point is the worst of them. The raw data keep every interval.")
	}
	if len(r.Comparisons) > 0 {
		add("A comparison is a closed loop: each client waits for its answer before it goes on, so latencies are those of a saturated machine. " +
			"The systems take turns within each round, so each round is a pair under the same conditions; a ratio is formed in each round, and " +
			"its median, least and most are shown. A side is said to be ahead only if it is ahead in every round.")
	}
	add("Nothing is computed twice: medians, ratios and verdicts on this page come from the raw figures in run.json by one program, " +
		"and report.md has the same tables without the pictures.")
	return s
}
