package trace

import "encoding/json"

// Header stands at the front of a file.
type Header struct {
	// Made is Generated or Recorded.
	Made string `json:"made"`
	// By is the program's version, or the node's name and version.
	By string `json:"by,omitempty"`
	// Seed and Parameters are what Generate was given; Parameters is nil in a recorded trace.
	Seed       uint64      `json:"seed,omitempty"`
	Parameters *Parameters `json:"parameters,omitempty"`
	// Started is the wall clock at the start of a recorded trace, RFC 3339 UTC with milliseconds.
	Started string `json:"started,omitempty"`
	Retry   Retry  `json:"retry"`
}

// How a trace was made.
const (
	Generated = "generated"
	Recorded  = "recorded"
)

// Retry is how shoppers' clients ask again.
type Retry struct {
	// After 429 (and 503) a client waits FirstMillis, then doubles up to MostMillis, and gives up after Attempts tries more.
	// A longer Retry-After is honoured.
	FirstMillis int64 `json:"first_ms"`
	MostMillis  int64 `json:"most_ms"`
	Attempts    int   `json:"attempts"`
	// After TimeoutMillis without an answer the same request is sent again with the same key.
	TimeoutMillis int64 `json:"timeout_ms"`
}

// DefaultRetry is what shops' clients do.
func DefaultRetry() Retry {
	return Retry{FirstMillis: 400, MostMillis: 10_000, Attempts: 5, TimeoutMillis: 10_000}
}

// Chart is a venue.
type Chart struct {
	Name string `json:"name"`
	// Document is the chart as PUT /v1/charts/{chart} takes it.
	Document json.RawMessage `json:"document"`
}

// Event is an event that records are about.
type Event struct {
	Name  string `json:"name"`
	Chart uint32 `json:"chart"` // index
	// Settings are those of PUT /v1/events/{event} without the chart.
	Settings json.RawMessage `json:"settings"`
	// HoldTTLSeconds is how long its holds live; it stands in Settings, too.
	HoldTTLSeconds int64 `json:"hold_ttl_seconds"`
}

// Trailer stands at the end of a file.
type Trailer struct {
	Records int64 `json:"records"`
	// Dropped are actions that were not written since the recorder could not keep up.
	Dropped int64 `json:"dropped"`
	// LastMicros is the time of the last record.
	LastMicros int64 `json:"last_us"`
}
