package simulator

import (
	"slices"
	"time"
)

// nemesis is what goes wrong.
type nemesis struct {
	active int
	last   time.Duration // when the last fault was over
}

// calmSince reports whether nothing has been wrong for d.
func (w *world) calmSince(d time.Duration) bool {
	return w.nemesis.active == 0 && w.now()-w.nemesis.last >= d
}

// fault is one kind of trouble. begin returns how it is undone.
type fault struct {
	name  string
	begin func(w *world) (undo func())
}

// torment lets faults begin, now and then two at once.
func (w *world) torment() {
	w.after(w.between(w.o.Peace/4, 7*w.o.Peace/4), func() {
		if w.closing {
			return
		}
		if w.nemesis.active < 2 {
			w.strike(w.anyFault())
			if w.chance(20) {
				w.strike(w.anyFault())
			}
		}
		w.torment()
	})
}

// anyFault is one of all, or the only one of this night.
func (w *world) anyFault() int {
	if w.o.Only != "" {
		return slices.IndexFunc(faults, func(f fault) bool { return f.name == w.o.Only })
	}
	return w.rng.IntN(len(faults) - faultsByName)
}

func (w *world) strike(kind int) {
	f := &faults[kind]
	w.note(nobody, f.name, uint64(kind), 0, 0)
	w.counts.Faults[kind]++
	w.nemesis.active++
	undo := f.begin(w)
	low, high := 100*time.Millisecond, 1500*time.Millisecond
	if w.chance(25) {
		high = 8 * time.Second
	}
	w.after(w.between(low, high), func() {
		if undo != nil {
			undo()
		}
		w.note(nobody, "over: "+f.name, uint64(kind), 0, 0)
		w.nemesis.active--
		w.nemesis.last = w.now()
	})
}

// faultsByName, the last ones, are only had by their name.
const faultsByName = 1

// twoStand is the fault of which a forgotten vote makes two leaders of one term.
const twoStand = "two stand at once"

// faults are every kind of trouble.
var faults []fault

func init() { faults = allFaults() }

func allFaults() []fault {
	return []fault{
		{"kill a node", func(w *world) func() { return w.killed(w.rng.IntN(len(w.nodes))) }},
		{"kill the leader", func(w *world) func() { return w.killed(w.leader()) }},
		{"kill a majority", func(w *world) func() {
			return w.killed(w.rng.Perm(len(w.nodes))[:len(w.nodes)/2+1]...)
		}},
		{"kill all", func(w *world) func() { return w.killed(w.rng.Perm(len(w.nodes))...) }},
		{"kill and start at once", func(w *world) func() {
			w.killed(w.leader())()
			return nil
		}},
		{"restart whoever votes", func(w *world) func() {
			w.restless, w.network.loss, w.network.slow = true, 35, 4*time.Millisecond
			undo := w.killed(w.leader())
			return func() {
				w.restless, w.network.loss, w.network.slow = false, 0, 0
				undo()
			}
		}},
		{"kill in a write", func(w *world) func() { return w.killedWriting(w.rng.IntN(len(w.nodes))) }},
		{"kill the leader in a write", func(w *world) func() { return w.killedWriting(w.leader()) }},
		{"kill all when one writes", func(w *world) func() {
			undo := w.killedWriting(w.leader())
			n := w.nodes[w.leader()]
			if one := n.doomed; one != nil {
				n.doomed = func() { one(); w.killed(w.rng.Perm(len(w.nodes))...) }
			}
			return func() {
				undo()
				for _, n := range w.nodes {
					w.after(w.between(0, 300*time.Millisecond), n.ensure)
				}
			}
		}},
		{"isolate the leader", func(w *world) func() { return w.isolated(w.leader(), true, true) }},
		{"isolate a node", func(w *world) func() { return w.isolated(w.rng.IntN(len(w.nodes)), true, true) }},
		{"deafen the leader", func(w *world) func() { return w.isolated(w.leader(), true, false) }},
		{"silence the leader", func(w *world) func() { return w.isolated(w.leader(), false, true) }},
		{"cut one pair", func(w *world) func() {
			p := w.rng.Perm(len(w.nodes))
			w.network.cut[p[0]][p[1]] = true
			w.network.cut[p[1]][p[0]] = w.chance(60)
			return w.heal
		}},
		{"split", func(w *world) func() {
			side := w.rng.Perm(len(w.nodes))
			half := 1 + w.rng.IntN(len(w.nodes)-1)
			for i, a := range side {
				for j, b := range side {
					if i < half != (j < half) {
						w.network.cut[a][b] = true
					}
				}
			}
			return w.heal
		}},
		{"flapping", func(w *world) func() {
			victim, over := w.rng.IntN(len(w.nodes)), false
			var flap func(on bool)
			flap = func(on bool) {
				if over {
					return
				}
				if on {
					w.isolated(victim, true, true)
				} else {
					w.heal()
				}
				w.after(w.between(20*time.Millisecond, 400*time.Millisecond), func() { flap(!on) })
			}
			flap(true)
			return func() { over = true; w.heal() }
		}},
		{"slow network", func(w *world) func() {
			w.network.slow = w.between(5*time.Millisecond, 120*time.Millisecond)
			return func() { w.network.slow = 0 }
		}},
		{"lossy network", func(w *world) func() {
			w.network.loss = 5 + 25*w.rng.Float64()
			return func() { w.network.loss = 0 }
		}},
		{"reset connections", func(w *world) func() {
			for id := 1; id <= w.network.last; id++ {
				if p := w.network.conns[id]; p != nil && w.chance(60) {
					p.breakOff(nil, 0)
				}
			}
			return nil
		}},
		{"slow disk", func(w *world) func() {
			d := &w.nodes[w.rng.IntN(len(w.nodes))].disk
			d.slow = w.between(10*time.Millisecond, 600*time.Millisecond)
			return func() { d.slow = 0 }
		}},
		{"slow disks", func(w *world) func() {
			for _, n := range w.nodes {
				n.disk.slow = w.between(0, 200*time.Millisecond)
			}
			return func() {
				for _, n := range w.nodes {
					n.disk.slow = 0
				}
			}
		}},
		{"clock steps", func(w *world) func() {
			n := w.nodes[w.rng.IntN(len(w.nodes))]
			n.offsetMillis.Store(int64(w.between(-3*time.Second, 3*time.Second) / time.Millisecond))
			return nil // it stays wrong until it steps again
		}},
		{"clock drifts", func(w *world) func() {
			n := w.nodes[w.rng.IntN(len(w.nodes))]
			n.clockSince.Store(int64(w.now()))
			n.driftPPM.Store(int64(w.rng.IntN(100_000)) - 50_000)
			return func() { n.driftPPM.Store(0) }
		}},
		{"hand over", func(w *world) func() {
			if l := w.leader(); w.nodes[l].raft != nil {
				w.nodes[l].raft.handOver(w.rng.IntN(len(w.nodes)))
			}
			return nil
		}},
		{"hand over again and again", func(w *world) func() {
			over := false
			var again func()
			again = func() {
				if over {
					return
				}
				if l := w.leader(); w.nodes[l].raft != nil {
					w.nodes[l].raft.handOver(w.rng.IntN(len(w.nodes)))
				}
				w.after(w.between(50*time.Millisecond, 700*time.Millisecond), again)
			}
			again()
			return func() { over = true }
		}},
		{"away, snapshots meanwhile", func(w *world) func() {
			undo := w.killed(w.rng.IntN(len(w.nodes)))
			for i := range 4 {
				w.after(time.Duration(i)*200*time.Millisecond+w.between(0, 100*time.Millisecond), w.snapshots)
			}
			return func() { w.snapshots(); undo() }
		}},
		{twoStand, func(w *world) func() {
			w.duel(w.leader())
			w.restless = true
			return func() { w.restless = false; w.heal() }
		}},
	}
}

