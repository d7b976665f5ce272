package raftlog

import (
	"errors"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/raftlog/disk/diskfault"
)

// A leader whose disk fails or hangs must not answer any more, must say so once, and must not keep its process from
// ending; the others go on.
func TestALeaderWithABadDiskStopsAndTheOthersGoOn(t *testing.T) {
	for name, spoil := range map[string]func(*diskfault.Faults) (release func()){
		"write fails": func(f *diskfault.Faults) func() { f.Fail(diskfault.Append, 0, syscall.ENOSPC); return func() {} },
		"write hangs": func(f *diskfault.Faults) func() { return f.Stall(diskfault.Append) },
	} {
		t.Run(name, func(t *testing.T) {
			var faults [3]diskfault.Faults
			var fatal [3]atomic.Int32
			s := newStage(t, "bolt", func(node int, c *Config) {
				c.WrapDisk, c.stallLimit = faults[node].Wrap(), 2*time.Second // a sound disk keeps it on a starved machine too
				c.OnFatal = func(error) { fatal[node].Add(1) }
			})
			s.openEvent("opening", 100, 480)
			bad := s.leader()
			release := spoil(&faults[bad])
			defer release()
			answered := make(chan *Batch, 1)
			b := &Batch{Commands: []command.Command{hold("opening", 1, 1)}, Done: func(b *Batch) { answered <- b }}
			if err := s.nodes[bad].group.Submit(b); err != nil {
				t.Fatal(err)
			}
			until(t, "the node says that it must stop", func() bool { return fatal[bad].Load() == 1 })
			// What a node does then: it cuts its network and exits.
			s.network.isolate(byte(bad))
			if b, err := s.try(s.leader(bad), hold("opening", 1, 1)); err != nil || b.Results[0].Answer.Code != seatmap.CodeOK {
				t.Errorf("the others: %v", err)
			}
			n := s.nodes[bad]
			n.running = false
			closed := make(chan error, 1)
			go func() { closed <- n.group.Close() }()
			select { // though the disk is as bad as it was
			case err := <-closed:
				t.Logf("close: %v", err)
			case <-time.After(patience):
				t.Error("a group with a bad disk does not close")
			}
			release()
			if b := <-answered; !errors.Is(b.Err, ErrOutcomeUnknown) || b.Decided != 0 {
				t.Errorf("the entry on the bad disk: %v", b.Err)
			}
			until(t, "the loop ends", func() bool {
				select {
				case <-n.group.proposer.done:
					return true
				default:
					return false
				}
			})
			n.machine.Stop()
			if fatal[bad].Load() != 1 {
				t.Errorf("told %d times", fatal[bad].Load())
			}
		})
	}
}
