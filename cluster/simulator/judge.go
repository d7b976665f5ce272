package simulator

import (
	"fmt"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/raftlog"
)

// expiryBound is promise 4: how long after its deadline a hold may last, in log time.
const expiryBound = 250

// judge watches everything, and is asked by nobody. It has a replica of its own, the oracle, that no fault touches, and a
// book of who owns what, which knows nothing of seat maps.
type judge struct {
	w      *world
	oracle *actors.Partition
	log    []fact // of index i at i-1
	hashes map[uint64]uint64
	book   book

	decisions map[seatmap.Key]decision // the one that counts: the first success, or refusal that is remembered
	answers   map[answerName]uint64    // digest of what was decided
	refused   map[seatmap.Key]string   // told to a caller; no effect may follow
	acked     map[string]uint64        // event → newest revision that a caller knows of
	due       map[string]int64         // event → log time at which it was first seen to have something due
	logMillis int64
}

// fact is a committed entry.
type fact struct {
	term uint64
	sum  uint64
}

type decision struct {
	index  uint64
	digest uint64
	code   seatmap.Code
}

type answerName struct {
	key   seatmap.Key
	index uint64
}

func newJudge(w *world) *judge {
	return &judge{
		w: w, oracle: actors.NewPartition(actors.Options{}), hashes: map[uint64]uint64{}, book: newBook(),
		decisions: map[seatmap.Key]decision{}, answers: map[answerName]uint64{}, refused: map[seatmap.Key]string{},
		acked: map[string]uint64{}, due: map[string]int64{},
	}
}

func sumOf(e *logEntry) fact { return fact{e.term, xxhash.Sum64(e.data) + uint64(e.kind)} }

// committed is told of each entry that a leader counts as committed, whether or not it was before.
func (j *judge) committed(r *simRaft, index uint64, e *logEntry) {
	if index <= uint64(len(j.log)) {
		j.same(r, index, e, "commits")
		return
	}
	if index != uint64(len(j.log))+1 {
		j.w.fail(CheckAgreement, "%s commits entry %d after %d", nodeName(r.id), index, len(j.log))
		return
	}
	j.log = append(j.log, sumOf(e))
	j.w.counts.Entries++
	j.w.note(r.id, "commits", index, e.term, j.log[index-1].sum)
	if e.kind == entryCommand {
		j.decide(index, e.data)
	}
}

// applies is told of each entry that a node is about to apply.
func (j *judge) applies(r *simRaft, index uint64, e *logEntry) {
	if index > uint64(len(j.log)) {
		j.w.fail(CheckAgreement, "%s applies entry %d, which nobody has committed", nodeName(r.id), index)
		return
	}
	j.same(r, index, e, "applies")
}

func (j *judge) same(r *simRaft, index uint64, e *logEntry, does string) {
	if was := j.log[index-1]; was != sumOf(e) {
		j.w.fail(CheckAgreement, "%s %s entry %d of term %d, where one of term %d was committed before",
			nodeName(r.id), does, index, e.term, was.term)
	}
}

// decide brings a committed entry to the oracle and the book.
func (j *judge) decide(index uint64, data []byte) {
	altered, err := raftlog.ReadEntry(j.w.planted(nil, index, data))
	asked, err2 := raftlog.ReadEntry(data)
	if err != nil || err2 != nil {
		j.w.fail(CheckAgreement, "entry %d cannot be read: %v", index, err)
		return
	}
	j.logMillis = max(j.logMillis, asked.TimeMillis)
	if len(altered.Commands) == 0 {
		j.oracle.NoteApplied(index, max(altered.TimeMillis, j.oracle.NowMillis()))
	} else {
		results := make([]command.Result, len(altered.Commands))
		if err := j.oracle.Apply(index, altered.TimeMillis, altered.Commands, results); err != nil {
			j.w.fail(CheckHash, "the oracle cannot apply entry %d: %v", index, err)
			return
		}
		for i := range asked.Commands {
			j.decided(index, &asked.Commands[i], &results[i])
		}
	}
	j.hashes[index] = j.oracle.Hash()
	delete(j.hashes, index-20_000)
	j.expiry(index)
}

