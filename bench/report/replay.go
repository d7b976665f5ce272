package report

// Replay is one trace driven against a cluster. All times are seconds since the replay began, all latencies microseconds.
type Replay struct {
	Name    string  `json:"name"` // "Arena, 30,000 seats, 20 users per ticket", unique in a page
	Trace   Trace   `json:"trace"`
	Speed   string  `json:"speed"` // "1", "60", "max"
	Seconds float64 `json:"seconds"`
	Phases  []Phase `json:"phases,omitempty"`

	Throughput []Throughput `json:"throughput,omitempty"`
	Latency    []Latency    `json:"latency,omitempty"`
	Curves     []Curve      `json:"curves,omitempty"`
	Stock      []Stock      `json:"stock,omitempty"`
	Room       *Room        `json:"room,omitempty"` // nil = there was none
	Refusals   []Refusal    `json:"refusals,omitempty"`
	Pressure   Pressure     `json:"pressure"`
	Batches    []Buckets    `json:"batches,omitempty"`
	LongestGap *Gap         `json:"longest_gap,omitempty"`
	Faults     []Fault      `json:"faults,omitempty"`
	Audit      *Audit       `json:"audit,omitempty"`
	Notes      []string     `json:"notes,omitempty"`
}

// Trace is what was replayed.
type Trace struct {
	File     string    `json:"file,omitempty"`
	Digest   string    `json:"digest,omitempty"` // SHA-256 of its bytes, hex
	Seed     uint64    `json:"seed,omitempty"`
	Places   int64     `json:"places"`
	Actions  int64     `json:"actions"`
	Sessions int64     `json:"sessions,omitempty"`
	Others   []Setting `json:"others,omitempty"`
}

// Phase is a named part of a replay, [From, To): "first minute", "first wave", "after the leader was killed".
type Phase struct {
	Name string  `json:"name"`
	From float64 `json:"from_seconds"`
	To   float64 `json:"to_seconds"`
}

// Throughput is how many answers of one operation with one status came in each interval.
type Throughput struct {
	Operation string `json:"operation"` // "hold", "confirm", "seat map", …
	// Status is the HTTP status, "retry" for an attempt without an answer, "timeout".
	Status          string  `json:"status"`
	IntervalSeconds float64 `json:"interval_seconds"` // width of each interval, > 0
	Counts          []int64 `json:"counts"`           // answers that came in interval i, from i × IntervalSeconds on
}

// Latency is one operation's latency over time, from the intended start of each action.
type Latency struct {
	Operation       string         `json:"operation"`
	IntervalSeconds float64        `json:"interval_seconds"`
	Points          []LatencyPoint `json:"points"` // intervals without an answer are left out
}

// LatencyPoint is one interval. LatencyPointOf makes it of a histogram.
type LatencyPoint struct {
	At    float64 `json:"at_seconds"` // start of the interval
	Count int64   `json:"count"`
	P50   int64   `json:"p50_micros"`
	P90   int64   `json:"p90_micros"`
	P99   int64   `json:"p99_micros"`
	P999  int64   `json:"p999_micros"`
	Max   int64   `json:"max_micros"`
}

// What a latency counts from.
const (
	FromIntended = "intended start" // when the trace says: what a buyer waits
	FromSent     = "service time"   // when the request was sent: what the server takes
)

// Curve is a latency distribution of one operation in one phase. CurveOf makes it of a histogram.
type Curve struct {
	Operation string       `json:"operation"`
	Phase     string       `json:"phase"` // a phase's name; "" is the whole replay
	From      string       `json:"from"`  // FromIntended or FromSent
	Count     int64        `json:"count"`
	Mean      float64      `json:"mean_micros"`
	P50       int64        `json:"p50_micros"`
	P90       int64        `json:"p90_micros"`
	P99       int64        `json:"p99_micros"`
	P999      int64        `json:"p999_micros"`
	Max       int64        `json:"max_micros"`
	Points    []CurvePoint `json:"points"` // rising in both; the last is 100
}

// CurvePoint says that Percentile of the requests took Micros or less.
type CurvePoint struct {
	Percentile float64 `json:"percentile"`
	Micros     int64   `json:"micros"`
	Count      int64   `json:"count"` // requests up to here
}

// Stock is how many places were free, held, sold and blocked at a moment, by what a node says.
type Stock struct {
	At      float64 `json:"at_seconds"`
	Free    int64   `json:"free"`
	Held    int64   `json:"held"`
	Sold    int64   `json:"sold"`
	Blocked int64   `json:"blocked,omitempty"`
}

// Refusal is one reason for which requests were refused: a status and an error code of the API.
type Refusal struct {
	Status          int     `json:"status"`
	Code            string  `json:"code"` // "seat_unavailable"
	Total           int64   `json:"total"`
	IntervalSeconds float64 `json:"interval_seconds,omitempty"`
	Counts          []int64 `json:"counts,omitempty"`
}

// Pressure counts what was not a plain request and its answer.
type Pressure struct {
	Requests    int64 `json:"requests"`     // sent, retries included
	Accepted    int64 `json:"accepted"`     // 2xx answers
	Retried     int64 `json:"retried"`      // sent again with the same key, whatever the cause
	BackedOff   int64 `json:"backed_off"`   // 429 answers whose Retry-After was waited for
	TimedOut    int64 `json:"timed_out"`    // no answer in time
	Broken      int64 `json:"broken"`       // connections that broke
	Unavailable int64 `json:"unavailable"`  // 503 and 504 answers
	GivenUp     int64 `json:"given_up"`     // actions that ended without an answer that decides
	LateActions int64 `json:"late_actions"` // actions that the generator itself sent more than a millisecond late
	WorstLate   int64 `json:"worst_late_micros"`
}

// Buckets is a histogram by upper bounds, as Prometheus gives it.
type Buckets struct {
	Node    string   `json:"node,omitempty"` // "" for all nodes together
	Name    string   `json:"name"`           // "commands per entry"
	Buckets []Bucket `json:"buckets"`        // bounds rising; counts of each bucket alone, not cumulated
	Count   int64    `json:"count"`
	Sum     float64  `json:"sum"`
}

// Bucket counts the values above the bound before and up to UpTo; in the last one, with Over set, all above that bound.
type Bucket struct {
	UpTo  float64 `json:"up_to,omitempty"`
	Over  bool    `json:"over,omitempty"`
	Count int64   `json:"count"`
}

// Gap is the longest time between two acknowledged writes.
type Gap struct {
	At      float64 `json:"at_seconds"`
	Seconds float64 `json:"seconds"`
}

// Fault is something that was broken on purpose.
type Fault struct {
	At   float64 `json:"at_seconds"`
	What string  `json:"what"` // "leader n2 killed with SIGKILL"
}
