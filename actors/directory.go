package actors

import (
	"cmp"
	"slices"

	"github.com/parterre/parterre/actors/seatmap"
)

// directory is everything of a partition that is not within an event's actor. The apply goroutine changes it under the
// registry lock.
type directory struct {
	era    *era
	byKey  map[string]*Event
	events []*Event // by key
	// behindRooms are the events with a waiting room, in the order in which they got it.
	behindRooms []*Event
	byName      map[string]*StoredChart
	charts      []*StoredChart // by name
	plans       map[seatmap.PlanHash]*storedPlan
	bytes       int64 // of drawings and plans as stored
}

// StoredChart is a named chart of the directory. Nobody may change it or its bytes.
type StoredChart struct {
	Name     string
	Document []byte // canonical JSON, gzip'd
	Content  [32]byte
	Plan     seatmap.PlanHash
	PlanCode []byte // gzip'd; shared with all charts and events of that plan

	key seatmap.Key // of the command that gave the chart its name
}

// storedPlan is a compiled chart, stored once for all charts and events with its content hash.
type storedPlan struct {
	hash seatmap.PlanHash
	code []byte // gzip'd, as it stood in the log: snapshots carry these bytes
	// plan is decoded when the first event needs it, and then shared. Apply goroutine only.
	plan *seatmap.Plan
}

func newDirectory() directory {
	return directory{
		era:    newEra(),
		byKey:  map[string]*Event{},
		byName: map[string]*StoredChart{},
		plans:  map[seatmap.PlanHash]*storedPlan{},
	}
}

func (d *directory) addEvent(e *Event) {
	d.byKey[e.key] = e
	i, _ := findEvent(d.events, e.key)
	d.events = slices.Insert(d.events, i, e)
}

func (d *directory) addChart(c *StoredChart) {
	d.byName[c.Name] = c
	i, _ := findChart(d.charts, c.Name)
	d.charts = slices.Insert(d.charts, i, c)
	d.bytes += int64(len(c.Document))
}

func (d *directory) addPlan(p *storedPlan) {
	d.plans[p.hash] = p
	d.bytes += int64(len(p.code))
}

func findEvent(events []*Event, key string) (int, bool) {
	return slices.BinarySearchFunc(events, key, func(e *Event, key string) int { return cmp.Compare(e.key, key) })
}

func findChart(charts []*StoredChart, name string) (int, bool) {
	return slices.BinarySearchFunc(charts, name, func(c *StoredChart, name string) int { return cmp.Compare(c.Name, name) })
}

// Event finds an event; any goroutine.
func (p *Partition) Event(key string) (*Event, bool) {
	p.registry.RLock()
	defer p.registry.RUnlock()
	e, ok := p.state.byKey[key]
	return e, ok
}

// Events lists events in order of their keys, after the given key, at most limit and MaxList of them; any goroutine.
func (p *Partition) Events(after string, limit int) []*Event {
	p.registry.RLock()
	defer p.registry.RUnlock()
	i, found := findEvent(p.state.events, after)
	return page(p.state.events, i, found, limit)
}

// Chart finds a named chart; any goroutine.
func (p *Partition) Chart(name string) (*StoredChart, bool) {
	p.registry.RLock()
	defer p.registry.RUnlock()
	c, ok := p.state.byName[name]
	return c, ok
}

// Charts lists named charts in order of their names, after the given name, at most limit and MaxList; any goroutine.
func (p *Partition) Charts(after string, limit int) []*StoredChart {
	p.registry.RLock()
	defer p.registry.RUnlock()
	i, found := findChart(p.state.charts, after)
	return page(p.state.charts, i, found, limit)
}

// page copies the rows from i, or after it where the cursor itself was found.
func page[T any](rows []T, i int, found bool, limit int) []T {
	if found {
		i++
	}
	rows = rows[i:]
	return slices.Clone(rows[:max(0, min(limit, MaxList, len(rows)))])
}

// HasPlan reports whether events can be made of the plan; any goroutine.
func (p *Partition) HasPlan(h seatmap.PlanHash) bool {
	p.registry.RLock()
	defer p.registry.RUnlock()
	return p.state.plans[h] != nil
}

// Due lists at most limit keys of events with a deadline at or before nowMillis (log time), earliest deadline first; any
// goroutine. It costs O(limit·log limit), however many events there are. A halted partition has nothing due.
func (p *Partition) Due(nowMillis int64, limit int) []string {
	if p.Halted() != nil {
		return nil
	}
	due := p.lapses.due(nowMillis, limit)
	if len(due) == 0 {
		return nil
	}
	keys := make([]string, len(due))
	for i, e := range due {
		keys[i] = e.key
	}
	return keys
}

// Stats are numbers for metrics, gathered at scrape time from the views.
type Stats struct {
	Events int
	Counts seatmap.Counts
}

// Stats adds up the newest views of all events; any goroutine.
func (p *Partition) Stats() Stats {
	p.registry.RLock()
	events := slices.Clone(p.state.events)
	p.registry.RUnlock()
	s := Stats{Events: len(events)}
	for _, e := range events {
		c := e.view.Load().Counts()
		s.Counts.Free += c.Free
		s.Counts.Held += c.Held
		s.Counts.Sold += c.Sold
		s.Counts.Blocked += c.Blocked
		s.Counts.Holds += c.Holds
		s.Counts.Orders += c.Orders
		s.Counts.Keys += c.Keys
	}
	return s
}
