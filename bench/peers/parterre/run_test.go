//go:build peers

package parterre

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parterre/parterre/bench/peers"
	"github.com/parterre/parterre/bench/peers/peertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// build builds the binary whose nodes are started.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parterre")
	out, err := exec.Command("go", "build", "-tags", "hashicorpmetrics,nomsgpack", "-o", path, "github.com/parterre/parterre/cmd/parterre").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// byHTTP leaves the modes that drive themselves to TestBatchesAndStreamsSellWhatTheNodesHave.
type byHTTP struct{ Peer }

func (p byHTTP) Facts() peers.Facts {
	f := p.Peer.Facts()
	f.Modes = f.Modes[:4]
	return f
}

func TestThreeNodesKeepThePromises(t *testing.T) {
	binary := build(t)
	for _, store := range []string{Bolt, WAL} {
		t.Run(store, func(t *testing.T) { peertest.Promises(t, byHTTP{Peer{Binary: binary, LogStore: store}}) })
	}
}

func TestBatchesAndStreamsSellWhatTheNodesHave(t *testing.T) {
	peer := Peer{Binary: build(t), LogStore: WAL}
	ctx, server := peertest.Start(t, peer, peers.HoldTTL)
	for _, mode := range peer.Facts().Modes[4:] {
		t.Run(mode.Name, func(t *testing.T) {
			if err := server.Fresh(ctx, mode.Name, 1, false); err != nil {
				t.Fatal(err)
			}
			next, sold := peertest.Pairs(1)
			r, err := server.(peers.Driver).Drive(ctx, mode, 2, 1, time.Minute, next, sold.Add)
			if err != nil {
				t.Fatal(err)
			}
			totals, err := server.Totals(ctx)
			if want := int64(peertest.Hall.Seats() / 2); err != nil || r.Orders != want || sold.Orders() != want ||
				totals != (peers.Totals{Orders: want, Tickets: 2 * want}) {
				t.Errorf("drove %d orders, was told of %d, the nodes have %+v, %v; want %d", r.Orders, sold.Orders(), totals, err, want)
			}
		})
	}
}
