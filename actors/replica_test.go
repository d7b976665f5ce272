package actors

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// A timed command is one of a log, at its log time.
type timedCommand struct {
	command.Command
	nowMillis int64
}

// drawLog draws commands of every kind about four events and two charts: new ones, retries, and nonsense.
func drawLog(t *rapid.T, charts []*command.Chart) []timedCommand {
	now := int64(curtainMillis)
	var log []timedCommand
	for n := range uint64(rapid.IntRange(1, 120).Draw(t, "commands")) {
		if rapid.IntRange(0, 2).Draw(t, "later") == 0 {
			now += rapid.SampledFrom([]int64{1, 40, 1_000, 481_000, 90_000_000}).Draw(t, "by")
		}
		if len(log) > 0 && rapid.IntRange(0, 9).Draw(t, "retry") == 0 {
			again := rapid.SampledFrom(log).Draw(t, "of")
			again.nowMillis = now
			log = append(log, again)
			continue
		}
		log = append(log, timedCommand{drawCommand(t, n+1, charts), now})
	}
	return log
}

func drawCommand(t *rapid.T, n uint64, charts []*command.Chart) command.Command {
	event := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "event")
	chart := rapid.SampledFrom(charts).Draw(t, "chart")
	switch rapid.IntRange(0, 11).Draw(t, "kind") {
	case 0:
		return create(event, chart, n)
	case 1:
		named := *chart
		named.Name = rapid.SampledFrom([]string{"hall", "stadium"}).Draw(t, "name")
		return putChart(&named)
	case 2:
		return install(chart)
	case 3:
		return command.Command{Kind: command.KindRead}
	default:
		return command.Command{Kind: command.KindEvent, Event: event, Request: drawRequest(t, n)}
	}
}

func drawRequest(t *rapid.T, n uint64) seatmap.Request {
	q := seatmap.Request{Op: seatmap.Op(rapid.IntRange(1, seatmap.Ops-1).Draw(t, "op")), Key: keyOf(n), Fingerprint: n}
	if rapid.IntRange(0, 2).Draw(t, "hold first") > 0 {
		q.Op = seatmap.OpHold
	}
	q.CallerKey = rapid.Bool().Draw(t, "caller's key")
	q.Retake = rapid.Bool().Draw(t, "retake")
	q.ID = idOf(uint64(rapid.IntRange(1, int(n)).Draw(t, "id")))
	if q.Op == seatmap.OpHold || q.Op == seatmap.OpSale {
		q.ID = idOf(n)
	}
	q.Buyer = rapid.SampledFrom([]string{"", "b-1", "b-2"}).Draw(t, "buyer")
	q.Reference = rapid.SampledFrom([]string{"", "psp-1"}).Draw(t, "reference")
	q.TTLSeconds = int32(rapid.IntRange(0, 600).Draw(t, "ttl"))
	q.Limit = int32(rapid.IntRange(0, 3).Draw(t, "limit"))
	q.Add, q.Remove = drawSelection(t), seatmap.Selection{}
	switch q.Op {
	case seatmap.OpChange:
		q.Remove = drawSelection(t)
	case seatmap.OpConfigure:
		q.Patch = &seatmap.ConfigPatch{Set: seatmap.FieldState, Config: seatmap.Config{
			State: seatmap.SaleState(rapid.IntRange(1, 4).Draw(t, "state")),
		}}
	}
	return q
}

func drawSelection(t *rapid.T) (s seatmap.Selection) {
	for range rapid.IntRange(0, 3).Draw(t, "seats") {
		s.Seats = append(s.Seats, fmt.Sprintf("%c-%d", "AB"[rapid.IntRange(0, 1).Draw(t, "row")], rapid.IntRange(1, 5).Draw(t, "seat")))
	}
	switch rapid.IntRange(0, 5).Draw(t, "besides") {
	case 0:
		s.Tables = []string{"T1"}
	case 1:
		s.Areas = []seatmap.AreaQuantity{{Area: "Floor", Quantity: int32(rapid.IntRange(1, 9).Draw(t, "quantity"))}}
	}
	return s
}

