package redis

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/parterre/parterre/bench/peers"
)

// noNotifications: this server has no maintenance to tell of.
var noNotifications = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}

// seatBytes is the length of a hold's id.
const seatBytes = 8

// rewriteTimeout bounds the shrinking of the append-only file between measurements.
const rewriteTimeout = 30 * time.Second

// Fresh empties the server, makes the events' seats, and lets the append-only file begin anew.
func (s *server) Fresh(ctx context.Context, _ string, events int, _ bool) error {
	if err := s.control.FlushAll(ctx).Err(); err != nil {
		return err
	}
	for event := range events {
		end := int64(s.setup.Hall.Seats() * seatBytes)
		if err := s.control.SetRange(ctx, seatsKey+strconv.Itoa(event), end-1, "\x00").Err(); err != nil {
			return err
		}
	}
	if err := s.control.BgRewriteAOF(ctx).Err(); err != nil {
		return err
	}
	return peers.Await(ctx, rewriteTimeout, func(ctx context.Context) error {
		info, err := s.control.InfoMap(ctx, "persistence").Result()
		if err != nil {
			return err
		}
		if p := info["Persistence"]; p["aof_rewrite_in_progress"] != "0" || p["aof_rewrite_scheduled"] != "0" {
			return fmt.Errorf("redis: %w: the append-only file is being rewritten", peers.ErrNotReady)
		}
		return nil
	}, s.process)
}

// scanCount is how many holds are read at once for the totals.
const scanCount = 1000

// Totals reads every hold and every seat: an order counts the tickets whose seat names it as its owner.
func (s *server) Totals(ctx context.Context) (t peers.Totals, err error) {
	keys, err := s.control.Keys(ctx, seatsKey+"*").Result()
	if err != nil {
		return t, err
	}
	for _, key := range keys {
		seats, err := s.control.Get(ctx, key).Result()
		if err != nil {
			return t, err
		}
		if err := count(ctx, s.control, holdsKey+key[len(seatsKey):], seats, &t); err != nil {
			return t, err
		}
	}
	return t, nil
}

func count(ctx context.Context, control *redis.Client, key, seats string, t *peers.Totals) error {
	sold, seen := make(map[int]bool), make(map[string]bool) // a scan may give an order more than once
	iterator := control.HScan(ctx, key, 0, "", scanCount).Iterator()
	for iterator.Next(ctx) {
		id := iterator.Val()
		if !iterator.Next(ctx) {
			break
		}
		var first, quantity int
		var deadline int64
		var ref string
		if n, _ := fmt.Sscanf(iterator.Val(), "o%d %d %d %s", &deadline, &first, &quantity, &ref); n != 4 {
			continue // not confirmed
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		t.Orders++
		for seat := first; seat < first+quantity; seat++ {
			if sold[seat] {
				t.Twice++
			}
			sold[seat] = true
			if seats[seat*seatBytes:(seat+1)*seatBytes] == id {
				t.Tickets++
			}
		}
	}
	return iterator.Err()
}
