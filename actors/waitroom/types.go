package waitroom

// Mode is how a room orders its visitors. Numbers stand in logs and snapshots: never renumber, only append.
type Mode uint8

// The modes.
const (
	ModeRandom Mode = 1 // who is there before the opening is drawn; later arrivals queue behind them
	ModeFIFO   Mode = 2 // first come, first served
	ModeOpen   Mode = 3 // there is no queue: nobody needs a pass
	ModeClosed Mode = 4 // nobody joins and nobody is let in; who is inside may stay
)

// Op is what is asked of a room. Numbers stand in logs: never renumber, only append.
type Op uint8

// The operations.
const (
	OpPut    Op = 1  // Config, Seed and Secret: make the room, or change its settings
	OpJoin   Op = 2  // Lane, Count: a block of numbers for visitors
	OpEnter  Op = 3  // Lane, Number, Buyer: a place inside for a visitor who was called
	OpLeave  Op = 4  // Lane, Number, Session: the place is given up
	OpPause  Op = 5  // nobody is called until OpResume
	OpResume Op = 6  //
	OpRate   Op = 7  // PerMinute: how many are called in a minute from now on
	OpAdmit  Op = 8  // Count, Key: call so many now, whatever the rate is; MaxInside still binds
	OpClose  Op = 9  // as ModeClosed
	OpRotate Op = 10 // Secret: a new signing key
	OpTick   Op = 11 // Pressure: what the leader measures
)

// Ops is the number of operations, counting the unused zero.
const Ops = int(OpTick) + 1

var opWords = [...]string{
	OpPut: "room_put", OpJoin: "room_join", OpEnter: "room_enter", OpLeave: "room_leave", OpPause: "room_pause",
	OpResume: "room_resume", OpRate: "room_rate", OpAdmit: "room_admit", OpClose: "room_close", OpRotate: "room_rotate",
	OpTick: "room_tick",
}

// String is the operation's word, used in logs and as a metric label.
func (o Op) String() string {
	if o.Valid() {
		return opWords[o]
	}
	return "room_unknown"
}

// Valid reports whether o is one of the operations.
func (o Op) Valid() bool { return o != 0 && int(o) < Ops }

// PublicLane is everybody's; Config.Lanes are numbered from 1.
const PublicLane = 0

// LaneConfig is a lane beside the public one.
type LaneConfig struct {
	Key   string
	Share uint32 // of those called, against the other lanes' shares; the public lane's is Config.PublicShare
}

// Config is what an operator sets. Times are log time in Unix milliseconds.
type Config struct {
	Mode                Mode
	PreQueueOpensMillis int64  // numbers are given from then on; 0 = at once
	OpensMillis         int64  // the draw, and the first calls; 0 = at once
	MaxInside           uint32 // places inside, those called and not yet in among them
	AdmitPerMinute      uint32 // calls; 0 = as many as there are places
	EnterWithinSeconds  uint32 // a call lapses after that
	IdleSeconds         uint32 // a session lapses so long after its last command
	StaySeconds         uint32 // and so long after its beginning at the latest
	TokenLifeSeconds    uint32 // of a visitor's token
	TargetCommitMillis  uint32 // propose-to-commit p99 that the leader's pressure is measured against; 0 = no steering
	PlacesPerVisitor    uint32 // mean party, in thousandths of a place, until the sale shows its own; 0 = 3,040
	PublicShare         uint32 // 0 = 1
	Lanes               []LaneConfig
	ShopURL             string // where the page sends who is inside
}

// Request is one operation.
type Request struct {
	Op        Op
	Lane      uint8
	Count     uint32
	Pressure  uint32 // thousandths of the rate that the cluster stands; 1,000 = all of it
	PerMinute uint32
	Number    uint64
	Session   uint64
	Buyer     uint64   // hash of the buyer's id; 0 = none was given
	Key       [16]byte // OpAdmit: a key that was heard before counts no more
	Seed      [32]byte // OpPut: of the draw; only the first counts
	Secret    [32]byte // OpPut (first), OpRotate: the signing key
	Config    *Config  // OpPut
}

// Pass is what a command brings from inside, its signature checked already. The zero value is none.
type Pass struct {
	Lane    uint8
	Number  uint64
	Session uint64
	Buyer   uint64
}

// Stock is what the event has, in places. Blocked places are in none of them.
type Stock struct{ Free, Held, Sold uint32 }

// Code is what came of an operation or of a pass. Numbers stand in results: never renumber, only append.
type Code uint8

// The codes.
const (
	CodeOK            Code = 0
	CodeNoRoom        Code = 1  // there is no room at this event
	CodeInvalid       Code = 2  // Field and Reason say why
	CodeNotOpen       Code = 3  // the pre-queue is not open yet
	CodeClosed        Code = 4  // nobody joins any more
	CodeUnknownLane   Code = 5  //
	CodeFull          Code = 6  // a named limit
	CodeNotCalled     Code = 7  // it is not this visitor's turn yet
	CodeCallLapsed    Code = 8  // it was, and is over: join anew
	CodeSessionEnded  Code = 9  // the visitor was inside, and is no more
	CodeUnknownNumber Code = 10 // never given
	CodePassRequired  Code = 11 // a command without a pass
	CodePassEnded     Code = 12 // its session is over
	CodePassForeign   Code = 13 // its session is another visitor's
	CodeFixed         Code = 14 // a setting that cannot be changed any more; Field says which
)

// Codes is the number of codes.
const Codes = int(CodeFixed) + 1

// Phase is how far the sale's queue is. Numbers stand in results.
type Phase uint8

// The phases.
const (
	PhaseBefore   Phase = 1 // the pre-queue is not open
	PhasePreQueue Phase = 2 // numbers are given, nobody is called
	PhaseSelling  Phase = 3
	PhasePaused   Phase = 4
	PhaseSoldOut  Phase = 5 // nothing is free and nothing is held
	PhaseClosed   Phase = 6
	PhaseOpen     Phase = 7 // no queue
)

// Phases is the number of phases, counting the unused zero.
const Phases = int(PhaseOpen) + 1

// Answer is what came of an operation.
type Answer struct {
	Code          Code
	Phase         Phase
	Created       bool   // OpPut: the room is new
	First         uint64 // OpJoin: the first number of the block
	Lane          uint8  // OpEnter: of the session, which is another device's where Number differs
	Number        uint64
	Session       uint64
	IdleAtMillis  int64 // OpEnter: when the session lapses without a command
	EndsAtMillis  int64 // OpEnter: when it lapses at the latest
	Field, Reason string
}

// KeyRecord is one signing key of the room's ring.
type KeyRecord struct {
	Number        uint32
	MadeMillis    int64
	RetiredMillis int64 // 0 = not yet
	Secret        [32]byte
}

// Limits. Those that decide are the same on every replica.
const (
	MaxLanes     = 8 // the public one included
	MaxInside    = 1_000_000
	MaxJoin      = 65_536 // numbers of one OpJoin
	MaxAdmit     = 1_000_000
	MaxPerMinute = 60_000_000
	MaxSeconds   = 30 * 24 * 3600
	MaxKeys      = 8
	MaxLaneKey   = 64  // bytes
	MaxShopURL   = 512 // bytes
	MaxShare     = 1_000
	// MaxTargetMillis and MaxParty bound Config.TargetCommitMillis and PlacesPerVisitor.
	MaxTargetMillis = 60_000
	MaxParty        = 1_000_000
)
