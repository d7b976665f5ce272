package actors

import (
	"fmt"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// entryWork is what Apply works with, kept from entry to entry so that the steady path allocates nothing.
type entryWork struct {
	group   *completion
	batches []*batch // all that were ever needed at once: at most one per command of the largest entry
	used    int      // batches[:used] are of the wave that is being gathered
	next    []int32  // chains the commands of one event; see batch.next

	index     uint64
	nowMillis int64
	commands  []command.Command
	results   []command.Result
}

// Apply decides the commands of one committed entry, in order, and waits for all. len(results) is len(commands), or
// results is nil where nobody waits for answers (followers); the state that results is the same. Time never runs back: an
// earlier nowMillis counts as the newest one. Called by one goroutine only. After a halt it returns an error that wraps
// ErrHalted and changes nothing; an entry that halts the partition may have been decided in part, which nobody will see.
func (p *Partition) Apply(index uint64, nowMillis int64, commands []command.Command, results []command.Result) (err error) {
	p.deciding.Lock()
	defer p.deciding.Unlock()
	if err := p.takes(index, commands, results); err != nil {
		return err
	}
	nowMillis = max(nowMillis, p.nowMillis.Load())
	w := &p.entry
	w.begin(index, nowMillis, commands, results)
	defer w.end()

	if err := p.decideInOrder(); err != nil {
		return err
	}
	if err := p.flush(index); err != nil {
		return err
	}
	p.nowMillis.Store(nowMillis)
	p.applied.Store(index)
	return nil
}

// takes refuses what must not be decided at all.
func (p *Partition) takes(index uint64, commands []command.Command, results []command.Result) error {
	if err := p.Halted(); err != nil {
		return err
	}
	if p.stopped {
		return ErrStopped
	}
	if applied := p.applied.Load(); index <= applied {
		return fmt.Errorf("%w: entry %d, applied %d", ErrEntryOrder, index, applied)
	}
	for i := range commands {
		if err := understood(&commands[i]); err != nil {
			p.Halt(fmt.Errorf("%w: log index %d, command %d: %w", ErrBadEntry, index, i, err))
			return p.Halted()
		}
	}
	if results != nil && len(results) != len(commands) {
		return fmt.Errorf("actors: %d results for %d commands", len(results), len(commands))
	}
	return nil
}

// decideInOrder gathers the commands of events and decides those of the directory as barriers among them.
func (p *Partition) decideInOrder() error {
	w := &p.entry
	var key string
	var e *Event // of key; commands of one event often stand together
	for i := range w.commands {
		c := &w.commands[i]
		switch c.Kind {
		case command.KindEvent, command.KindRoom:
			if e == nil || c.Event != key {
				key, e = c.Event, p.state.byKey[c.Event]
			}
			if e == nil {
				w.answer(i, seatmap.Answer{Code: seatmap.CodeUnknownEvent})
				continue
			}
			w.gather(e, int32(i))
		case command.KindRead:
			w.answer(i, seatmap.Answer{})
		default:
			if err := p.flush(p.applied.Load()); err != nil {
				return err
			}
			answer, err := p.decideRegistry(c)
			if err != nil {
				return err
			}
			w.answer(i, answer)
			e = nil
		}
	}
	return nil
}

// flush sends one message to each touched event, waits for all, and takes over what they report. A view of what was
// decided may claim to show everything up to shown.
func (p *Partition) flush(shown uint64) error {
	w := &p.entry
	if w.used == 0 {
		return nil
	}
	wave := w.batches[:w.used]
	w.used = 0
	w.group.pending.Store(int32(len(wave)))
	for _, b := range wave {
		b.shown = shown
		b.event.touched = nil
	}
	p.take(wave, len(w.commands))
	await(w.group, wave)
	if err := p.Halted(); err != nil {
		return err
	}
	for _, b := range wave {
		p.takeOver(b)
	}
	return nil
}

func (p *Partition) takeOver(b *batch) {
	e := b.event
	term := mix(e.identity, b.hash)
	p.sum.replace(e.term, term)
	e.term = term
	p.listDeadline(e, b.deadlineMillis, b.hasDeadline)
	p.listRoom(e)
	b.commands, b.results, b.event = nil, nil, nil
}

// listRoom notes that e has a waiting room by now; none is ever taken away.
func (p *Partition) listRoom(e *Event) {
	if e.listed || e.roomRevision.Load() == 0 {
		return
	}
	e.listed = true
	p.registry.Lock()
	p.state.behindRooms = append(p.state.behindRooms, e)
	p.registry.Unlock()
}

// listDeadline keeps the agenda of lapses; lapsing is read without its lock, since only the apply goroutine changes it.
func (p *Partition) listDeadline(e *Event, deadlineMillis int64, has bool) {
	switch listed := e.lapsing.place != 0; {
	case !has && listed:
		p.lapses.unset(&e.lapsing)
	case has:
		p.lapses.set(&e.lapsing, deadlineMillis)
	}
}

func (w *entryWork) begin(index uint64, nowMillis int64, commands []command.Command, results []command.Result) {
	w.index, w.nowMillis, w.commands, w.results = index, nowMillis, commands, results
	if cap(w.next) < len(commands) {
		w.next = make([]int32, len(commands))
	}
	w.next = w.next[:len(commands)]
}

func (w *entryWork) end() { w.commands, w.results = nil, nil }

// gather adds command i to the batch of its event.
func (w *entryWork) gather(e *Event, i int32) {
	w.next[i] = -1
	if b := e.touched; b != nil {
		w.next[b.last] = i
		b.last = i
		return
	}
	if w.used == len(w.batches) {
		w.batches = append(w.batches, &batch{})
	}
	b := w.batches[w.used]
	w.used++
	b.owe(e, w.group)
	b.index, b.nowMillis, b.commands, b.results = w.index, w.nowMillis, w.commands, w.results
	b.next, b.first, b.last = w.next, i, i
	e.touched = b
}

// answer fills a result slot on the apply goroutine.
func (w *entryWork) answer(i int, a seatmap.Answer) {
	if w.results != nil {
		w.results[i] = command.Result{Index: w.index, NowMillis: w.nowMillis, Answer: a}
	}
}

// understood reports what of a command this version does not know. Anything else that is wrong with it is decided.
func understood(c *command.Command) error {
	switch c.Kind {
	case command.KindEvent:
		if !c.Request.Op.Valid() {
			return fmt.Errorf("operation %d", c.Request.Op)
		}
	case command.KindRoom:
		if c.Room == nil || !c.Room.Op.Valid() {
			return fmt.Errorf("kind %d without an operation that is known", c.Kind)
		}
	case command.KindPutChart, command.KindInstallChart:
		if c.Chart == nil {
			return fmt.Errorf("kind %d without a chart", c.Kind)
		}
	case command.KindCreateEvent:
		if c.Create == nil {
			return fmt.Errorf("kind %d without settings", c.Kind)
		}
	case command.KindRead:
	default:
		return fmt.Errorf("kind %d", c.Kind)
	}
	return nil
}
