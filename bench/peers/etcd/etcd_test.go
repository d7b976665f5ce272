package etcd

import (
	"errors"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/peers"
)

func TestWhereNoServerIsInstalledAPlainErrorNamesThePackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Peer{}.Start(t.Context(), peers.Setup{Dir: t.TempDir()})
	if !errors.Is(err, peers.ErrMissing) || !strings.Contains(err.Error(), "apt install etcd-server") {
		t.Errorf("got %v", err)
	}
}

func TestTheDriversMapGivesEverySeatOnce(t *testing.T) {
	b := newBlocks(peers.Hall{Sections: 1, RowsPerSection: 2, SeatsPerRow: 5}, 1)
	given := map[int32]bool{}
	for _, quantity := range []int{4, 2, 1, 3} {
		p := &peers.Party{}
		p.Reset()
		p.Quantity = quantity
		if !b.next(p) {
			t.Fatalf("no room for %d with %d of 10 given", quantity, len(given))
		}
		for i, seat := range p.Seats {
			if given[seat] || i > 0 && seat != p.Seats[i-1]+1 || int(seat)/5 != int(p.Seats[0])/5 {
				t.Errorf("party of %d got %v", quantity, p.Seats)
			}
			given[seat] = true
		}
	}
	p := &peers.Party{Quantity: 1}
	if len(given) != 10 || b.next(p) {
		t.Errorf("%d of 10 seats given, and another one: %v", len(given), p.Seats)
	}
}
