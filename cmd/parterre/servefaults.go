package main

import (
	"errors"
	"log/slog"

	"github.com/spf13/pflag"

	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/clockfault"
	"github.com/parterre/parterre/raftlog/disk/diskfault"
)

// registerFaults makes the flags by which `parterre bench chaos` breaks a node on purpose. They are hidden, since nobody
// else has a use for them.
func (c *serveConfig) registerFaults(f *pflag.FlagSet) {
	f.StringVar(&c.FaultDisk, "fault-disk", "", "file that says how this node's disk misbehaves; for tests (package raftlog/disk/diskfault)")
	f.StringVar(&c.FaultClock, "fault-clock", "", "file that says how this node's clock misbehaves; for tests (package cluster/clockfault)")
	for _, name := range []string{"fault-disk", "fault-clock"} {
		f.Lookup(name).Hidden = true
	}
}

// breakOnPurpose puts the faults of the hidden flags under a node. The faults are followed until end is called.
func (c *serveConfig) breakOnPurpose(node *cluster.Config, log *slog.Logger) (end func(), err error) {
	var closers []func()
	end = func() {
		for _, c := range closers {
			c()
		}
	}
	unread := func(err error) { log.Error("a file of faults is not followed", "error", err) }
	if c.FaultDisk != "" {
		disk, diskErr := diskfault.Follow(c.FaultDisk, unread)
		if diskErr == nil {
			closers = append(closers, disk.Close)
			node.WrapDisk = disk.Wrap()
			log.Warn("this node's disk misbehaves on purpose", "file", c.FaultDisk)
		}
		err = errors.Join(err, diskErr)
	}
	if c.FaultClock != "" {
		clock, clockErr := clockfault.Follow(c.FaultClock, unread)
		if clockErr == nil {
			closers = append(closers, clock.Close)
			node.ClockMillis = clock.Millis
			log.Warn("this node's clock misbehaves on purpose", "file", c.FaultClock)
		}
		err = errors.Join(err, clockErr)
	}
	if err != nil {
		end()
		return nil, err
	}
	return end, nil
}
