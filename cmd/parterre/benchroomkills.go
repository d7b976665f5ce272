package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/replay"
)

// When leaders are killed, in the trace's time.
const (
	firstKill    = 30 * time.Second
	betweenKills = 60 * time.Second
	afterKills   = time.Minute
)

// killLeaders replays a rush through a room that keeps the order of arrival, while leader after leader is killed.
func (b *roomBench) killLeaders(ctx context.Context) error {
	room := rushRoom
	room.mode = replay.FIFO
	k := &leaderKills{}
	lasts := firstKill + time.Duration(b.kills)*betweenKills + afterKills
	name := fmt.Sprintf("in order of arrival, through the room and %d killed leaders", b.kills)
	if _, err := b.oneRush(ctx, name, rushUsers, lasts, room, func(r *replayRun) []replay.Fault { return k.faults(r, b.kills) }); err != nil {
		return err
	}
	if k.done != b.kills {
		return fmt.Errorf("only %d of %d leaders were killed before the rush was over", k.done, b.kills)
	}
	return nil
}

// leaderKills kills leader after leader, each when the one before is back.
type leaderKills struct {
	mu   sync.Mutex
	kill leaderKill
	done int
}

func (k *leaderKills) faults(r *replayRun, kills int) (faults []replay.Fault) {
	k.kill.cluster = r.cluster
	for i := range kills {
		faults = append(faults, replay.Fault{At: firstKill + time.Duration(i)*betweenKills, Break: func(ctx context.Context) (string, error) {
			k.mu.Lock()
			defer k.mu.Unlock()
			if err := k.kill.wait(ctx); err != nil { // else nobody might lead
				return "", err
			}
			k.kill.api, k.kill.event = r.api, r.events[0].Name
			what, err := k.kill.kill(ctx)
			if err == nil {
				k.done++
			}
			return what, err
		}})
	}
	return faults
}