// duel has two followers that do not hear of each other stand in one term, each by the leader's order, as when an order was
// long under way and another has been given meanwhile. Both need the same nodes' votes.
func (w *world) duel(by int) {
	r := w.nodes[by].raft
	if r == nil || r.role != leader {
		return
	}
	p := w.rng.Perm(len(w.nodes) - 1)
	one, two, term := (by+1+p[0])%len(w.nodes), (by+1+p[1])%len(w.nodes), r.term
	w.network.cut[one][two], w.network.cut[two][one] = true, true
	r.order(one, term)
	w.after(w.between(0, 2*time.Millisecond), func() {
		if !r.dead {
			r.order(two, term)
		}
	})
}

// killed kills nodes; the undoing boots them.
func (w *world) killed(nodes ...int) func() {
	silent := w.chance(25)
	for _, id := range nodes {
		w.nodes[id].kill(silent)
	}
	return func() {
		for _, id := range nodes {
			w.after(w.between(0, 300*time.Millisecond), w.nodes[id].ensure)
		}
	}
}

// killedWriting kills a node while entries are on the way to its disk.
func (w *world) killedWriting(id int) func() {
	n := w.nodes[id]
	n.doomed = func() { n.kill(w.chance(25)) }
	return func() {
		n.doomed = nil
		w.after(w.between(0, 300*time.Millisecond), n.ensure)
	}
}

// ensure boots a node that is down.
func (n *node) ensure() {
	if n.member == nil {
		n.boot()
	}
}

// isolated cuts what a node hears, what it says, or both.
func (w *world) isolated(id int, hears, says bool) func() {
	for other := range w.nodes {
		if other != id {
			w.network.cut[other][id] = hears
			w.network.cut[id][other] = says
		}
	}
	return w.heal
}

// leader is who leads in the latest term, or some node.
func (w *world) leader() int {
	best, term := w.rng.IntN(len(w.nodes)), uint64(0)
	for i, n := range w.nodes {
		if n.raft != nil && n.raft.role == leader && n.raft.term > term {
			best, term = i, n.raft.term
		}
	}
	return best
}

func (w *world) running() (up []int) {
	for i, n := range w.nodes {
		if n.member != nil {
			up = append(up, i)
		}
	}
	return up
}

func (w *world) snapshots() {
	for _, n := range w.nodes {
		if n.raft != nil {
			n.raft.takeSnapshot()
		}
	}
}
