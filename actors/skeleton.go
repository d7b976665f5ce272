package actors

import (
	"context"
	"io"
	"log/slog"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// CONTRACT SKELETON: the owner of this package replaces this file with the real thing, keeping the signatures.

type Options struct {
	Partition uint32
	Logger    *slog.Logger
	// OnHalt is called once, when the partition halts on this node (panic in an actor, hash mismatch, bad entry).
	OnHalt func(reason error)
}

// Partition is the replicated state of one partition on this node: charts, directory, and one actor per event.
type Partition struct{}

func NewPartition(o Options) *Partition { panic("skeleton") }

// Apply decides the commands of one committed entry, in order, and waits for all. len(results) is len(commands), or
// results is nil where nobody waits for answers (followers). Called by one goroutine only. After a halt it returns
// ErrHalted and changes nothing.
func (p *Partition) Apply(index uint64, nowMillis int64, commands []command.Command, results []command.Result) error {
	panic("skeleton")
}

func (p *Partition) AppliedIndex() uint64                      { panic("skeleton") } // index of the newest applied entry; any goroutine
func (p *Partition) NowMillis() int64                          { panic("skeleton") } // log time of the newest applied entry; any goroutine
func (p *Partition) NoteApplied(index uint64, nowMillis int64) { panic("skeleton") } // for entries without commands
func (p *Partition) Hash() uint64                              { panic("skeleton") } // state hash of everything at AppliedIndex; apply goroutine only
func (p *Partition) Halt(reason error)                         { panic("skeleton") }
func (p *Partition) Halted() error                             { panic("skeleton") } // nil, or an error wrapping ErrHalted
func (p *Partition) Due(nowMillis int64, limit int) []string   { panic("skeleton") } // events with a deadline <= now; any goroutine
func (p *Partition) Stop()                                     { panic("skeleton") }

// Freeze asks every actor for its frozen state at exactly the last applied index. Called by the apply goroutine.
func (p *Partition) Freeze() (*Frozen, error) { panic("skeleton") }

type Frozen struct{}

// Encode writes header, one CRC'd frame per chart and event, and the trailer with count and SHA-256.
func (f *Frozen) Encode(w io.Writer) error { panic("skeleton") }
func (f *Frozen) Release()                 { panic("skeleton") }

// Restore replaces everything by what Encode wrote. Bad input is an error, nothing is replaced, never a panic.
func (p *Partition) Restore(r io.Reader) error { panic("skeleton") }

// Event finds an event; any goroutine.
func (p *Partition) Event(key string) (*Event, bool) { panic("skeleton") }

// Events lists events in order of their keys, after the given key; any goroutine.
func (p *Partition) Events(after string, limit int) []*Event { panic("skeleton") }

// Event is what readers see of an event.
type Event struct{}

func (e *Event) Key() string   { panic("skeleton") }
func (e *Event) Chart() string { panic("skeleton") }

// View is the newest published view, never nil.
func (e *Event) View() *View { panic("skeleton") }

// ViewAt waits until a view of at least the given revision is published, or ctx ends.
func (e *Event) ViewAt(ctx context.Context, revision uint64) (*View, error) { panic("skeleton") }

// Fresh waits for a view that shows everything applied when it was called.
func (e *Event) Fresh(ctx context.Context) (*View, error) { panic("skeleton") }

// View is an immutable picture of an event. Encodings are made once per view and shared by all readers.
type View struct {
	*seatmap.Picture
	AppliedIndex uint64
	NowMillis    int64
}

// StoredChart is a named chart of the directory.
type StoredChart struct {
	Name     string
	Document []byte // canonical JSON, gzip'd
	Content  [32]byte
	Plan     seatmap.PlanHash
	PlanCode []byte // gzip'd
}

func (p *Partition) Chart(name string) (*StoredChart, bool)        { panic("skeleton") }
func (p *Partition) Charts(after string, limit int) []*StoredChart { panic("skeleton") }
func (p *Partition) HasPlan(h seatmap.PlanHash) bool               { panic("skeleton") }

// Stats are numbers for metrics, gathered at scrape time from the views.
type Stats struct {
	Events int
	Counts seatmap.Counts
}

func (p *Partition) Stats() Stats { panic("skeleton") }
