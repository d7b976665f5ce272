package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/httpapi/client"
)

// The audit must see what it looks for: each of these worlds breaks one promise, and the audit must name it, and no other.

// broken are the names of the rules that were broken, in their order.
func broken(v *Verdict) (names []string) {
	for _, r := range v.Rules() {
		if r.Violations > 0 {
			names = append(names, r.Name)
		}
	}
	return names
}

func words(v *Verdict) string {
	var b strings.Builder
	v.PrintBroken(&b)
	return b.String()
}

func TestARunThatWentWellIsNotBlamed(t *testing.T) {
	t.Parallel()
	v := goodWorld().judge(t)
	if v.Violations() > 0 || v.Err() != nil {
		t.Fatal(words(v))
	}
	for _, r := range v.Rules() {
		if r.Checked == 0 {
			t.Errorf("%s: nothing was checked", r.Name)
		}
		if r.Unchecked > 0 {
			t.Errorf("%s: %s", r.Name, r.Caveat())
		}
	}
	if v.Orders != 4 || v.Places != 6 || !slices.Equal(v.SoldOnNodes, []int64{6, 6, 6}) || v.Partitions != 1 || v.Unknown != 1 {
		t.Errorf("%d orders of %d places, sold %v, %d partitions, %d unknown", v.Orders, v.Places, v.SoldOnNodes, v.Partitions, v.Unknown)
	}
}

// mutation changes a good world so that one promise is broken.
type mutation struct {
	name   string
	rule   string // the promise; several that cannot be told apart are joined by " + "
	says   string // part of the words
	change func(w *world)
}

func TestEveryBrokenPromiseIsNamed(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	all := slices.Concat(ownerMutations, refusalMutations, holdMutations, orderMutations, releaseMutations, totalMutations, stateMutations)
	for _, m := range all {
		for _, rule := range strings.Split(m.rule, " + ") {
			seen[rule]++
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			w := goodWorld()
			m.change(w)
			v := w.judge(t)
			if got := strings.Join(broken(v), " + "); got != m.rule {
				t.Errorf("broken: %q, want %q\n%s", got, m.rule, words(v))
			}
			if !strings.Contains(words(v), m.says) {
				t.Errorf("no word of %q in\n%s", m.says, words(v))
			}
		})
	}
	for _, r := range newVerdict().Rules() {
		if seen[r.Name] == 0 {
			t.Errorf("no world breaks %q", r.Name)
		}
	}
}

var ownerMutations = []mutation{
	{"a sold seat is given to another hold", "one owner", "A-1 belonged to order", func(w *world) {
		w.hold(20, 41, 42, 0)
		w.release(20, 43, 44)
		w.each(func(n *node) { n.holds[id(20)] = "released" })
	}},
	{"a table is sold twice", "one owner", "T1 belonged to order", func(w *world) {
		w.sale(20, 41, 42, table)
		w.each(func(n *node) { n.orders[id(20)] = &order{state: "confirmed", places: []int{table}} })
		w.each(func(n *node) { n.orders[id(20)].reference = "other" }) // the history has none to compare
	}},
	{"a held seat is given to another hold", "one owner", "A-3 belonged to hold", func(w *world) {
		w.hold(20, 41, 42, 2)
		w.release(20, 43, 44)
		w.each(func(n *node) { n.holds[id(20)] = "released" })
	}},
	{"a seat was added to a hold while another had it", "one owner", "A-1 belonged to order", func(w *world) {
		w.act(history.KindChange, 3, 41, 42, func(o *history.Op) { o.Ask(0) })
		w.act(history.KindChange, 3, 43, 44, func(o *history.Op) { o.Take(0) })
	}},
	{"two holds at once, told by revisions alone", "one owner", "at revision 44", func(w *world) {
		// The calls overlap so far that at no moment both were sure; yet the first was extended after the second was given.
		w.hold(20, 41, 42, 4)
		w.act(history.KindExtend, 20, 43, 50, func(o *history.Op) { o.Deadline, o.Revision = w.deadline(far), 45 })
		w.release(20, 45, 52)
		w.op(history.KindHold, 21, 44, 51, func(o *history.Op) { o.Give(4); o.Deadline = w.deadline(far) })
		w.release(21, 51, 53)
		w.each(func(n *node) { n.holds[id(20)], n.holds[id(21)] = "released", "released" })
	}},
	{"one id for two holds", "one owner", "the same hold", func(w *world) { w.hold(1, 41, 42, 3) }},
	{"a place that the chart does not have", "one owner", "does not have", func(w *world) {
		w.op(history.KindHold, 20, 41, 42, func(o *history.Op) { o.Give(history.NoPlace) })
	}},
	{"an area is given out past its capacity", "capacity", "14 places of Floor had owners", func(w *world) {
		w.sale(20, 41, 42, slices.Repeat([]int{floor}, 9)...)
		w.cancel(20, 43, 44)
		w.each(func(n *node) { n.orders[id(20)] = &order{state: "cancelled"} })
	}},
	{"a node shows an area past its capacity", "capacity", "of Floor, 3 are held, 2 sold and 6 blocked, of 10", func(w *world) {
		w.nodes[1].floor = client.Counts{Free: -1, Held: 3, Sold: 2, Blocked: 6}
	}},
}

