package raftlog

import (
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/waitroom"
)

// Steering of waiting rooms: what the leader measures decides how fast shoppers are let in, so that a room slows before the
// shop behind it hurts. Additive increase, multiplicative decrease (Chiu and Jain, "Analysis of the increase and decrease
// algorithms for congestion avoidance", 1989).
const (
	steerTicks = 5   // expiry ticks from one look to the next: half a second
	steerRooms = 256 // per look
	fullRate   = 1_000
	leastRate  = 50  // thousandths: the room never stops for this
	rateUp     = 50  // thousandths, added where all is well
	rateDown   = 700 // thousandths, multiplied where it is not
	// fullQueue is the share of a proposer's queue, one part in so many, past which all is not well, however fast entries are.
	fullQueue = 4
)

// latencies counts how long entries took, in half octaves of microseconds, since it was last looked at.
type latencies struct {
	counts [2 * 32]atomic.Uint32
}

func (l *latencies) note(took time.Duration) {
	l.counts[halfOctave(uint64(max(took.Microseconds(), 1)))].Add(1)
}

// halfOctave is twice the binary logarithm, rounded down.
func halfOctave(v uint64) int {
	octave := min(bits.Len64(v)-1, 31)
	if octave > 0 && v>>(octave-1)&1 == 1 {
		return 2*octave + 1
	}
	return 2 * octave
}

// p99 is an upper bound of the 99th percentile, and forgets what it looked at; 0 if there was nothing.
func (l *latencies) p99() time.Duration {
	var counts [len(l.counts)]uint32
	total := uint64(0)
	for i := range l.counts {
		counts[i] = l.counts[i].Swap(0)
		total += uint64(counts[i])
	}
	if total == 0 {
		return 0
	}
	above := total / 100
	for i := len(counts) - 1; i >= 0; i-- {
		if n := uint64(counts[i]); n > above {
			return upperMicros(i)
		} else {
			above -= n
		}
	}
	return 0
}

// upperMicros is the end of a half octave.
func upperMicros(i int) time.Duration {
	low := uint64(1) << (i / 2)
	if i%2 == 0 {
		return time.Duration(low+low/2) * time.Microsecond
	}
	return time.Duration(2*low) * time.Microsecond
}

// steerer tells the rooms of a partition what share of their rate the cluster stands.
type steerer struct {
	machine  *actors.Partition
	proposer *proposer
	ticks    int
}

// append adds a command for each room whose share changes, at every steerTicks-th call.
func (s *steerer) append(commands []command.Command) []command.Command {
	if s.ticks++; s.ticks%steerTicks != 0 {
		return commands
	}
	p99 := s.proposer.latencies.p99()
	full := s.proposer.depth() > s.proposer.queueMax/fullQueue
	for _, room := range s.machine.SteeredRooms(steerRooms) {
		next := min(room.Pressure+rateUp, fullRate)
		if full || p99 > room.Target {
			next = max(room.Pressure*rateDown/1_000, leastRate)
		}
		if next != room.Pressure {
			commands = append(commands, command.Command{
				Kind: command.KindRoom, Event: room.Event, Room: &waitroom.Request{Op: waitroom.OpTick, Pressure: next},
			})
		}
	}
	return commands
}