// decided looks at one decision.
func (j *judge) decided(index uint64, c *command.Command, r *command.Result) {
	a := &r.Answer
	j.w.counts.Decided++
	if why := j.book.enter(c, a, j.logMillis); why != "" {
		check := CheckOwner
		if why[0] == '!' {
			check, why = CheckRules, why[1:]
		} else if why[0] == '?' {
			check, why = CheckFree, why[1:]
		}
		j.w.fail(check, "entry %d: %s", index, why)
	}
	key := keyOf(c)
	if key == (seatmap.Key{}) {
		return
	}
	digest := digestOf(a)
	j.answers[answerName{key, index}] = digest
	if a.Code == seatmap.CodeIdempotencyMismatch || a.Code == seatmap.CodeOverloaded {
		return
	}
	first, known := j.decisions[key]
	switch {
	case known && (first.code == seatmap.CodeOK || c.Request.CallerKey && a.Code != seatmap.CodeOK && first.code != a.Code):
		if first.digest != digest && c.Kind == command.KindEvent {
			j.w.fail(CheckKey, "key %s was answered %s by entry %d and %s by entry %d", key, first.code, first.index, a.Code, index)
		}
	case a.Code == seatmap.CodeOK && a.Created || c.Request.CallerKey: // else it is not remembered, and changed nothing
		j.decisions[key] = decision{index, digest, a.Code}
	}
	if told, ok := j.refused[key]; ok && a.Code == seatmap.CodeOK && !a.Replayed && (a.Created || c.Kind != command.KindEvent) {
		j.w.fail(CheckRefusal, "entry %d: %s under key %s takes effect after its caller was told %s", index, c.Request.Op, key, told)
	}
}

func keyOf(c *command.Command) seatmap.Key {
	switch {
	case c.Kind == command.KindEvent && !c.Request.Op.ReadOnly():
		return c.Request.Key
	case c.Chart != nil:
		return c.Chart.Key
	case c.Create != nil:
		return c.Create.Key
	}
	return seatmap.Key{}
}

// digestOf is an answer without what may differ between the first and a further time.
func digestOf(a *seatmap.Answer) uint64 {
	b := make([]byte, 0, 256)
	b = fmt.Appendf(b, "%d %v %v %d %d %d %x %q %q %q %d %d %d %q %q %q", a.Code, a.Created, a.Together, a.State, a.ExtensionsLeft,
		a.Revision, a.ID, a.Buyer, a.Reference, a.Currency, a.ExpiresAtMillis, a.Total, len(a.Places), a.Labels, a.Field, a.Reason)
	for i := range a.Places {
		p := &a.Places[i]
		b = append(append(b, p.Label...), byte(p.Kind), byte(p.Quantity), byte(p.Ticket), byte(p.Ticket>>8), byte(p.Price))
	}
	return xxhash.Sum64(b)
}

// expiry holds the system to its bound while nothing disturbs it.
func (j *judge) expiry(index uint64) {
	due := j.oracle.Due(j.logMillis, 16)
	if len(due) == 0 && len(j.due) == 0 {
		return
	}
	seen := map[string]int64{}
	for _, event := range due {
		since, ok := j.due[event]
		if !ok || !j.w.calmSince(3*time.Second) {
			since = j.logMillis
		}
		if late := j.logMillis - since; late > expiryBound {
			j.w.fail(CheckExpiry, "entry %d: %s has a hold that is %d ms over its deadline, though all is well", index, event, late)
		}
		seen[event] = since
	}
	j.due = seen
}

