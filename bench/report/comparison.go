package report

// Comparison is several systems doing the same work on the same machine in turn, some rounds long.
type Comparison struct {
	Name            string   `json:"name"`
	SecondsPerRound float64  `json:"seconds_per_round"` // of one measurement
	Systems         []System `json:"systems"`
	Works           []Work   `json:"works"`
	Notes           []string `json:"notes,omitempty"`
}

// System is one that took part, under one set of settings.
type System struct {
	Name       string    `json:"name"` // "PostgreSQL, FOR UPDATE SKIP LOCKED", unique in a comparison
	Ours       bool      `json:"ours,omitempty"`
	Version    string    `json:"version"`
	Copies     int       `json:"copies"`     // of the data, each on stable storage (or said otherwise in Durability) before an answer is due
	Durability string    `json:"durability"` // in words, what an answered order survives
	Settings   []Setting `json:"settings,omitempty"`
	Note       string    `json:"note,omitempty"`
	Absent     string    `json:"absent,omitempty"` // why it was not measured: "not installed: apt install redis-server"
}

// Work is one kind of orders that the systems did.
type Work struct {
	Name string `json:"name"` // "chosen seats, parties of 1 to 4"
	Says string `json:"says,omitempty"`
	// FixedRate says that the load came at a rate of its own (an open loop), so that throughput shows nothing and latencies
	// count from the intended start.
	FixedRate bool    `json:"fixed_rate,omitempty"`
	Entries   []Entry `json:"entries"`
}

// How commands reach a system.
const (
	RoadSingle   = "one request a step"
	RoadBatch    = "batch"
	RoadStream   = "stream"
	RoadPipeline = "pipelined" // a client library packs requests of several clients into one write
)

// Entry is one system under one load: a row of the comparison.
type Entry struct {
	System  string `json:"system"` // a System's name
	Road    string `json:"road"`   // RoadSingle, …
	Clients int    `json:"clients"`
	// PerClient is how many operations each client has outstanding: 1, or the size of its batches.
	PerClient int `json:"per_client"`
	// Rounds are in the order in which they were measured; rounds of two entries with the same index are a pair, measured one
	// right after the other. A round that failed is null.
	Rounds []*Measure `json:"rounds"`
	Note   string     `json:"note,omitempty"`
}

// Measure is what one measurement gave. Latencies are in microseconds, of a closed loop unless the work has a fixed rate; 0 was
// not measured.
type Measure struct {
	OrdersPerSecond  float64 `json:"orders_per_second"`
	TicketsPerSecond float64 `json:"tickets_per_second"`
	HoldP50          int64   `json:"hold_p50_micros,omitempty"`
	HoldP99          int64   `json:"hold_p99_micros,omitempty"`
	ConfirmP50       int64   `json:"confirm_p50_micros,omitempty"`
	ConfirmP99       int64   `json:"confirm_p99_micros,omitempty"`
	OrderP50         int64   `json:"order_p50_micros,omitempty"` // from the hold to the confirmation's answer
	OrderP99         int64   `json:"order_p99_micros,omitempty"`
	Refused          int64   `json:"refused,omitempty"`
	Retried          int64   `json:"retried,omitempty"`
}

// Outstanding is how many operations the entry keeps under way at most.
func (e *Entry) Outstanding() int { return e.Clients * max(1, e.PerClient) }

// Batched says whether operations come in batches or over a stream, not in a request each.
func (e *Entry) Batched() bool {
	return e.PerClient > 1 || e.Road == RoadBatch || e.Road == RoadStream
}

// Spread is the median of a figure over the rounds, its least and its most.
type Spread struct {
	Median float64 `json:"median"`
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
	Rounds int     `json:"rounds"`
}

// Figure takes one number of a measurement.
type Figure func(*Measure) float64

// Figures that are shown.
var (
	TicketsPerSecond Figure = func(m *Measure) float64 { return m.TicketsPerSecond }
	OrdersPerSecond  Figure = func(m *Measure) float64 { return m.OrdersPerSecond }
	HoldP50          Figure = func(m *Measure) float64 { return float64(m.HoldP50) }
	HoldP99          Figure = func(m *Measure) float64 { return float64(m.HoldP99) }
	ConfirmP50       Figure = func(m *Measure) float64 { return float64(m.ConfirmP50) }
	ConfirmP99       Figure = func(m *Measure) float64 { return float64(m.ConfirmP99) }
	OrderP50         Figure = func(m *Measure) float64 { return float64(m.OrderP50) }
	OrderP99         Figure = func(m *Measure) float64 { return float64(m.OrderP99) }
)
