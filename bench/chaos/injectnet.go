package chaos

import (
	"context"
	"time"

	"github.com/parterre/parterre/bench/chaos/proxy"
	"github.com/parterre/parterre/bench/nodes"
)

// spoilNetwork lays a fault over some ways for its time.
func (w *world) spoilNetwork(ctx context.Context, f Fault) (string, error) {
	leader, others := w.leader(ctx, f.Partition)
	other := others[int(f.Pick)%len(others)]
	away, home := waysOf(leader, others)
	both := append(append([]way(nil), away...), home...)
	rule, ways, met := proxy.Rule{Block: true}, both, leader.Name
	switch f.Kind {
	case NetSilent:
		ways = away
	case NetDeaf:
		ways = home
	case NetPair:
		ways, met = []way{{leader.Name, other.Name}, {other.Name, leader.Name}}, leader.Name+" "+other.Name
	case NetSplit:
		ways, met = w.allWays(), "all"
	case NetSlow:
		delay := time.Duration(1+f.Strength/5) * time.Millisecond // 1 to 200 ms
		rule = proxy.Rule{Delay: delay, Jitter: delay, PieceBytes: 1400, PiecePause: 200 * time.Microsecond}
		ways, met = w.allWays(), "all"
	case NetTrickle:
		rule = proxy.Rule{PieceBytes: 1 + f.Strength%64, PiecePause: time.Duration(100+f.Strength) * time.Microsecond}
	case NetTear:
		rule = proxy.Rule{TearAfterBytes: 1 + f.Strength*f.Strength/50} // 1 byte to 20 kB
	case NetRefuse:
		rule = proxy.Rule{Refuse: true}
	}
	lift := w.net.lay(rule, ways...)
	defer lift()
	sleep(ctx, f.For)
	return met, nil
}

// flap cuts a leader off and back, again and again.
func (w *world) flap(ctx context.Context, f Fault) (string, error) {
	leader, others := w.leader(ctx, f.Partition)
	away, home := waysOf(leader, others)
	half := time.Duration(20+f.Strength/3) * time.Millisecond // 20 to 350 ms
	for until := time.Now().Add(f.For); time.Now().Before(until); {
		lift := w.net.lay(proxy.Rule{Block: true}, append(away, home...)...)
		going := sleep(ctx, half)
		lift()
		if !going || !sleep(ctx, half) {
			break
		}
	}
	return leader.Name, nil
}

func waysOf(n *nodes.Node, others []*nodes.Node) (away, home []way) {
	for _, o := range others {
		away = append(away, way{n.Name, o.Name})
		home = append(home, way{o.Name, n.Name})
	}
	return away, home
}

func (w *world) allWays() (ways []way) {
	for _, a := range w.nodes() {
		for _, b := range w.nodes() {
			if a != b {
				ways = append(ways, way{a.Name, b.Name})
			}
		}
	}
	return ways
}
