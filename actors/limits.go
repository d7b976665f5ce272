package actors

import "time"

// Limits of a partition. The command that would pass one of the first four is answered with CodeOverloaded, the same on
// every replica: they are part of the replicated behaviour and must not be set per node.
const (
	MaxEvents = 100_000
	MaxCharts = 10_000
	// MaxPlans bounds the compiled charts, those of other partitions' charts included.
	MaxPlans = 20_000
	// MaxPlanBytes bounds drawings and plans together, as stored (gzip'd).
	MaxPlanBytes = 1 << 30

	// MaxList is the greatest number of rows of one listing.
	MaxList = 10_000
	// MaxEncodings is the number of different encodings that a view keeps for its readers; more are made but not kept.
	MaxEncodings = 8
	// ViewInterval is the shortest time between two views of an event that no reader demanded, and the longest that a
	// change stays unseen by those who look.
	ViewInterval = 50 * time.Millisecond
	// UnseenViewInterval is the shortest time between two views of an event at whose last one nobody looked.
	UnseenViewInterval = time.Second

	// runnerCommands is how many commands of one entry make it worth another goroutine to decide its events.
	runnerCommands = 256
	// mailboxThroughput is proto.actor's own.
	mailboxThroughput = 300
)
