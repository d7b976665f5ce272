package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/clustertest"
	"github.com/parterre/parterre/raftlog"
)

func wantStartError(t *testing.T, err error, words ...string) {
	t.Helper()
	var refusal *cluster.StartError
	if !errors.As(err, &refusal) {
		t.Fatalf("want a StartError, got %v", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("want it to say %q: %v", w, err)
		}
	}
}

func TestThreeNodesFormAClusterInAnyOrder(t *testing.T) {
	t.Parallel() // it mostly waits
	for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}} {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			c := clustertest.New(t, 3)
			var wg sync.WaitGroup
			for at, i := range order {
				wg.Go(func() {
					time.Sleep(time.Duration(at) * 150 * time.Millisecond)
					if err := c.StartNode(within(t, long), i); err != nil {
						t.Errorf("%s: %v", c.Name(i), err)
					}
				})
			}
			wg.Wait()
			if t.Failed() {
				t.FailNow()
			}
			c.WaitReady()
			c.MakeEvent("opening", 10)
			decided(t, c.Node(order[2]), clustertest.Hold("opening", "S-1"), seatmap.CodeOK)
		})
	}
}

func TestOneNodeAloneIsACluster(t *testing.T) {
	c := clustertest.Start(t, 1)
	c.MakeEvent("opening", 10)
	h := clustertest.Hold("opening", "S-1")
	decided(t, c.Node(0), h, seatmap.CodeOK)
	c.Kill(0)
	c.Restart(0)
	decided(t, c.Node(0), clustertest.GetHold("opening", h.Request.ID), seatmap.CodeOK)
}

// Two of three are a majority, but which of them is on its first start, and which lost its disk, only the third knows.
func TestAClusterIsNotFormedWithoutAllItsFounders(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.New(t, 3)
	short := within(t, 700*time.Millisecond)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			wantStartError(t, c.StartNode(short, i), "the cluster was not formed", "n3: ", "Start all founding members")
		})
	}
	wg.Wait()
	c.StartAll()
	c.WaitReady()
}

func TestANodeThatLostItsDiskIsRefusedInWords(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	c.Kill(2)
	c.Wipe(2)
	wantStartError(t, c.StartNode(within(t, long), 2),
		"of node n3 is empty", "formed and counts n3 as a voter", "its disk was lost or replaced, or the wrong --data was given",
		"will not start from nothing", "start with it", "member remove n3", "member add NEW")
	// What is left of the cluster does not care.
	decided(t, c.Node(0), clustertest.Hold("opening", "S-1"), seatmap.CodeOK)
}

// A node that was stopped between writing its groups and opening them goes on where it was.
func TestAnInterruptedFormationIsResumed(t *testing.T) {
	t.Parallel() // it mostly waits
	for _, stage := range []string{"founding", "bootstrapped"} {
		t.Run(stage, func(t *testing.T) {
			c := clustertest.New(t, 3)
			for i := range 3 {
				stopAt(t, c, i, stage)
			}
			c.StartAll()
			c.WaitReady()
			c.MakeEvent("opening", 10)
		})
	}
}

// stopAt makes what a node leaves that stopped at the stage: groups that were never open, or were half written.
func stopAt(t *testing.T, c *clustertest.Cluster, i int, stage string) {
	t.Helper()
	if err := cluster.WriteStage(c.Config(i), stage); err != nil {
		t.Fatal(err)
	}
	if stage == "founding" {
		if err := os.WriteFile(filepath.Join(c.Dir(i), "partitions", "1", "half"), []byte("written"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFormedNodeStartsWithoutTheOthers(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 10)
	for i := range 3 {
		c.Kill(i)
	}
	c.Restart(0)
	if n := c.Node(0); n.Ready() {
		t.Errorf("ready alone: %+v", n.Checks())
	}
	c.Restart(1)
	c.WaitReady() // two are a majority
	decided(t, c.Node(1), clustertest.Hold("opening", "S-1"), seatmap.CodeOK)
}

func TestNothingIsLostWhenAllAreKilled(t *testing.T) {
	c := clustertest.Start(t, 3)
	c.MakeEvent("opening", 1_000)
	r := rush(t, "opening", 4, 300, c.Nodes()...)
	r.waitFor(c, 300)
	r.stop()
	for i := range 3 {
		c.Kill(i)
	}
	c.StartAll()
	c.WaitReady()
	r.audit(t, c.Node(1))
	c.WaitSame()
}

func TestAFormedNodeWithoutAPartitionsDataIsRefused(t *testing.T) {
	c := clustertest.Start(t, 1)
	c.Stop(0)
	if err := os.RemoveAll(filepath.Join(c.Dir(0), "partitions", "1")); err != nil {
		t.Fatal(err)
	}
	wantStartError(t, c.StartNode(within(t, long), 0), "partition 1 of the formed node n1 has no data", "will not start empty")
}

// A node that was given another list of members runs another cluster, and never talks to this one.
func TestANodeOfAnotherClusterIsRefused(t *testing.T) {
	t.Parallel() // it mostly waits
	c := clustertest.Start(t, 3)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := c.Config(0)
	config.Node, config.Dir, config.Listener = "stranger", t.TempDir(), l
	config.Members = append([]raftlog.Member{{Node: "stranger", Peer: l.Addr().String()}}, config.Members[:2]...)
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	n, err := cluster.Start(ctx, config)
	if err == nil {
		t.Fatal("the stranger started: ", n.Close())
	}
	wantStartError(t, err, "n1: ", "runs with another --cluster or --partitions")
	for _, n := range c.Nodes() {
		if !n.Ready() {
			t.Errorf("%s: %+v", n.Name(), n.Checks())
		}
	}
}