func (w *world) each(change func(*node)) {
	for _, n := range w.nodes {
		change(n)
	}
}

var refusalMutations = []mutation{
	{"a free seat is refused", "free seats", "A-5 was refused", func(w *world) {
		w.refused(41, 42, history.CodeSeatUnavailable, nil, 4)
	}},
	{"one of two refused seats is free", "free seats", "A-5 was refused", func(w *world) {
		w.refused(41, 42, history.CodeSeatUnavailable, nil, 0, 4)
	}},
	{"a seat is refused before anybody asked for it", "free seats", "A-8 was refused", func(w *world) {
		w.refused(26, 28, history.CodeSeatUnavailable, nil, 7)
	}},
	{"a seat is refused after it left its hold", "free seats", "A-8 was refused", func(w *world) {
		w.refused(33, 34, history.CodeSeatUnavailable, nil, 7)
	}},
	{"a seat is refused after its hold was released", "free seats", "A-5 was refused", func(w *world) {
		w.hold(20, 41, 42, 4)
		w.release(20, 43, 44)
		w.refused(45, 46, history.CodeSeatUnavailable, nil, 4)
		w.each(func(n *node) { n.holds[id(20)] = "released" })
	}},
	{"a free table is refused", "free seats", "T1 was refused", func(w *world) {
		w.refused(1, 2, history.CodeSeatUnavailable, nil, table)
	}},
	{"a refusal names nothing", "free seats", "no seat was named", func(w *world) {
		w.refused(41, 42, history.CodeSeatUnavailable, nil)
	}},
	{"a refusal names a seat of another hall", "free seats", "does not have", func(w *world) {
		w.op(history.KindHold, 0, 41, 42, func(o *history.Op) {
			o.Answered(409, history.CodeSeatUnavailable, 42*ms)
			o.Give(history.NoPlace)
		})
	}},
	{"a change is refused a free seat", "free seats", "A-5 was refused", func(w *world) {
		w.act(history.KindChange, 3, 41, 42, func(o *history.Op) {
			o.Answered(409, history.CodeSeatUnavailable, 42*ms)
			o.Ask(4)
			o.Give(4)
		})
	}},
	{"an area with enough places is refused", "free seats", "5 places of Floor were refused", func(w *world) {
		w.refused(41, 42, history.CodeNotEnoughSeats, []history.Place{{Number: floor, Quantity: 5}}, floor)
	}},
	{"a wish is refused although enough seats are free", "free seats", "a wish for 2 seats", func(w *world) {
		w.wishRefused(41, 42, 2)
	}},
	{"an open wish for one seat excuses no two refusals", "free seats", "was refused", func(w *world) {
		w.unknown(history.KindWish, 41, 42, 1)
		w.refused(43, 44, history.CodeSeatUnavailable, nil, 3)
		w.refused(45, 46, history.CodeSeatUnavailable, nil, 4)
	}},
}

var holdMutations = []mutation{
	{"a node forgot a hold's seat", "holds kept", "A-3 is free, and is part of hold", func(w *world) { w.nodes[2].states[2] = 'f' }},
	{"a node forgot a hold's standing places", "holds kept", "acknowledged were 5", func(w *world) {
		w.nodes[2].floor = client.Counts{Free: 6, Held: 2, Sold: 2}
	}},
	{"a hold is blocked", "holds kept", "A-3 is blocked", func(w *world) { w.each(func(n *node) { n.states[2] = 'b' }) }},
	{"a confirmation comes too late before the deadline", "holds kept", "answered with hold_expired", func(w *world) {
		w.act(history.KindConfirm, 3, 41, 42, func(o *history.Op) { o.Answered(410, history.CodeHoldExpired, 42*ms) })
	}},
	{"a confirmation comes too late, and the extension that was decided last would have let it", "holds kept", "answered with hold_expired", func(w *world) {
		w.act(history.KindExtend, 3, 35, 37, func(o *history.Op) { o.Deadline, o.Revision = w.deadline(far), 92 })
		w.act(history.KindExtend, 3, 36, 37, func(o *history.Op) { o.Deadline, o.Revision = w.deadline(38), 91 })
		w.act(history.KindConfirm, 3, 41, 42, func(o *history.Op) { o.Answered(410, history.CodeHoldExpired, 42*ms) })
	}},
	{"an extension finds a hold released that nobody released", "holds kept", "answered with hold_released", func(w *world) {
		w.act(history.KindExtend, 3, 41, 42, func(o *history.Op) { o.Answered(410, history.CodeHoldReleased, 42*ms) })
	}},
	{"a hold reads as expired before its deadline", "holds kept", "answered with state expired", func(w *world) {
		w.act(history.KindReadHold, 3, 41, 42, func(o *history.Op) { o.State = history.StateLapsed })
	}},
}

