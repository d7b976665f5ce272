package chaos

import (
	"encoding/json"
	"io"
	"time"
)

// Record is a result as plain data: what is left of a night once its folder is gone, and what the sums of many are made from.
type Record struct {
	Command     string       `json:"command"` // that makes the same night again
	Seed        uint64       `json:"seed"`
	Nodes       int          `json:"nodes"`
	LogStore    string       `json:"log_store"`
	Netns       bool         `json:"netns,omitempty"`
	Loop        bool         `json:"loop,omitempty"`  // on file systems of the nodes' own
	Mixed       bool         `json:"mixed,omitempty"` // of two versions
	Start       time.Time    `json:"start"`
	Seconds     float64      `json:"seconds"` // of faults and load
	Injected    map[Kind]int `json:"injected"`
	Skipped     map[Kind]int `json:"skipped,omitempty"`
	ReadyMillis []int64      `json:"ready_ms,omitempty"` // after each round
	Operations  int64        `json:"operations"`
	Unknown     int64        `json:"unknown"` // writes of unknown outcome
	Repeated    int64        `json:"repeated"`
	Audit       []RuleCount  `json:"audit,omitempty"`
	Judge       []RuleCount  `json:"judge,omitempty"`
	Problems    []string     `json:"problems,omitempty"`
	Held        bool         `json:"held"`
	Felt        []FeltRecord `json:"felt,omitempty"`
}

// FeltRecord is what one kind of fault, alone, did to those who were buying.
type FeltRecord struct {
	Kind       Kind    `json:"kind"`
	Gaps       []int64 `json:"gaps_ms"`
	Operations int64   `json:"operations"`
	Failed     int64   `json:"failed"`
	Again      int64   `json:"again"`
}

// Record is the result as plain data.
func (r *Result) Record(o *Options, command string) *Record {
	record := &Record{
		Command: command, Seed: r.Seed, Nodes: r.Nodes, LogStore: r.LogStore, Netns: o.Netns, Loop: o.Loop, Mixed: o.OldBinary != "", Start: r.Start,
		Seconds: r.Loaded.Seconds(), Injected: r.Injected, Skipped: r.Skipped, Repeated: r.Repeated, Judge: r.Judged,
		Problems: r.Problems, Held: r.Err() == nil,
	}
	for _, t := range r.Ready {
		record.ReadyMillis = append(record.ReadyMillis, t.Milliseconds())
	}
	if r.Audit != nil {
		record.Operations, record.Unknown = r.Audit.Operations, r.Audit.Unknown
		for _, rule := range r.Audit.Rules() {
			record.Audit = append(record.Audit, RuleCount{Name: rule.Name, Checked: rule.Checked, Violations: rule.Violations})
		}
	}
	for _, f := range r.Felt {
		felt := FeltRecord{Kind: f.Kind}
		for _, w := range f.Windows {
			felt.Gaps = append(felt.Gaps, w.Gap.Milliseconds())
			felt.Operations, felt.Failed, felt.Again = felt.Operations+w.Operations, felt.Failed+w.Failed, felt.Again+w.Again
		}
		record.Felt = append(record.Felt, felt)
	}
	return record
}

// Write writes a record as one line.
func (r *Record) Write(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// maxRecords bounds the nights that are summed at once.
const maxRecords = 10_000

// ReadRecords reads records, one after the other.
func ReadRecords(from io.Reader) (records []*Record, err error) {
	for decoder := json.NewDecoder(from); len(records) < maxRecords && decoder.More(); {
		r := &Record{}
		if err := decoder.Decode(r); err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}
