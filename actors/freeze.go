package actors

import (
	"maps"
	"slices"
	"sync"
)

// Frozen is the whole state at one applied index, copy-on-write: Apply goes on beside its encoding. Release it.
type Frozen struct {
	partition *Partition
	header    snapshotHeader
	plans     []*storedPlan  // by hash
	charts    []*StoredChart // by name
	events    []*freeze      // by key
	release   sync.Once
}

// Freeze asks every actor for its frozen state at exactly the last applied index. Called by the apply goroutine.
func (p *Partition) Freeze() (*Frozen, error) {
	p.deciding.Lock()
	defer p.deciding.Unlock()
	if err := p.Halted(); err != nil {
		return nil, err
	}
	if p.stopped {
		return nil, ErrStopped
	}
	f := &Frozen{partition: p}
	freezes := make([]freeze, len(p.state.events))
	f.events = make([]*freeze, len(freezes))
	for i := range freezes {
		f.events[i] = &freezes[i]
		f.events[i].owe(p.state.events[i], p.entry.group)
	}
	if err := wave(p, f.events); err != nil {
		f.Release()
		return nil, err
	}
	f.charts = slices.Clone(p.state.charts)
	f.plans = slices.SortedFunc(maps.Values(p.state.plans), comparePlans)
	f.header = snapshotHeader{
		partition: p.number, applied: p.applied.Load(), nowMillis: p.nowMillis.Load(), hash: p.Hash(),
		plans: uint32(len(f.plans)), charts: uint32(len(f.charts)), events: uint32(len(f.events)),
	}
	for _, e := range f.events {
		if e.room != nil {
			f.header.rooms++
		}
	}
	return f, nil
}

// Rehash computes the state hash from scratch, for tests and for whoever doubts Hash. Apply goroutine only; slow.
func (p *Partition) Rehash() (uint64, error) {
	p.deciding.Lock()
	defer p.deciding.Unlock()
	if err := p.Halted(); err != nil {
		return 0, err
	}
	if p.stopped {
		return 0, ErrStopped
	}
	checks := make([]*check, len(p.state.events))
	for i, e := range p.state.events {
		checks[i] = &check{}
		checks[i].owe(e, p.entry.group)
	}
	if err := wave(p, checks); err != nil {
		return 0, err
	}
	sum := p.state.sumOfCharts()
	for _, c := range checks {
		sum.replace(0, mix(c.event.identify(), c.hash))
	}
	return finalHash(sum, p.nowMillis.Load()), nil
}

func (d *directory) sumOfCharts() (sum stateSum) {
	for _, c := range d.charts {
		sum.replace(0, c.term())
	}
	for _, plan := range d.plans {
		sum.replace(0, plan.term())
	}
	return sum
}

// wave sends each message to its event's actor and waits for all.
func wave[M interface {
	outstanding() bool
	recipient() *Event
}](p *Partition, messages []M) error {
	if len(messages) == 0 {
		return nil
	}
	group := p.entry.group
	group.pending.Store(int32(len(messages)))
	for _, m := range messages {
		p.root.Send(m.recipient().pid, m)
	}
	await(group, messages)
	return p.Halted()
}

// Release lets the partition forget what it kept for f. Encode must be done.
func (f *Frozen) Release() {
	f.release.Do(func() {
		for _, e := range f.events {
			if e.frozen != nil {
				e.frozen.Release()
			}
			if e.room != nil {
				e.room.Release()
			}
		}
		f.events = nil
	})
}