var orderMutations = []mutation{
	{"a node does not know an order", "orders kept", "answered with unknown_order", func(w *world) { delete(w.nodes[1].orders, id(1)) }},
	{"an order lost a seat", "orders kept", "has A-1, acknowledged were A-1, A-2", func(w *world) {
		w.nodes[1].orders[id(1)] = &order{state: "confirmed", places: []int{0}}
	}},
	{"an order has other places", "orders kept", "has T1, 1 of Floor, acknowledged were", func(w *world) {
		w.nodes[1].orders[id(4)] = &order{state: "confirmed", places: []int{table, floor}}
	}},
	{"an order has another reference", "orders kept", "another reference", func(w *world) {
		w.nodes[1].orders[id(1)] = &order{state: "confirmed", places: []int{0, 1}, reference: "x"}
	}},
	{"an order answers for another", "orders kept", "asked for order", func(w *world) {
		w.nodes[1].orders[id(1)] = &order{state: "confirmed", places: []int{0, 1}, id: id(77)}
	}},
	{"an order is cancelled that nobody cancelled", "orders kept", "nobody cancelled it", func(w *world) {
		w.nodes[1].orders[id(1)] = &order{state: "cancelled"}
	}},
	{"a cancelled order lives", "orders kept", "was cancelled, and is confirmed", func(w *world) {
		w.nodes[1].orders[id(5)] = &order{state: "confirmed", places: []int{3, 4}}
	}},
	{"a cancelled ticket is still in its order", "orders kept", "has A-8, 1 of Floor, acknowledged were A-8", func(w *world) {
		w.nodes[1].orders[id(8)] = &order{state: "confirmed", places: []int{7, floor}}
	}},
	{"a sold seat is free on one node", "orders kept + totals", "A-1 is free, and was sold", func(w *world) { w.nodes[2].states[0] = 'f' }},
	{"more standing places are free again than cancellations explain, one of them open", "orders kept + totals", "of Floor 3 are sold, acknowledged were 4", func(w *world) {
		w.sale(9, 41, 42, floor, floor, floor, floor)
		w.open(history.KindCancel, 9, 43, 44, func(o *history.Op) { o.TakePlaces(floor, 1) })
		w.act(history.KindCancel, 9, 45, 46, func(o *history.Op) { o.TakePlaces(floor, 1) })
		w.each(func(n *node) {
			n.orders[id(9)] = &order{state: "confirmed", places: []int{floor}}
			n.floor = client.Counts{Free: 4, Held: 3, Sold: 3}
		})
	}},
	{"sold standing places are held on one node", "orders kept + totals", "of Floor 1 are sold, acknowledged were 2", func(w *world) {
		w.nodes[2].floor = client.Counts{Free: 5, Held: 4, Sold: 1}
	}},
	{"a customer reads that the order is unknown", "orders kept", "a read order was answered with unknown_order", func(w *world) {
		w.act(history.KindReadOrder, 1, 41, 42, func(o *history.Op) { o.Answered(404, history.CodeUnknownOrder, 42*ms) })
	}},
	{"a customer reads that the order is cancelled", "orders kept", "answered with state cancelled", func(w *world) {
		w.act(history.KindReadOrder, 1, 41, 42, func(o *history.Op) { o.State = history.StateCancelled })
	}},
}

