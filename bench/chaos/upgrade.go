package chaos

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/bench/nodes"
)

// upgrading is the fault by which a cluster of two versions becomes one of the newer. No schedule draws it: it comes once, in
// the first round past half of the run, among that round's own faults.
const upgrading Kind = "upgrade"

// binaryOf has most of the founders begin on the older binary. So the older version decides first, and as nodes are lost and
// others take their places, the newer one does, with old followers.
func (o *Options) binaryOf(node string) string {
	for place := range o.Nodes/2 + 1 {
		if node == fmt.Sprintf("n%d", place+1) {
			return o.OldBinary
		}
	}
	return ""
}

// withUpgrade adds the upgrade to the round in which it is due.
func (r *runner) withUpgrade(round Round, since time.Time) Round {
	if r.o.OldBinary == "" || r.upgraded || time.Since(since) < r.o.Duration/2 {
		return round
	}
	r.upgraded = true
	round.Faults = append([]Fault{{Kind: upgrading}}, round.Faults...)
	return round
}

// upgrade drains the nodes that are still old, one after the other, and starts each on the newer binary.
func (w *world) upgrade(ctx context.Context, f Fault) (met string, err error) {
	for {
		old := slices.DeleteFunc(slices.Clone(w.nodes()), func(n *nodes.Node) bool { return n.Binary() != w.o.OldBinary })
		if len(old) == 0 {
			return met, nil
		}
		if n := old[0]; w.claim(f.place, n) {
			n.Use(w.o.Binary)
			met += n.Name + " "
			err = w.turn(ctx, n)
			w.unclaim(n)
		}
		if err != nil || !sleep(ctx, claimPause) {
			return met, err
		}
	}
}
