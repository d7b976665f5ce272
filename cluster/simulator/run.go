package simulator

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/link"
)

// Options say what a night is like.
type Options struct {
	Seed     uint64
	Nodes    int           // 3 or 5; 0 = by the seed
	Duration time.Duration // of the tormented part; then everything is healed and must go on
	Clients  int           // 0 = 6
	Think    time.Duration // mean pause of a client between requests; 0 = 250 ms
	Peace    time.Duration // mean pause between faults; 0 = 6 s
	Plant    Plant
	Only     string            // the only kind of fault, by its name
	Watch    func(line string) // gets every line of the trace; slow
}

// Check is a promise that a night holds the system to.
type Check string

// The checks.
const (
	CheckOwner        Check = "owner"        // no place has two owners
	CheckAcknowledged Check = "acknowledged" // what a caller was told is what the log decided, on a majority of disks
	CheckAgreement    Check = "agreement"    // what was committed at an index stays, and every node applies it
	CheckKey          Check = "key"          // one key has one answer
	CheckHash         Check = "hash"         // replicas have equal hashes at equal indexes
	CheckRefusal      Check = "refusal"      // nothing takes effect after its caller was told that it does not
	CheckExpiry       Check = "expiry"       // a lapsed hold is gone within 250 ms of log time
	CheckStuck        Check = "stuck"        // no call outlives its deadline
	CheckLiveness     Check = "liveness"     // when nothing is wrong, requests succeed
	CheckRead         Check = "read"         // a strong read, or one with a revision, shows what was known before it
	CheckFree         Check = "free"         // nobody is refused a place that is free
	CheckRules        Check = "rules"        // limits of buyers and windows of sales hold
)

// Plant is a bug that is put in on purpose.
type Plant string

// The planted bugs.
const (
	PlantNone                Plant = ""
	PlantLapsesEarly         Plant = "lapses-early"           // every 50th entry is decided 4 s ahead
	PlantLosesSeats          Plant = "loses-seats"            // every 40th entry takes a seat off sale that nobody named
	PlantAnswerEarly         Plant = "answers-early"          // a leader commits what only it has fsynced
	PlantFsyncLies           Plant = "fsync-lies"             // a disk says that it has what it has not
	PlantForgetVote          Plant = "forgets-vote"           // a start forgets whom the node voted for
	PlantLosesKeys           Plant = "loses-keys"             // the seat map is not told some keys
	PlantLocalClock          Plant = "expires-by-local-clock" // replicas decide by their own clocks
	PlantTellsUnknownRefused Plant = "tells-unknown-refused"  // an unknown outcome is told as a refusal
	PlantNoExpiry            Plant = "no-expiry"              // no tick proposes what is due
	PlantForgetWaiting       Plant = "forgets-waiting"        // a leader that loses its lead answers nobody
	PlantApplyEarly          Plant = "applies-early"          // a follower applies what is not committed
	PlantNoDeadline          Plant = "loses-deadlines"        // nodes are not told until when a caller waits
	PlantNoInstall           Plant = "installs-nothing"       // a leader sends no snapshots
	PlantReadsLocally        Plant = "reads-locally"          // a strong read looks at what is there
	PlantLosesBuyers         Plant = "loses-buyers"           // the seat map is not told some buyers
)

// Counts are what happened in a night.
type Counts struct {
	Steps, Requests, Told, Errors, Retries, Entries, Decided               int
	Crashes, TornTails, Elections, Leads, Truncations, Snapshots, Installs int
	Virtual                                                                time.Duration // how long the night was, its healing too
	Faults                                                                 map[int]int
}

// Report is how a night went.
type Report struct {
	Seed    uint64
	Nodes   int
	Hash    uint64 // of the trace: equal for equal nights
	Lines   uint64
	Counts  Counts
	Failure *Failure
}

// Failure is a promise that was broken.
type Failure struct {
	Seed  uint64
	Check Check
	At    time.Duration
	What  string
	Trace string // the last lines
}

// Error says what, and how to see it again.
func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d: %s, at %v: %s", f.Seed, f.Check, f.At, f.What)
}

// Prepare is called before each night, outside of its bubble; what it returns, afterwards. It gives the night one
// processor, without which goroutines that are woken at the same moment would run in any order; leaves the collecting of
// garbage to the night (world.collect); and makes pools give up what they keep, since a channel of one bubble must not be
// used in another.
func Prepare() (restore func()) {
	processors := runtime.GOMAXPROCS(1)
	percent := debug.SetGCPercent(-1)
	runtime.GC()
	runtime.GC()
	return func() {
		debug.SetGCPercent(percent)
		runtime.GOMAXPROCS(processors)
	}
}

// Run simulates one night. It must run in a bubble of testing/synctest, as its only goroutine.
func Run(o Options) Report {
	w := newWorld(o)
	cluster.SetJitter(w.chanceOf)
	link.SetJitter(w.chanceOf)
	uuid.SetRand(rand.NewChaCha8(seedBytes(o.Seed))) // keys that nodes make
	w.open()
	w.loop()
	w.counts.Virtual = w.now()
	r := Report{Seed: o.Seed, Nodes: len(w.nodes), Hash: w.trace.hash, Lines: w.trace.count, Counts: w.counts, Failure: w.failure}
	if r.Failure != nil {
		r.Failure.Trace = w.trace.last(traceLines) + w.standing()
	}
	w.close()
	return r
}