var releaseMutations = []mutation{
	{"a released hold is held", "releases kept", "was given back, and is held", func(w *world) {
		w.each(func(n *node) { n.holds[id(2)] = "held" })
	}},
	{"a released hold is an order", "releases kept", "was given back, and is confirmed", func(w *world) {
		w.each(func(n *node) { n.holds[id(2)] = "confirmed" })
	}},
	{"a node still holds the seat of a released hold", "releases kept + totals", "A-5 is held, and was given back", func(w *world) {
		w.hold(20, 41, 42, 4)
		w.release(20, 43, 44)
		w.each(func(n *node) { n.holds[id(20)] = "released" })
		w.nodes[0].states[4] = 'h'
	}},
	{"a hold is acknowledged as released and as sold", "releases kept", "acknowledged as given back", func(w *world) { w.release(1, 41, 42) }},
	{"a released hold is taken again", "one owner + orders kept + releases kept + totals", "acknowledged as given back", func(w *world) {
		w.op(history.KindConfirm, 2, 41, 42, func(o *history.Op) { o.Flags |= history.FlagRetake })
	}},
	{"a released hold reads as held", "releases kept", "read as held", func(w *world) {
		w.act(history.KindReadHold, 2, 41, 42, func(o *history.Op) { o.State = history.StateHeld })
	}},
}

var totalMutations = []mutation{
	{"a node's counts are not those of its map", "totals", "its counts say", func(w *world) {
		w.nodes[1].counts = func(c *client.Counts) { c.Free, c.Blocked = c.Free-1, c.Blocked+1 }
	}},
	{"a node counts a place too many", "totals", "the chart has 19", func(w *world) {
		w.nodes[1].counts = func(c *client.Counts) { c.Free++ }
	}},
	{"a seat is sold that nobody was given", "totals", "that nobody was given", func(w *world) { w.nodes[1].states[4] = 's' }},
	{"a seat is held that nobody was given", "totals", "that nobody was given", func(w *world) { w.nodes[1].states[4] = 'h' }},
	{"a seat that was only held is sold", "totals", "A-3 is sold, and was only held", func(w *world) { w.nodes[1].states[2] = 's' }},
	{"standing places are sold that nobody was given", "totals", "of Floor 3 are sold, at most 2", func(w *world) {
		w.nodes[1].floor = client.Counts{Free: 4, Held: 3, Sold: 3}
	}},
	{"standing places are held that nobody was given", "totals", "of Floor 4 are held, at most 3", func(w *world) {
		w.nodes[1].floor = client.Counts{Free: 4, Held: 4, Sold: 2}
	}},
	{"an open wish for one seat explains no two", "totals", "explain 1 at most", func(w *world) {
		w.unknown(history.KindWish, 41, 42, 1)
		w.nodes[1].states[3], w.nodes[1].states[4] = 'h', 'h'
	}},
}

var stateMutations = []mutation{
	{"a replica has another hash", "same state", "n1 has state hash aa, n3 has bb", func(w *world) {
		w.each(func(n *node) { n.hashes = []string{"aa", "aa", "bb"} })
	}},
	{"a replica is halted", "same state", "halted on n3: panic", func(w *world) { w.each(func(n *node) { n.halted = "panic" }) }},
}

func TestOnlyACheckpointPastTheRunCounts(t *testing.T) {
	at := func(indices ...uint64) *client.ClusterStatus {
		s := &client.ClusterStatus{Partitions: make([]client.PartitionStatus, 1)}
		for _, index := range indices {
			s.Nodes = append(s.Nodes, client.NodeStatus{})
			s.Partitions[0].Replicas = append(s.Partitions[0].Replicas, client.ReplicaStatus{HashIndex: index})
		}
		return s
	}
	past := map[uint32]uint64{0: 10}
	for _, c := range []struct {
		status *client.ClusterStatus
		past   map[uint32]uint64
		want   bool
	}{
		{at(10, 10), past, false},
		{at(11, 11), past, true},
		{at(11, 12), past, false},
		{at(10, 10), nil, true}, // of another partition
	} {
		if got := settled(c.status, c.past); got != c.want {
			t.Errorf("%+v past %v: settled %v", c.status.Partitions[0].Replicas, c.past, got)
		}
	}
	missing := at(11, 11)
	missing.Nodes = append(missing.Nodes, client.NodeStatus{})
	if settled(missing, past) {
		t.Error("settled, although a node tells nothing of its replica")
	}
}

func TestOnlyTheFirstViolationsAreToldAndAllAreCounted(t *testing.T) {
	v := newVerdict()
	for i := range maxDetails + 5 {
		v.broken(v.Totals, "number %d", i)
	}
	text := words(v)
	if v.Violations() != maxDetails+5 || strings.Count(text, "number") != maxDetails || !strings.Contains(text, "and 5 more") {
		t.Error(text)
	}
	var b strings.Builder
	v.Print(&b)
	if want := fmt.Sprintf("BROKEN %d times", maxDetails+5); !strings.Contains(b.String(), want) {
		t.Error(b.String())
	}
}
