package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/parterre/parterre/bench/queue"
	"github.com/parterre/parterre/bench/wire"
)

// Rooms are the waiting rooms that a replay puts in front of its events. Times are the trace's: the speed shortens them.
type Rooms struct {
	Mode string // random or fifo
	// Before is how long after the trace's start the rooms open. Who comes until then is drawn in mode random.
	Before    time.Duration
	MaxInside int64
	// PerMinute is how many are let in in a minute of the trace.
	PerMinute               int64
	EnterWithin, Idle, Stay time.Duration
	TargetCommit            time.Duration // 0 = the node's default; not shortened
	Patience                time.Duration // how long after the trace's last action those who wait still do

	enterWithin, idle, stays, perMinute int64 // seconds and heads as the speed has them
}

// The modes.
const (
	Random = "random"
	FIFO   = "fifo"
)

// How AutoRooms chooses: one in a second for each placesPerEntry places, as package trace's `--admit` does, and room inside
// for as many as come in the time that a shopper usually stays.
const (
	placesPerEntry = 800
	usualStay      = 3 * time.Minute
	leastInside    = 20
)

// AutoRooms are rooms for so many places, as `--admit` of a trace would have modelled them.
func AutoRooms(mode string, places int64) *Rooms {
	r := &Rooms{
		Mode: mode, PerMinute: max(60, places*60/placesPerEntry), EnterWithin: 2 * time.Minute, Idle: 5 * time.Minute, Stay: 15 * time.Minute,
		Patience: 10 * time.Minute,
	}
	r.MaxInside = max(leastInside, r.PerMinute*int64(usualStay/time.Minute))
	if mode == Random {
		r.Before = 30 * time.Second
	}
	return r
}

// check completes what the speed decides.
func (r *Rooms) check(s Speed) error {
	switch {
	case r.Mode != Random && r.Mode != FIFO:
		return fmt.Errorf("%w: mode %q is neither %s nor %s", ErrRoom, r.Mode, Random, FIFO)
	case s == Max:
		return fmt.Errorf("%w: at speed max the trace's times mean nothing, and so does waiting", ErrRoom)
	case r.MaxInside < 1 || r.PerMinute < 1 || r.Before < 0 || r.EnterWithin <= 0 || r.Idle <= 0 || r.Stay <= 0:
		return fmt.Errorf("%w: its limits and times must be positive", ErrRoom)
	}
	seconds := func(d time.Duration) int64 { return int64((s.shorten(d) + time.Second - 1) / time.Second) }
	r.enterWithin, r.idle, r.stays = max(leastLimitSeconds, seconds(r.EnterWithin)), max(leastLimitSeconds, seconds(r.Idle)), max(leastLimitSeconds, seconds(r.Stay))
	r.perMinute = max(1, int64(float64(r.PerMinute)*float64(s)))
	return nil
}

// leastLimitSeconds is the least time that a room gives anybody at any speed: answers and polls are not faster.
const leastLimitSeconds = 10

// roomLead is how long before the replay's start the rooms are set up at the latest.
const roomLead = 500 * time.Millisecond

// openRooms sets a room up in front of every event. They open at a time after the replay's start, which it returns.
func (e *engine) openRooms(ctx context.Context, r *Rooms) (start time.Time, err error) {
	start = time.Now().Add(roomLead)
	opens := start.Add(e.speed.shorten(r.Before))
	conn := wire.New(e.addrs[0], wire.Options{TLS: e.tls})
	defer conn.Close()
	stop := context.AfterFunc(ctx, conn.Interrupt)
	defer stop()
	body, err := json.Marshal(r.settings(opens))
	if err != nil {
		return start, err
	}
	for _, event := range e.stage.Events {
		answer, err := conn.Do(&wire.Request{Method: wire.Put, Path: append(bytes.Clone(event.path), "/room"...), Body: body})
		if err != nil {
			return start, fmt.Errorf("replay: room of %s: %w", event.Name, err)
		}
		if answer.Status >= 300 {
			return start, fmt.Errorf("%w of %s: %d %s", ErrRoom, event.Name, answer.Status, answer.Body)
		}
		e.door.line.Rooms = append(e.door.line.Rooms, queue.Room{
			Event: event.Name, Mode: r.Mode, MaxInside: r.MaxInside, PerMinute: r.perMinute, IdleSeconds: r.idle, StaySeconds: r.stays,
			Opens: int64(opens.Sub(start)),
		})
	}
	return start, nil
}

// settings are the rooms' as the API has them.
func (r *Rooms) settings(opens time.Time) map[string]any {
	const form = "2006-01-02T15:04:05.000Z07:00"
	s := map[string]any{
		"mode": r.Mode, "opens_at": opens.UTC().Format(form), "max_inside": r.MaxInside, "admit_per_minute": r.perMinute,
		"enter_within_seconds": r.enterWithin, "idle_seconds": r.idle, "stay_seconds": r.stays,
	}
	if r.TargetCommit > 0 {
		s["target_commit_ms"] = r.TargetCommit.Milliseconds()
	}
	return s
}
