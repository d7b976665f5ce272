package trace

// Parameters are what a generated trace is made from.
type Parameters struct {
	Seed uint64 `json:"seed"`
}
