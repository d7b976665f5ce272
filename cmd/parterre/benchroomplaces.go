package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/wire"
)

const (
	placesInside  = 5
	placesMost    = 400 // visitors: that many places are freed at most
	enterWithin   = 60 * time.Second
	placeWanted   = 300.0 // ms
	leaveInterval = 40 * time.Millisecond
)

// places measures how long after a place was freed the next visitor is called: from before the leave was sent, by this
// machine's clock, to the call, by the log's.
func (b *roomBench) places(ctx context.Context) error {
	return withNodes(b.logStore, b.verbose, b.std, func(cluster *nodes.Cluster) error {
		s, err := roomEvent(ctx, cluster, map[string]any{
			"mode": "fifo", "max_inside": placesInside, "admit_per_minute": 0, "target_commit_ms": 0, "enter_within_seconds": int(enterWithin.Seconds()),
		})
		if err != nil {
			return err
		}
		defer s.api.Close()
		door := newRoomDoor(cluster.Nodes[0], s.names[0])
		defer door.conn.Close()
		visitors, err := door.join(placesMost)
		if err != nil {
			return err
		}
		delays, err := freePlaces(ctx, door, visitors, b.duration)
		if err != nil {
			return err
		}
		if len(delays) == 0 {
			return fmt.Errorf("no place was freed in %s", b.duration)
		}
		slices.Sort(delays)
		at := func(share float64) float64 {
			return float64(delays[int(share*float64(len(delays)-1))].Microseconds()) / 1000
		}
		b.say("  %d freed places were given within: p50 %.0f ms, p90 %.0f ms, p99 %.0f ms, at most %.0f ms", len(delays), at(.5), at(.9), at(.99), at(1))
		b.atMost("Waiting room", "a freed place is given, longest", placeWanted, "ms", at(1))
		return nil
	})
}

// freePlaces has visitor after visitor enter and leave. Called in order and all free at once, the k-th leave frees the place
// of the visitor who stands placesInside behind.
func freePlaces(ctx context.Context, door *roomDoor, visitors []roomStanding, d time.Duration) (delays []time.Duration, err error) {
	slices.SortFunc(visitors, func(a, b roomStanding) int { return cmp.Compare(a.Number, b.Number) })
	until := time.Now().Add(d)
	for k := 0; k+placesInside < len(visitors) && time.Now().Before(until); k++ {
		if _, err := calledAt(ctx, door, &visitors[k]); err != nil {
			return delays, err
		}
		if err := door.ask(wire.Post, "/visitors/me/enter", visitors[k].Token, struct{}{}, nil); err != nil {
			return delays, err
		}
		if err := sleep(ctx, leaveInterval); err != nil {
			return delays, err
		}
		freed := time.Now()
		if err := door.ask(wire.Post, "/visitors/me/leave", visitors[k].Token, struct{}{}, nil); err != nil {
			return delays, err
		}
		called, err := calledAt(ctx, door, &visitors[k+placesInside])
		if err != nil {
			return delays, err
		}
		delays = append(delays, max(0, called.Sub(freed)))
	}
	return delays, nil
}

// calledAt polls until a visitor is called, and says when that was by the log's clock.
func calledAt(ctx context.Context, door *roomDoor, v *roomStanding) (time.Time, error) {
	const patience, pause = 10 * time.Second, 5 * time.Millisecond
	for until := time.Now().Add(patience); time.Now().Before(until); {
		var s roomStanding
		if err := door.ask(wire.Get, "/visitors/me", v.Token, nil, &s); err != nil {
			return time.Time{}, err
		}
		if s.State == "ready" {
			by, err := time.Parse(time.RFC3339, s.EnterBy)
			return by.Add(-enterWithin), err
		}
		if err := sleep(ctx, pause); err != nil {
			return time.Time{}, err
		}
	}
	return time.Time{}, fmt.Errorf("number %d was not called within %s of the place before it being free", v.Number, patience)
}