// feed decides log[from:], each run of commands that cut leaves together as one entry. An entry's index is the number of
// commands decided with it, so that all ways to cut the log end at the same index.
func (r *replica) feed(log []timedCommand, from int, answered bool, cut func(at int) bool) []command.Result {
	r.t.Helper()
	var all []command.Result
	for from < len(log) {
		to := from + 1
		for to < len(log) && log[to].nowMillis == log[from].nowMillis && !cut(to) {
			to++
		}
		var commands []command.Command
		for _, c := range log[from:to] {
			commands = append(commands, c.Command)
		}
		var results []command.Result
		if answered {
			results = make([]command.Result, len(commands))
		}
		if err := r.Apply(uint64(to), log[from].nowMillis, commands, results); err != nil {
			r.t.Fatal(err)
		}
		all = append(all, results...)
		from = to
	}
	return all
}

// Promise 6: same log, same bytes. However the log is cut into entries, whether answers are wanted, and whether a replica
// saw it all or began with a snapshot: state hash, snapshot bytes and answers are the same.
func TestPromise6_EveryReplicaIsTheSame(t *testing.T) {
	charts := []*command.Chart{hall(t, 10), hall(t, 12)}
	charts[1].Name = "stadium"
	rapid.Check(t, func(rt *rapid.T) {
		log := drawLog(rt, charts)
		together := func(int) bool { return false }
		alone := func(int) bool { return true }

		leader, follower, late := newReplica(t), newReplica(t), newReplica(t)
		defer leader.Stop()
		defer follower.Stop()
		defer late.Stop()
		answers := leader.feed(log, 0, true, together)
		follower.feed(log, 0, false, alone)

		half := rapid.IntRange(0, len(log)).Draw(rt, "snapshot at")
		first := newReplica(t)
		defer first.Stop()
		inPart := first.feed(log[:half], 0, true, alone)
		if err := late.Restore(bytes.NewReader(first.snapshot())); err != nil {
			rt.Fatal(err)
		}
		inPart = append(inPart, late.feed(log, half, true, alone)...)

		for i := range answers {
			if diff := cmp.Diff(answers[i].Answer, inPart[i].Answer); diff != "" {
				rt.Fatalf("command %d is answered otherwise over a snapshot:\n%s", i, diff)
			}
		}
		want := leader.snapshot()
		for name, r := range map[string]*replica{"follower": follower, "late": late} {
			if r.Hash() != leader.Hash() {
				rt.Errorf("%s has state hash %016x, leader %016x", name, r.Hash(), leader.Hash())
			}
			if !bytes.Equal(r.snapshot(), want) {
				rt.Errorf("%s writes another snapshot", name)
			}
			if hash, err := r.Rehash(); err != nil || hash != r.Hash() {
				rt.Errorf("%s: hash from scratch %016x, kept %016x, %v", name, hash, r.Hash(), err)
			}
		}
	})
}

func TestTheStateHashTellsStatesApart(t *testing.T) {
	chart := hall(t, 20)
	seen := map[uint64]string{}
	otherKey := *chart
	otherKey.Key = keyOf(999)
	differs := func(name string, r *replica) {
		t.Helper()
		r.NoteApplied(r.index, curtainMillis+1_000) // the same log time for all
		if other, ok := seen[r.Hash()]; ok {
			t.Errorf("%s has the hash of %s", name, other)
		}
		seen[r.Hash()] = name
	}
	for name, log := range map[string][]command.Command{
		"nothing":           {},
		"a plan":            {install(chart)},
		"a chart":           {putChart(chart)},
		"a chart's key":     {putChart(&otherKey)},
		"an event":          {install(chart), create("a", chart, 1)},
		"another event":     {install(chart), create("b", chart, 1)},
		"another key":       {install(chart), create("a", chart, 2)},
		"a hold":            {install(chart), create("a", chart, 1), hold("a", 3, "A-1")},
		"another hold":      {install(chart), create("a", chart, 1), hold("a", 3, "A-2")},
		"two events":        {install(chart), create("a", chart, 1), create("b", chart, 1)},
		"a hold in one":     {install(chart), create("a", chart, 1), create("b", chart, 1), hold("a", 3, "A-1")},
		"a hold in another": {install(chart), create("a", chart, 1), create("b", chart, 1), hold("b", 3, "A-1")},
	} {
		r := newReplica(t)
		r.apply(log...)
		differs(name, r)
	}
	later := newReplica(t)
	later.NoteApplied(1, curtainMillis+2_000)
	differs("another log time", later)
}
