package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/parterre/parterre/bench/replay"
)

// roomFlags say which waiting room a replay puts in front of its events.
type roomFlags struct {
	mode              string
	maxInside         string
	admitPerMinute    string
	before, patience  time.Duration
	enter, idle, stay time.Duration
	target            time.Duration
}

// auto has the replay choose a limit by the number of places.
const auto = "auto"

func (r *roomFlags) add(f *pflag.FlagSet) {
	f.StringVar(&r.mode, "room", "off", "put a waiting room in front of every event: random, fifo, or off. Use a trace without one (bench trace --admit 0)")
	f.StringVar(&r.maxInside, "room-max-inside", auto, "places inside, or auto: as many as come in three minutes")
	f.StringVar(&r.admitPerMinute, "room-admit-per-minute", auto, "let in in a minute of the trace, or auto: one a second for each 800 places")
	f.DurationVar(&r.before, "room-opens-after", -1, "when the room opens in the trace; who is there by then is drawn in mode random. Default 30s in mode random, else 0s")
	f.DurationVar(&r.enter, "room-enter-within", 2*time.Minute, "how long a call is good for, in the trace's time")
	f.DurationVar(&r.idle, "room-idle", 5*time.Minute, "a session lapses so long after its last command, in the trace's time")
	f.DurationVar(&r.stay, "room-stay", 15*time.Minute, "a session lapses after this time at the latest, in the trace's time")
	f.DurationVar(&r.patience, "room-patience", 10*time.Minute, "how long after the trace's end those who wait still do, in the trace's time")
	f.DurationVar(&r.target, "room-target-commit", 0, "propose-to-commit p99 above which the room slows; 0 = the node's own")
}

func (r *roomFlags) check(s replay.Speed) error {
	if r.mode == "off" {
		return nil
	}
	if r.mode != replay.Random && r.mode != replay.FIFO {
		return fmt.Errorf("--room: %q is none of random, fifo and off", r.mode)
	}
	if s == replay.Max {
		return fmt.Errorf("--room: at --speed max the trace's times mean nothing, and so does waiting")
	}
	for name, value := range map[string]string{"--room-max-inside": r.maxInside, "--room-admit-per-minute": r.admitPerMinute} {
		if n, err := strconv.ParseInt(value, 10, 64); value != auto && (err != nil || n < 1) {
			return fmt.Errorf("%s: %q is neither auto nor a positive number", name, value)
		}
	}
	if r.enter <= 0 || r.idle <= 0 || r.stay <= 0 || r.patience < 0 || r.target < 0 {
		return fmt.Errorf("--room-enter-within, --room-idle, --room-stay, --room-patience, --room-target-commit: want positive values")
	}
	return nil
}

// rooms are the flags for so many places; nil = off. They are checked.
func (r *roomFlags) rooms(places int64) *replay.Rooms {
	if r.mode == "off" {
		return nil
	}
	rooms := replay.AutoRooms(r.mode, places)
	if n, err := strconv.ParseInt(r.admitPerMinute, 10, 64); err == nil {
		rooms.PerMinute = n
	}
	if n, err := strconv.ParseInt(r.maxInside, 10, 64); err == nil {
		rooms.MaxInside = n
	}
	if r.before >= 0 {
		rooms.Before = r.before
	}
	rooms.EnterWithin, rooms.Idle, rooms.Stay, rooms.Patience, rooms.TargetCommit = r.enter, r.idle, r.stay, r.patience, r.target
	return rooms
}

// line is the flags as a reader can type them.
func (r *roomFlags) line() string {
	if r.mode == "off" {
		return ""
	}
	line := " --room " + r.mode + " --room-max-inside " + r.maxInside + " --room-admit-per-minute " + r.admitPerMinute
	if r.before >= 0 {
		line += " --room-opens-after " + r.before.String()
	}
	return line
}
