package actors

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	cmap "github.com/orcaman/concurrent-map"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

// Options are a partition's settings.
type Options struct {
	Partition uint32
	Logger    *slog.Logger // nil = nothing is logged
	// OnHalt is called once, when the partition halts on this node (panic in an actor, hash mismatch, bad entry), on a
	// goroutine of its own for which Stop waits. It must not call Stop, nor wait for the apply goroutine.
	OnHalt func(reason error)
}

// Partition is the replicated state of one partition on this node: charts, directory, and one actor per event.
//
// Each partition has an actor system of its own: names cannot meet, its logger names the partition, and stopping one
// leaves the others alone. A system without remoting is only a table of mailboxes; it has no goroutine.
type Partition struct {
	number uint32
	logger *slog.Logger
	onHalt func(error)

	system *actor.ActorSystem
	root   *actor.RootContext // with our supervisor as guardian
	herald *herald

	applied   atomic.Uint64
	nowMillis atomic.Int64

	// deciding is held by Apply, NoteApplied, Freeze, Restore, Rehash and Stop.
	deciding sync.Mutex
	entry    entryWork
	sum      stateSum
	spawned  uint64         // number in an actor's name: a stopping actor may still own the older name
	alive    sync.WaitGroup // actors that were not told to stop, or are not done with it

	// registry guards what follows for readers; the apply goroutine is the only writer and reads without it.
	registry sync.RWMutex
	state    directory
	stopped  bool

	lapses agenda // by the events' earliest deadline, log time

	halting sync.Once
	halted  chan struct{}  // closed by the halt
	reason  error          // set before halted is closed
	ended   chan struct{}  // closed by Stop
	owned   sync.WaitGroup // goroutines

	// plant lets the package's own tests plant a fault in what is about to be done; nil otherwise.
	plant func(doing, event string, c *command.Command)
}

// An actor system keeps its mailboxes in 1,024 maps of cmap.SHARD_COUNT (32) maps each: 3 MiB and 33,000 objects for nothing,
// for every partition. Nobody else uses that library, and its count must stand before the first map is made.
func init() { cmap.SHARD_COUNT = 1 }

// NewPartition makes an empty partition. Stop it in the end.
func NewPartition(o Options) *Partition {
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	p := &Partition{
		number: o.Partition,
		logger: logger.With("partition", o.Partition),
		onHalt: o.OnHalt,
		halted: make(chan struct{}),
		ended:  make(chan struct{}),
		state:  newDirectory(),
	}
	p.entry.group = newCompletion()
	p.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
		return slog.New(warningsOnly{p.logger.Handler()}).With("library", "proto.actor")
	}))
	p.root = p.system.Root.Copy().WithGuardian(&haltingSupervisor{partition: p})
	p.herald = newHerald(p.publish)
	p.owned.Go(func() { p.herald.run(p.ended) })
	if p.onHalt != nil {
		p.owned.Go(func() { p.tellHalt(p.ended) })
	}
	return p
}

// warningsOnly keeps proto.actor's habit of telling each start and recovery out of our log.
type warningsOnly struct{ slog.Handler }

func (h warningsOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h warningsOnly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warningsOnly{h.Handler.WithAttrs(attrs)}
}

func (h warningsOnly) WithGroup(name string) slog.Handler {
	return warningsOnly{h.Handler.WithGroup(name)}
}

// AppliedIndex is the index of the newest applied entry. Any goroutine may ask.
func (p *Partition) AppliedIndex() uint64 { return p.applied.Load() }

// NowMillis is the log time of the newest applied entry, Unix milliseconds. Any goroutine may ask.
func (p *Partition) NowMillis() int64 { return p.nowMillis.Load() }

// NoteApplied takes note of an entry without commands: every replica must do so at the same index with the same time.
// Neither index nor time ever runs back. Apply goroutine only.
func (p *Partition) NoteApplied(index uint64, nowMillis int64) {
	p.deciding.Lock()
	defer p.deciding.Unlock()
	if p.Halted() != nil {
		return
	}
	p.nowMillis.Store(max(nowMillis, p.nowMillis.Load()))
	p.applied.Store(max(index, p.applied.Load()))
}

// Stop ends every actor and goroutine of the partition and waits for them. Readers keep the last views; those that wait
// for newer ones get ErrStopped.
func (p *Partition) Stop() {
	p.deciding.Lock()
	defer p.deciding.Unlock()
	p.registry.Lock()
	if p.stopped {
		p.registry.Unlock()
		return
	}
	p.stopped = true
	era := p.state.era
	era.over = true
	p.registry.Unlock()
	close(era.ended)

	close(p.ended)
	p.dismiss(p.state.byKey)
	p.owned.Wait()
	p.system.Shutdown()
}

// dismiss ends the actors of the given events and waits for them. Their era must be over, so that nobody sends to them.
func (p *Partition) dismiss(events map[string]*Event) {
	for _, e := range events {
		p.root.Stop(e.pid)
	}
	p.alive.Wait()
}

// hire spawns the actor that owns seats, and the room if there is one, from now on.
func (p *Partition) hire(e *Event, seats *seatmap.Map, room *waitroom.Room) {
	p.alive.Add(1)
	props := actor.PropsFromProducer(func() actor.Actor { return &eventActor{event: e, partition: p, seats: seats, room: room} },
		actor.WithDispatcher(&e.turn))
	e.turn.own.Store(true) // whoever hires an actor starts it, too: it may have work at once
	pid, err := p.root.SpawnNamed(props, p.actorName(e.key))
	if err != nil {
		panic(err) // the number in the name makes it unique
	}
	e.pid = pid
}

// since the partition was made; monotonic.
func (p *Partition) uptime() time.Duration { return p.herald.uptime() }