func seedBytes(seed uint64) (b [32]byte) {
	binary.BigEndian.PutUint64(b[:], seed)
	return b
}

func newWorld(o Options) *world {
	w := &world{o: o, start: time.Now(), rng: rand.New(rand.NewPCG(o.Seed, 0x7061727465727265)), kick: make(chan struct{}, 1)}
	defaults(&w.o.Clients, 6)
	defaults(&w.o.Think, 250*time.Millisecond)
	defaults(&w.o.Peace, 6*time.Second)
	if w.o.Nodes == 0 {
		w.o.Nodes = 3
		if w.chance(25) {
			w.o.Nodes = 5
		}
	}
	w.counts.Faults = map[int]int{}
	w.network = newNetwork(w.o.Nodes)
	w.judge = newJudge(w)
	for i := range w.o.Nodes {
		w.nodes = append(w.nodes, &node{w: w, id: i, disk: disk{vote: nobodyVoted}})
	}
	for i := range w.o.Clients {
		w.clients = append(w.clients, w.newClient(i))
	}
	return w
}

func defaults[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// open lets the night begin: nodes boot, one client makes the events, and then everybody comes, the faults too.
func (w *world) open() {
	for _, n := range w.nodes {
		w.after(w.between(time.Millisecond, 30*time.Millisecond), n.boot)
	}
	first, err := w.opening()
	if err != nil {
		w.fail(CheckLiveness, "the chart is no plan: %v", err)
		return
	}
	w.after(time.Second+w.between(0, time.Millisecond), func() { w.prepare(first, 0) })
}

func (w *world) prepare(all []command.Command, i int) {
	if i == len(all) {
		for _, c := range w.clients {
			c.think()
		}
		w.torment()
		w.photograph()
		w.after(w.o.Duration, w.calm)
		return
	}
	c := w.clients[0]
	o := &op{commands: all[i : i+1 : i+1], probe: true}
	w.next = func() { w.prepare(all, i+1) }
	c.begin(o, 5*time.Second)
}

// probed goes on after a request that must succeed.
func (w *world) probed(o *op) {
	for _, err := range o.errs {
		if err != nil {
			w.fail(CheckLiveness, "%s: %v, though all is healed", o, err)
			return
		}
	}
	w.next()
}

// photograph has nodes take snapshots now and then, faults or not.
func (w *world) photograph() {
	w.after(w.between(5*time.Second, 40*time.Second), func() {
		if r := w.nodes[w.rng.IntN(len(w.nodes))].raft; r != nil {
			r.takeSnapshot()
		}
		w.photograph()
	})
}

// calm heals everything, and gives the system a while.
func (w *world) calm() {
	w.closing = true
	w.after(10*time.Second, func() { // faults under way end by themselves until then
		w.heal()
		w.network.slow, w.network.loss = 0, 0
		for _, n := range w.nodes {
			n.disk.slow = 0
			n.ensure()
		}
		w.after(8*time.Second, func() { w.probe(0) })
	})
}

// probe asks every node for something that goes through the log.
func (w *world) probe(node int) {
	if node == len(w.nodes) {
		w.settle(w.now() + 10*time.Second)
		return
	}
	c := w.clients[0]
	if c.current != nil {
		w.after(100*time.Millisecond, func() { w.probe(node) })
		return
	}
	o := &op{kind: opStrong, event: eventName(0), node: node, probe: true, wants: w.judge.acked[eventName(0)]}
	w.next = func() { w.probe(node + 1) }
	c.begin(o, 4*time.Second)
}

// settle waits until every replica has everything.
func (w *world) settle(until time.Duration) {
	behind := ""
	for _, n := range w.nodes {
		if n.raft == nil || n.raft.applied != uint64(len(w.judge.log)) {
			behind = nodeName(n.id)
		}
	}
	for _, c := range w.clients {
		if c.current != nil {
			behind = c.current.String()
		}
	}
	switch {
	case behind == "":
		w.judge.end()
		w.ended = true
	case w.now() > until:
		w.fail(CheckLiveness, "%s is behind %d entries long after everything was healed", behind, len(w.judge.log))
	default:
		w.after(time.Millisecond, func() { w.settle(until) })
	}
}

// standing says how everybody is.
func (w *world) standing() string {
	var b strings.Builder
	for _, n := range w.nodes {
		if n.raft == nil {
			fmt.Fprintf(&b, "%s is down; its disk has term %d, log %d-%d\n", nodeName(n.id), n.disk.term, n.disk.log.base, n.disk.log.last())
			continue
		}
		fmt.Fprintf(&b, "%s; disk %d-%d; lead %+v\n", n.raft, n.disk.log.base, n.disk.log.last(), n.group.Lead())
	}
	return b.String()
}

// close ends every process and waits for all goroutines.
func (w *world) close() {
	for _, n := range w.nodes {
		n.kill(false)
	}
	stopped := make(chan struct{})
	go func() { // whoever waits at a gate, or for the scheduler, still may
		defer close(stopped)
		w.waiting.Wait()
	}()
	for id := 1; id <= w.network.last; id++ {
		if p := w.network.conns[id]; p != nil {
			p.end(errReset)
		}
	}
	w.finish(stopped)
	w.judge.oracle.Stop()
}
