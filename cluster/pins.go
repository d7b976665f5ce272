package cluster

import (
	"sync"
	"time"
)

// pinFor is how long the balancer respects a leadership that an operator moved.
const pinFor = 10 * time.Minute

// pinSlack is by how much a peer's pin must outlast this node's to count as newer: copies of one pin differ by delays.
const pinSlack = 5 * time.Second

// pin keeps a partition's leadership where an operator put it.
type pin struct {
	node  string
	until time.Time
}

// pins are the pins of all partitions. They travel with the reports and are not stored: they are a courtesy.
type pins struct {
	mu    sync.Mutex
	until []pin
}

func (p *pins) set(partition uint32, node string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until[partition] = pin{node: node, until: now.Add(pinFor)}
}

// of is where the partition is pinned, "" if it is not, and for how long.
func (p *pins) of(partition uint32, now time.Time) (node string, left time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if pin := p.until[partition]; pin.until.After(now) {
		return pin.node, pin.until.Sub(now)
	}
	return "", 0
}

// adopt takes over the newer pins of a peer's report.
func (p *pins) adopt(r *report, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.until {
		left := min(time.Duration(r.Partitions[i].PinnedMillis)*time.Millisecond, pinFor)
		if r.Partitions[i].Pinned != "" && now.Add(left).After(p.until[i].until.Add(pinSlack)) {
			p.until[i] = pin{node: r.Partitions[i].Pinned, until: now.Add(left)}
		}
	}
}
