package disk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
	"github.com/parterre/parterre/raftlog/disk/diskfault"
	"github.com/parterre/parterre/raftlog/disk/hclogslog"
)

// trio is three nodes in memory, each with a disk that can hang.
type trio struct {
	nodes  map[raft.ServerID]*raft.Raft
	trans  map[raft.ServerID]*raft.InmemTransport
	faults map[raft.ServerID]*diskfault.Faults
}

func newTrio(t *testing.T, logOf func(id raft.ServerID, faults *diskfault.Faults, cutOff func()) raft.LogStore) *trio {
	t.Helper()
	c := &trio{map[raft.ServerID]*raft.Raft{}, map[raft.ServerID]*raft.InmemTransport{}, map[raft.ServerID]*diskfault.Faults{}}
	for _, server := range members().Servers {
		_, c.trans[server.ID] = raft.NewInmemTransport(server.Address)
		c.faults[server.ID] = &diskfault.Faults{}
	}
	for _, a := range members().Servers {
		for _, b := range members().Servers {
			c.trans[a.ID].Connect(b.Address, c.trans[b.ID])
		}
	}
	for _, server := range members().Servers {
		config := raft.DefaultConfig()
		config.LocalID, config.Logger = server.ID, hclogslog.New(nil, "")
		config.HeartbeatTimeout, config.ElectionTimeout = 200*time.Millisecond, 200*time.Millisecond
		config.LeaderLeaseTimeout, config.CommitTimeout = 100*time.Millisecond, 10*time.Millisecond
		log := logOf(server.ID, c.faults[server.ID], func() { c.cutOff(server) })
		stable, snapshots := raft.NewInmemStore(), raft.NewInmemSnapshotStore()
		if err := raft.BootstrapCluster(config, log, stable, snapshots, c.trans[server.ID], members()); err != nil {
			t.Fatal(err)
		}
		node, err := raft.NewRaft(config, machine{}, log, stable, snapshots, c.trans[server.ID])
		if err != nil {
			t.Fatal(err)
		}
		c.nodes[server.ID] = node
		t.Cleanup(func() { stop(t, node) })
	}
	return c
}

// cutOff is what a node does on OnFatal: it closes its peer port.
func (c *trio) cutOff(server raft.Server) {
	for id, trans := range c.trans {
		if id == server.ID {
			trans.DisconnectAll()
		} else {
			trans.Disconnect(server.Address)
		}
	}
}

// leader waits until two nodes other than except agree on a leader other than except.
func (c *trio) leader(within time.Duration, except raft.ServerID) (raft.ServerID, error) {
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		votes := map[raft.ServerID]int{}
		for id, node := range c.nodes {
			if id == except {
				continue
			}
			if _, leader := node.LeaderWithID(); leader != "" && leader != except && c.nodes[leader].State() == raft.Leader {
				if votes[leader]++; votes[leader] == 2 {
					return leader, nil
				}
			}
		}
	}
	return "", fmt.Errorf("no leader within %s", within)
}

// hangLeader makes the leader's disk hang in the middle of a write.
func (c *trio) hangLeader(t *testing.T) raft.ServerID {
	t.Helper()
	leader, err := c.leader(time.Minute, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.nodes[leader].Barrier(time.Minute).Error(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.faults[leader].Stall(diskfault.Append))
	c.nodes[leader].Apply([]byte("seat"), time.Second)
	return leader
}

// starvedStall is a limit that a sound disk keeps on a starved machine too: a healthy node must not give up.
const starvedStall = 2 * time.Second

// TestUpstream503_ALeaderWhoseDiskHangsLosesItsLead (and raft#666): heartbeats run beside the disk.
func TestUpstream503_ALeaderWhoseDiskHangsLosesItsLead(t *testing.T) {
	t.Run("bare", func(t *testing.T) {
		// On a starved machine heartbeats may be late by themselves, and then another takes over: once is enough.
		const nights = 8
		for range nights {
			c := newTrio(t, func(_ raft.ServerID, faults *diskfault.Faults, _ func()) raft.LogStore {
				return faults.Log(raft.NewInmemStore())
			})
			// Five times the longest a follower waits for a living leader.
			if _, err := c.leader(2*time.Second, c.hangLeader(t)); err != nil {
				return
			}
		}
		t.Fatalf("another took over in each of %d nights: is the watchdog still needed?", nights)
	})
	t.Run("guarded", func(t *testing.T) {
		c := newTrio(t, func(_ raft.ServerID, faults *diskfault.Faults, cutOff func()) raft.LogStore {
			return open(t, disk.Options{
				Dir: t.TempDir(), Kind: disk.KindBolt, Wrap: faults.Wrap(),
				StallLimit: starvedStall, OnFatal: func(error) { cutOff() },
			}).Log
		})
		hung := c.hangLeader(t)
		leader, err := c.leader(time.Minute, hung)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.nodes[leader].Apply([]byte("seat"), time.Minute).Error(); err != nil {
			t.Fatalf("%s does not decide: %v", leader, err)
		}
	})
}
