package command

import (
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

// Kind is what a command is about. Numbers stand in logs: never renumber, only append.
type Kind uint8

// The kinds.
const (
	KindEvent        Kind = 1 // Request, to the event's seat map
	KindPutChart     Kind = 2 // give Chart's content a name in this partition's directory
	KindInstallChart Kind = 3 // keep a compiled chart for the events of this partition
	KindCreateEvent  Kind = 4 // make an event, of an installed chart
	KindRead         Kind = 5 // changes nothing; its result proves how far the log was decided when it was asked
	KindRoom         Kind = 6 // Room, to the waiting room in front of the event
)

// Command is one requested change to one partition.
type Command struct {
	Kind    Kind
	Event   string // KindEvent, KindCreateEvent, KindRoom: the event's key
	Request seatmap.Request
	// Pass is what a hold, change, extension or sale brings from inside the waiting room; the zero value is none.
	Pass   waitroom.Pass
	Room   *waitroom.Request
	Chart  *Chart
	Create *Create
}

// Chart is a named drawing and its compiled plan.
type Chart struct {
	Name     string           // KindPutChart only
	Document []byte           // KindPutChart only: the drawing as canonical JSON, gzip'd
	Content  [32]byte         // SHA-256 of the canonical JSON
	Plan     seatmap.PlanHash // content hash of PlanCode
	PlanCode []byte           // the plan's encoding, gzip'd
	// Key makes a repeated first attempt answer 201 again.
	Key seatmap.Key
}

// Create is the making of an event.
type Create struct {
	Chart  string // the chart's name, told back by GET
	Plan   seatmap.PlanHash
	Config seatmap.Config
	// Key makes a repeated first attempt answer 201 again; a further one with the same content answers 200.
	Key seatmap.Key
}

// Result is what one command came to.
type Result struct {
	// Index is the log index of the entry that decided it.
	Index uint64
	// NowMillis is the log time at which it was decided.
	NowMillis int64
	// Answer holds the decision. For charts and events only Code, Created, Field, Reason and Revision count; for rooms
	// only Code and Revision (of the room).
	Answer seatmap.Answer
	// Room is the waiting room's answer: to a KindRoom, or to a command that it refused (seatmap.CodeWaitingRoom). Else nil.
	Room *waitroom.Answer
}

// Limits of what a decoder accepts; a longer thing is an error before anything is allocated for it.
const (
	MaxEventKeyBytes  = 128
	MaxChartNameBytes = 128
	MaxDocumentBytes  = 16 << 20 // uncompressed drawing
	MaxSelection      = seatmap.MaxPlacesPerHold
	MaxBlockSelection = 20_000 // OpBlock and OpUnblock may name more
)
