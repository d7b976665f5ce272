package report

import "time"

// Version is the version of the JSON that this package writes and the only one that it reads.
const Version = 1

// Run is what one or several commands measured, on one machine or several. Start one with New, fill what you measured, and
// write it with Encode; several become one page by Merge and Write.
type Run struct {
	Version     int          `json:"version"`
	Title       string       `json:"title"`           // of the page, "" for the usual one
	Notes       []string     `json:"notes,omitempty"` // sentences that a reader must know, shown on top
	Commands    []Command    `json:"commands"`        // what was run, oldest first
	Replays     []Replay     `json:"replays,omitempty"`
	Comparisons []Comparison `json:"comparisons,omitempty"`
	Audits      []Audit      `json:"audits,omitempty"` // those that belong to no replay
	Aims        []Aim        `json:"aims,omitempty"`
}

// New is an empty run of one command.
func New(title string, c Command) Run {
	return Run{Version: Version, Title: title, Commands: []Command{c}}
}

// Command is one command line that was run, where, and with what.
type Command struct {
	Line      string    `json:"line"` // as a reader can type it: "parterre bench replay --speed 1 …"
	StartedAt time.Time `json:"started_at"`
	Seconds   float64   `json:"seconds"`
	Parterre  string    `json:"parterre"` // version of the nodes
	Machine   Machine   `json:"machine"`
	Settings  Settings  `json:"settings"`
}

// Machine is where everything ran. ThisMachine fills it.
type Machine struct {
	CPU         string  `json:"cpu"`
	Cores       int     `json:"cores"`
	MemoryBytes int64   `json:"memory_bytes"`
	OS          string  `json:"os"` // "linux/amd64"
	Kernel      string  `json:"kernel"`
	Go          string  `json:"go"`
	Disk        string  `json:"disk,omitempty"`         // file system of the nodes' data
	FsyncMicros float64 `json:"fsync_micros,omitempty"` // median fdatasync of FsyncBytes over written blocks, nothing else running
	FsyncP99    float64 `json:"fsync_p99_micros,omitempty"`
	FsyncBytes  int     `json:"fsync_bytes,omitempty"`
}

// Settings are what the cluster and the load were told.
type Settings struct {
	Nodes      int       `json:"nodes"`
	Processes  string    `json:"processes,omitempty"` // "three processes on this machine", "remote"
	LogStore   string    `json:"log_store,omitempty"` // "bolt", "wal"
	Durability string    `json:"durability"`          // in words: "fsynced on two of three nodes before each answer"
	Others     []Setting `json:"others,omitempty"`
}

// Setting is one further setting worth knowing.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Audit is what an audit checked and found. An audit that could not be done is no verdict: Failure says why.
type Audit struct {
	Name    string `json:"name,omitempty"`
	Rules   []Rule `json:"rules"`
	Failure string `json:"failure,omitempty"`
}

// Rule is one promise, how often it was put to the test, and how often it was broken.
type Rule struct {
	Name       string   `json:"name"`              // "one owner", short and stable
	Says       string   `json:"says"`              // "no seat was sold twice", a sentence that is true if nothing was found
	Checked    int64    `json:"checked"`           // how many things were looked at
	Unit       string   `json:"unit"`              // what was counted: "acknowledged orders", "seats on three nodes"
	Violations int64    `json:"violations"`        // how many broke it
	Details    []string `json:"details,omitempty"` // the first few, in words
}

// Passed says whether the audit was done, looked at something, and found nothing.
func (a *Audit) Passed() bool {
	if a.Failure != "" || len(a.Rules) == 0 {
		return false
	}
	looked := false
	for _, r := range a.Rules {
		if r.Violations != 0 {
			return false
		}
		looked = looked || r.Checked > 0
	}
	return looked
}
