package cluster

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Check is one line of /readyz?verbose.
type Check struct {
	Name   string
	OK     bool
	Detail string
	// Advisory says that the node serves even if the check fails: it is told, and does not make the node unready.
	Advisory bool
}

// progress remembers, for each partition, how far its leader had committed when this node first heard of that after its
// start. A replica that applied as much has caught up, and stays so for this check.
type progress struct {
	mu     sync.Mutex
	target []uint64 // 0 = not heard yet
	caught []bool
}

func newProgress(partitions int) progress {
	return progress{target: make([]uint64, partitions), caught: make([]bool, partitions)}
}

// noteProgress brings progress up to date.
func (n *Node) noteProgress(now time.Time) {
	n.progress.mu.Lock()
	defer n.progress.mu.Unlock()
	for i, part := range n.parts {
		if n.progress.caught[i] {
			continue
		}
		s := part.group.Status()
		if leads(s.Lead) {
			n.progress.caught[i] = true
			continue
		}
		if c := n.table.claim(part.id); c != nil && n.progress.target[i] == 0 {
			if leader, reachable := n.table.of(c.node, now); reachable {
				n.progress.target[i] = leader.report.Partitions[i].Committed
			}
		}
		n.progress.caught[i] = n.progress.target[i] != 0 && s.Applied >= n.progress.target[i]
	}
}

// noteWhole writes down that a node that joined has everything, once it has. From then on an empty group is a loss; and
// only then the node says that it is ready, without which nobody gives it a vote.
func (n *Node) noteWhole() {
	if n.whole.Load() || n.Removed() {
		return
	}
	n.progress.mu.Lock()
	all := !slices.Contains(n.progress.caught, false)
	n.progress.mu.Unlock()
	if !all {
		return
	}
	if err := n.folder.advance(stageFormed); err != nil {
		n.failStop(err)
		return
	}
	n.whole.Store(true)
	n.log.Info("this node has caught up with the cluster that it joined")
}

// Ready reports whether this node serves: all checks but the advisory ones pass.
func (n *Node) Ready() bool {
	for _, c := range n.Checks() {
		if !c.OK && !c.Advisory {
			return false
		}
	}
	return true
}

// Checks are the lines of /readyz?verbose.
func (n *Node) Checks() []Check {
	n.noteProgress(time.Now())
	return []Check{n.checkRunning(), n.checkMember(), n.checkLeaders(), n.checkCaughtUp(), n.checkHalted(), n.clock.check()}
}

func (n *Node) checkRunning() Check {
	c := Check{Name: "running", OK: true, Detail: "formed, open and not draining"}
	switch reason := n.failed.Load(); {
	case reason != nil:
		c.OK, c.Detail = false, "stopped itself: "+*reason
	case n.closing():
		c.OK, c.Detail = false, "closing"
	case n.draining.Load():
		c.OK, c.Detail = false, "draining"
	case !n.opened.Load():
		c.OK, c.Detail = false, "its groups are not open yet"
	}
	return c
}

func (n *Node) checkLeaders() Check {
	var without []string
	for _, part := range n.parts {
		if n.LeaderOf(part.id) == "" {
			without = append(without, fmt.Sprint(part.id))
		}
	}
	if without != nil {
		return Check{Name: "leaders", Detail: "partitions without a known leader: " + strings.Join(without, ", ")}
	}
	return Check{Name: "leaders", OK: true, Detail: "every partition has a known leader"}
}

func (n *Node) checkCaughtUp() Check {
	n.progress.mu.Lock()
	defer n.progress.mu.Unlock()
	var behind []string
	for i, part := range n.parts {
		if n.progress.caught[i] {
			continue
		}
		if n.progress.target[i] == 0 {
			behind = append(behind, fmt.Sprintf("%d has not heard of its leader", part.id))
		} else {
			behind = append(behind, fmt.Sprintf("%d applied %d of %d", part.id, part.group.Status().Applied, n.progress.target[i]))
		}
	}
	if behind == nil && !n.whole.Load() {
		return Check{Name: "caught_up", Detail: "this is being written down"}
	}
	if behind != nil {
		return Check{Name: "caught_up", Detail: "partitions: " + strings.Join(behind, "; ")}
	}
	return Check{Name: "caught_up", OK: true, Detail: "every replica has applied what was committed when this node started"}
}

func (n *Node) checkHalted() Check {
	var halted []string
	for _, part := range n.parts {
		if reason := part.group.Status().Halted; reason != "" {
			halted = append(halted, fmt.Sprintf("%d: %s", part.id, reason))
		}
	}
	if halted != nil {
		return Check{Name: "partitions", Detail: "halted: " + strings.Join(halted, "; ")}
	}
	return Check{Name: "partitions", OK: true, Detail: "none is halted"}
}
