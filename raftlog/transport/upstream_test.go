package transport_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/transport"
)

// onBoth runs the test over the upstream transport and over ours.
func onBoth(t *testing.T, test func(t *testing.T, trans closer, guarded bool)) {
	t.Run("bare", func(t *testing.T) { test(t, newBare(t), false) })
	t.Run("guarded", func(t *testing.T) { test(t, newTransport(t, transport.Options{}), true) })
}

// TestUpstream695_AHeartbeatNeverRaisesTheTermUnderTheMainLoop: n1 wins term T; before its main loop has looked up the
// term it leads, a heartbeat of the leader of term T+1 arrives. Upstream handles it on the network goroutine, and the
// main loop goes on to write an entry in a term that it never led.
func TestUpstream695_AHeartbeatNeverRaisesTheTermUnderTheMainLoop(t *testing.T) {
	onBoth(t, func(t *testing.T, trans closer, guarded bool) {
		n2, n3 := newPeer(t, "n2"), newPeer(t, "n3")
		n2.serve(t)
		n3.serve(t)
		c := config("n1", 100*time.Millisecond)
		won := make(chan bool) // Raft's main loop waits here between winning and leading
		c.NotifyCh = won
		log := raft.NewInmemStore()
		node := startNode(t, trans, c, log, raft.Server{ID: "n2", Address: n2.LocalAddr()}, raft.Server{ID: "n3", Address: n3.LocalAddr()})

		eventually(t, "n1 wins", func() bool { return node.State() == raft.Leader })
		term := node.CurrentTerm()
		beaten := make(chan error, 1)
		go func() {
			_, err := n2.beat(trans.LocalAddr(), term+1)
			beaten <- err
		}()
		if !guarded {
			if err := <-beaten; err != nil {
				t.Fatal(err)
			}
		} else {
			select {
			case <-beaten:
				t.Fatal("answered while the main loop was busy")
			case <-time.After(100 * time.Millisecond):
			}
		}
		ended := make(chan struct{})
		defer close(ended)
		go func() {
			for {
				select {
				case <-won:
				case <-ended:
					return
				}
			}
		}()
		const first = 2 // entry 1 is the configuration
		var entry raft.Log
		eventually(t, "an entry", func() bool { return log.GetLog(first, &entry) == nil })
		if guarded {
			if entry.Term != term {
				t.Fatalf("n1 leads term %d and wrote an entry of term %d", term, entry.Term)
			}
			if err := <-beaten; err != nil {
				t.Fatal(err)
			}
			eventually(t, "n1 follows the newer term", func() bool { return node.CurrentTerm() > term })
		} else if entry.Term == term {
			t.Fatal("the upstream fault is gone: is the guard still needed?")
		}
	})
}

// TestUpstream612_ARefusalNeverEndsReplication: a follower refuses now and then while entries keep coming. Upstream, a
// pipeline that meets a refusal may wait for itself; heartbeats go on, entries do not.
func TestUpstream612_ARefusalNeverEndsReplication(t *testing.T) {
	const (
		refuseEvery = 10
		refusals    = 20 // each wedges a pipeline with a chance near one half
		silence     = time.Second
	)
	onBoth(t, func(t *testing.T, trans closer, guarded bool) {
		n2, n3 := newPeer(t, "n2"), newPeer(t, "n3")
		var appends, refused, last, lastNanos atomic.Int64
		n2.append = func(request *raft.AppendEntriesRequest) *raft.AppendEntriesResponse {
			if len(request.Entries) == 0 {
				return nil
			}
			time.Sleep(2 * time.Millisecond) // a disk: meanwhile more entries come
			lastNanos.Store(time.Now().UnixNano())
			if appends.Add(1)%refuseEvery == 0 {
				refused.Add(1)
				return &raft.AppendEntriesResponse{
					RPCHeader: n2.header(), Term: request.Term, LastLog: request.PrevLogEntry, NoRetryBackoff: true,
				}
			}
			last.Store(int64(request.Entries[len(request.Entries)-1].Index))
			return nil
		}
		n2.serve(t)
		n3.serve(t)
		node := startNode(t, trans, config("n1", time.Second), raft.NewInmemStore(),
			raft.Server{ID: "n2", Address: n2.LocalAddr()}, raft.Server{ID: "n3", Address: n3.LocalAddr()})
		eventually(t, "n1 leads", func() bool { return node.State() == raft.Leader })

		lastNanos.Store(time.Now().UnixNano())
		eventually(t, "refusals, or a wedge", func() bool {
			for range 20 {
				if err := node.Apply([]byte("seat"), time.Minute).Error(); err != nil {
					t.Fatal(err)
				}
			}
			if guarded { // a starved machine is silent, too; a wedge is for ever
				return refused.Load() >= refusals
			}
			return time.Since(time.Unix(0, lastNanos.Load())) > silence
		})
		if !guarded {
			return // eventually has seen the wedge
		}
		eventually(t, "n2 has everything", func() bool { return uint64(last.Load()) >= node.LastIndex() })
	})
}

func TestUpstream612_ThereIsNoPipeline(t *testing.T) {
	trans := newTransport(t, transport.Options{})
	if _, err := trans.AppendEntriesPipeline("n2", "127.0.0.1:1"); !errors.Is(err, raft.ErrPipelineReplicationNotSupported) {
		t.Fatalf("AppendEntriesPipeline says: %v", err)
	}
}
