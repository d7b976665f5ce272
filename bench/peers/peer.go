package peers

import (
	"context"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// HoldTTL is how long a hold of the comparison lasts; a run is shorter, so that a lapse is looked for but does not happen.
const HoldTTL = 8 * time.Minute

// Facts say plainly what a system promises as it is set up here.
type Facts struct {
	// Name is what --peers calls it; Title is for readers.
	Name  string `json:"name"`
	Title string `json:"title"`
	// Version is what the program says of itself; empty until it has run.
	Version string `json:"version,omitempty"`
	// Copies is how many machines' disks have an order when it is answered... of how many that exist.
	Copies int `json:"copies"`
	// Durability is when an answer is sent; CanLose what an acknowledged order can still be lost by.
	Durability string `json:"durability"`
	CanLose    string `json:"can_lose"`
	// Settings are those that differ from the program's defaults.
	Settings []string `json:"settings,omitempty"`
	// Modes are the ways to drive it.
	Modes []Mode `json:"modes"`
}

// Mode is one way to drive a system.
type Mode struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	// System is what the mode makes of the system in a table, where two modes are as good as two systems; else empty.
	System string `json:"system,omitempty"`
	Road   Road   `json:"road"`
	// MostPerSecond is how many orders a second it will not exceed, by far, so that enough events are made.
	MostPerSecond int `json:"most_per_second"`
	// Only is the one kind of work that it is measured with ("chosen", "best"), or "special" where it serves a measurement of
	// its own; empty = all.
	Only string `json:"only,omitempty"`
	// Width is how many parties one request carries, Clients how many clients there are; 0 leaves it to the run.
	Width   int `json:"width,omitempty"`
	Clients int `json:"clients,omitempty"`
	// Pools are the numbers of connections worth trying for a number of clients; the best in a trial before the rounds is
	// used, so that a system is not held back by a pool that does not suit this machine. None: nothing to choose.
	Pools []int `json:"pools,omitempty"`
}

// Road is how orders reach a system.
type Road string

// Roads.
const (
	Single    Road = "one request a step"
	Pipelined Road = "pipelined" // requests of several clients are packed into one write
	Batch     Road = "batch"
	Stream    Road = "stream"
)

// Setup is what a peer gets to run with.
type Setup struct {
	// Dir is an empty folder that unprivileged accounts may pass through; the caller removes it.
	Dir  string
	Hall Hall
	// HoldTTL is how long a hold lasts, in whole seconds.
	HoldTTL time.Duration
	// Log gets the processes' output lines, for when something fails; called by many goroutines.
	Log func(process, line string)
}

// Peer is a system under one setting that can be started.
type Peer interface {
	Facts() Facts
	// Start starts it and waits until it serves. ErrMissing where its program is not installed.
	Start(ctx context.Context, s Setup) (Server, error)
}

// Server is a system that runs. Not for several goroutines, but its clients are, one goroutine each.
type Server interface {
	// Version is what the running program says.
	Version() string
	// Fresh removes all events and makes new ones, numbered from 0, on sale with every seat free, for the mode. With best
	// they will be asked for the best available only, so that a system may have an index that serves it.
	Fresh(ctx context.Context, mode string, events int, best bool) error
	// Open makes clients of a mode with a pool of connections, one for each client if it is 0; they are closed by the
	// caller before the next Fresh.
	Open(ctx context.Context, mode string, clients, pool int) ([]Client, error)
	// Totals are counted by the server, from its own data, over all events.
	Totals(ctx context.Context) (Totals, error)
	// Close ends every process and waits.
	Close() error
}

// Client is one caller. Not for several goroutines. An error ends the run: a refusal is no error.
type Client interface {
	// Hold claims the seats of each party, all or nothing a party, and sets its Outcome; with best available also Seats.
	Hold(ctx context.Context, parties []*Party) error
	// Confirm makes orders of parties that are Held; ErrLost where that is not possible.
	Confirm(ctx context.Context, parties []*Party) error
	Close() error
}

// Driver is a Server that drives some of its modes itself, where a client with one step under way is not what they are about.
type Driver interface {
	// Drives says whether a mode is one of those.
	Drives(mode string) bool
	// Drive keeps clients × width orders under way for the duration, with so many connections, and finishes what it began. next
	// fills a party in, false when everything is sold; sold is called with each acknowledged order. Both from many goroutines.
	Drive(ctx context.Context, mode Mode, clients, pool int, d time.Duration, next func(*Party) bool, sold func(*Party)) (*Driven, error)
}

// Driven is what Drive measured: latencies in microseconds, of a step.
type Driven struct {
	Orders, Tickets, Refused, Retried int64
	Elapsed                           time.Duration
	Hold, Confirm                     *hdrhistogram.Histogram
}

// Outcome is what became of a party's hold.
type Outcome uint8

// A party holds its seats or was refused them, since somebody else has one or there are not enough.
const (
	Refused Outcome = iota
	Held
)

// MaxParty is the largest party.
const MaxParty = 4

// Party is one order on its way. The driver owns it between Hold and Confirm; its memory is used again.
type Party struct {
	// Number is unique within the run, counts up and is never 0; a driver may use it as the hold's id.
	Number int64
	Event  int
	// Quantity is 1 to MaxParty. Seats are what is wanted: neighbours, ascending; none means the best available, and the
	// driver says which those were.
	Quantity int
	Seats    []int32
	Outcome  Outcome
	// Token is the driver's own, for the confirmation.
	Token []byte
	// Retried counts the requests that were asked again, with the same key, since their outcome was not known or the system
	// pushed back.
	Retried int

	room [MaxParty]int32
}

// Reset empties the party for its next use and keeps its memory.
func (p *Party) Reset() {
	p.Number, p.Event, p.Quantity, p.Outcome, p.Retried = 0, 0, 0, Refused, 0
	p.Seats, p.Token = p.room[:0], p.Token[:0]
}

// Totals are a server's own account.
type Totals struct {
	Orders  int64 `json:"orders"`
	Tickets int64 `json:"tickets"`
	// Twice counts seats that more than one order has.
	Twice int64 `json:"twice"`
}
