package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/parterre/parterre/actors/waitroom"
)

// The crowd of the part core.
const (
	crowdVisitors  = 1_000_000
	crowdSeconds   = 60
	crowdInside    = 100_000
	crowdTick      = 100 // ms
	crowdStock     = 10_000_000
	crowdJoinBlock = 64
	crowdAfter     = 120
	mebi           = 1 << 20
	stateLimitMiB  = 64
	someMoment     = 1_800_000_000_000
	joinsWanted    = 100_000
	stateTolerance = 1.05
	crowdStays     = 3600
)

// core measures the state machine by itself, in this process.
func (b *roomBench) core(ctx context.Context) error {
	perSecond := joinsPerSecond()
	b.say("  joins, a command for each: %.0f/s", perSecond)
	b.atLeast("Waiting room, core", "joins a second, a command for each", joinsWanted, "joins/s", perSecond)
	few, err := b.crowd(ctx, crowdInside)
	if err != nil {
		return err
	}
	many, err := b.crowd(ctx, crowdVisitors)
	if err != nil {
		return err
	}
	b.atMost("Waiting room, a million visitors", "state at 100,000 inside", stateLimitMiB, "MiB", many.heap)
	b.say("  state with %d waiting / with nobody waiting: %.3f of the bytes on disk", many.waiting, float64(many.bytes)/float64(few.bytes))
	b.atMost("Waiting room, a million visitors", "encoded state, million ÷ nobody waiting", stateTolerance, "×", float64(many.bytes)/float64(few.bytes))
	return nil
}

func crowdRoomConfig() *waitroom.Config {
	return &waitroom.Config{
		Mode: waitroom.ModeRandom, OpensMillis: someMoment + crowdSeconds*1000/2, MaxInside: crowdInside, EnterWithinSeconds: crowdStays,
		IdleSeconds: crowdStays, StaySeconds: crowdStays, TokenLifeSeconds: 24 * 3600, PublicShare: 1,
	}
}

func newCrowdRoom() *waitroom.Room {
	r := waitroom.New()
	r.Do(someMoment, &waitroom.Request{Op: waitroom.OpPut, Config: crowdRoomConfig(), Seed: [32]byte{1}, Secret: [32]byte{2}}, waitroom.Stock{Free: crowdStock}, &waitroom.Answer{})
	return r
}

func joinsPerSecond() float64 {
	r, a := newCrowdRoom(), waitroom.Answer{}
	start := time.Now()
	for range crowdVisitors {
		r.Do(someMoment+1, &waitroom.Request{Op: waitroom.OpJoin, Count: 1}, waitroom.Stock{Free: crowdStock}, &a)
	}
	return crowdVisitors / time.Since(start).Seconds()
}

// crowded is what a crowd came to.
type crowded struct {
	heap    float64 // MiB
	bytes   int64
	waiting uint64
}

// crowd has so many visitors join within a minute of log time, half of it before the draw. Everybody polls as often as told;
// whoever is called enters, until the room is full.
func (b *roomBench) crowd(ctx context.Context, visitors int) (*crowded, error) {
	before := heapBytes()
	r, stock := newCrowdRoom(), waitroom.Stock{Free: crowdStock}
	polls := make([][]uint32, (crowdSeconds+crowdAfter)*1000/crowdTick) // by tick: who asks then
	var a waitroom.Answer
	start, asked, entered, given := time.Now(), 0, 0, 0
	for tick := range polls {
		now := someMoment + int64(tick)*crowdTick
		if n := min(visitors*(tick+1)*crowdTick/(crowdSeconds*1000), visitors) - given; n > 0 {
			r.Do(now, &waitroom.Request{Op: waitroom.OpJoin, Count: uint32(n)}, stock, &a)
			for i := range n {
				polls[min(tick+1+i%10, len(polls)-1)] = append(polls[min(tick+1+i%10, len(polls)-1)], uint32(given+i))
			}
			given += n
		}
		r.Advance(now, stock)
		picture := r.Picture()
		for _, number := range polls[tick] {
			s := picture.Status(waitroom.PublicLane, uint64(number), now)
			asked++
			if s.State == waitroom.StateReady {
				r.Do(now, &waitroom.Request{Op: waitroom.OpEnter, Number: uint64(number), Buyer: uint64(number) + 1}, stock, &a)
				entered++
				continue
			}
			if next := tick + int(s.PollAfterSeconds)*1000/crowdTick; next < len(polls) {
				polls[next] = append(polls[next], number)
			}
		}
		polls[tick] = nil
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	took := time.Since(start).Seconds()
	clear(polls)
	polls = nil
	f := r.Picture().Figures()
	c := &crowded{heap: (heapBytes() - before) / mebi, waiting: f.Waiting[0]}
	n := &countBytes{}
	frozen := r.Freeze()
	err := frozen.Encode(n)
	frozen.Release()
	c.bytes = n.n
	if int(f.Inside) != min(crowdInside, visitors) {
		err = errors.Join(err, fmt.Errorf("%d are inside, not %d", f.Inside, crowdInside))
	}
	b.say("  %d joined in %d s of log time, %d statuses told, %d entered, in %.1f s; then %d inside, %d waiting: %.1f MiB of heap, %.1f MiB on disk",
		given, crowdSeconds, asked, entered, took, f.Inside, c.waiting, c.heap, float64(c.bytes)/mebi)
	runtime.KeepAlive(r)
	return c, err
}

func heapBytes() float64 {
	runtime.GC()
	runtime.GC() // what the first one let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// countBytes counts what is written.
type countBytes struct{ n int64 }

var _ io.Writer = (*countBytes)(nil)

func (c *countBytes) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