// applied compares a node's state with the oracle's.
func (j *judge) applied(n *node, index uint64) {
	if err := n.machine.Halted(); err != nil {
		j.w.fail(CheckHash, "%s has halted at entry %d: %v", nodeName(n.id), index, err)
		return
	}
	if want, ok := j.hashes[index]; ok && n.machine.AppliedIndex() == index && n.machine.Hash() != want {
		j.w.fail(CheckHash, "%s has state %016x at entry %d, the oracle %016x", nodeName(n.id), n.machine.Hash(), index, want)
	}
}

func (j *judge) restored(n *node, index uint64) { j.applied(n, n.machine.AppliedIndex()) }

// onMajority reports whether a majority of disks has an entry.
func (j *judge) onMajority(index uint64) bool {
	have := 0
	for _, n := range j.w.nodes {
		d := &n.disk
		switch term, ok := d.log.term(index); {
		case d.snapshot != nil && d.snapshot.index >= index, d.log.base >= index, ok && term == j.log[index-1].term:
			have++
		}
	}
	return have > len(j.w.nodes)/2
}

// told is called when a caller learns what a command came to.
func (j *judge) told(o *op, c *command.Command, r *command.Result, err error) {
	key := keyOf(c)
	if err != nil {
		if o.promisesNothing(err) || o.attempt > 0 || key == (seatmap.Key{}) { // an attempt before may have been decided
			return
		}
		j.refuse(key, err.Error())
		return
	}
	a := &r.Answer
	j.w.note(o.node, "told", uint64(o.client.id), r.Index, uint64(a.Code))
	if fast := a.Code == seatmap.CodeSeatUnavailable && !c.Request.CallerKey; !fast {
		j.compare(o, c, r)
	}
	switch a.Code {
	case seatmap.CodeOK:
		if c.Kind == command.KindEvent {
			j.acked[c.Event] = max(j.acked[c.Event], a.Revision)
		}
	case seatmap.CodeIdempotencyMismatch:
	default:
		if key != (seatmap.Key{}) {
			j.refuse(key, a.Code.String())
		}
	}
}

// compare holds an answer against the log: it must be what the log decided, and the log must be safe.
func (j *judge) compare(o *op, c *command.Command, r *command.Result) {
	if r.Index == 0 || r.Index > uint64(len(j.log)) {
		j.w.fail(CheckAcknowledged, "%s was told of entry %d, which is not committed", o, r.Index)
		return
	}
	if !j.onMajority(r.Index) {
		j.w.fail(CheckAcknowledged, "%s was told of entry %d, which is not on a majority of disks", o, r.Index)
		return
	}
	key := keyOf(c)
	if key == (seatmap.Key{}) {
		return
	}
	want, ok := j.answers[answerName{key, r.Index}]
	if !ok {
		j.w.fail(CheckAcknowledged, "%s was told %s by entry %d, which does not have the command", o, r.Answer.Code, r.Index)
	} else if want != digestOf(&r.Answer) {
		j.w.fail(CheckAcknowledged, "%s was told something else (%+v) than entry %d decided", o, r.Answer, r.Index)
	}
}

func (j *judge) refuse(key seatmap.Key, why string) {
	if d, ok := j.decisions[key]; ok && d.code == seatmap.CodeOK {
		j.w.fail(CheckRefusal, "a caller was told %s under key %s, which entry %d had decided", why, key, d.index)
	}
	j.refused[key] = why
}

// end looks once more at everything.
func (j *judge) end() {
	j.w.note(nobody, "end", uint64(len(j.log)), j.oracle.Hash(), uint64(j.w.counts.Told))
	if hash, err := j.oracle.Rehash(); err != nil || hash != j.oracle.Hash() {
		j.w.fail(CheckHash, "the state from scratch has hash %016x, not %016x: %v", hash, j.oracle.Hash(), err)
	}
	for _, n := range j.w.nodes {
		if n.machine.Hash() != j.oracle.Hash() {
			j.w.fail(CheckHash, "%s ends with state %016x, the oracle with %016x", nodeName(n.id), n.machine.Hash(), j.oracle.Hash())
		}
	}
}
