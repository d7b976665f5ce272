package transport_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk/diskfault"
	"github.com/parterre/parterre/raftlog/transport"
)

func TestASnapshotTravels(t *testing.T) {
	f := newFollower(t, transport.Options{})
	content := strings.Repeat("seats", 1<<20)
	sent := make(chan error, 1)
	go func() {
		var answer raft.InstallSnapshotResponse
		err := f.leader.InstallSnapshot("", f.LocalAddr(), &raft.InstallSnapshotRequest{
			RPCHeader: f.leader.header(), SnapshotVersion: 1, Term: leaderTerm, Size: int64(len(content)),
		}, &answer, strings.NewReader(content))
		if err == nil && !answer.Success {
			err = errors.New("refused")
		}
		sent <- err
	}()
	rpc := f.next()
	got, err := io.ReadAll(rpc.Reader)
	if err != nil || string(got) != content {
		t.Fatalf("%d bytes arrived, %v", len(got), err)
	}
	rpc.Respond(&raft.InstallSnapshotResponse{Success: true}, nil)
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

// Close must not wait for a peer that takes an RPC and never answers, nor for a main loop that has gone.
func TestCloseCutsWhatIsUnderWay(t *testing.T) {
	f := newFollower(t, transport.Options{Timeout: time.Hour})
	silent := newPeer(t, "n3") // nobody serves it
	asking := make(chan error, 1)
	go func() {
		asking <- f.AppendEntries("", silent.LocalAddr(), &raft.AppendEntriesRequest{}, &raft.AppendEntriesResponse{})
	}()
	<-silent.Consumer()
	f.follow()
	_, sent := f.occupy()
	beat := f.beat(newPeer(t, "n4"), leaderTerm+1) // waits for the main loop

	closed := make(chan error, 1)
	go func() { closed <- errors.Join(f.Close(), f.Close()) }()
	for what, result := range map[string]<-chan error{"Close": closed, "own RPC": asking, "leader's RPC": sent} {
		select {
		case err := <-result:
			if (err != nil) == (what == "Close") {
				t.Fatalf("%s: %v", what, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s hangs", what)
		}
	}
	if r := <-beat; r.err == nil {
		t.Fatalf("a heartbeat was answered by a closed transport: %+v", r.answer)
	}
}

func TestAnRPCToAPeerThatNeverAnswersTimesOut(t *testing.T) {
	trans := newTransport(t, transport.Options{Timeout: 50 * time.Millisecond})
	silent := newPeer(t, "n2")
	err := trans.AppendEntries("", silent.LocalAddr(), &raft.AppendEntriesRequest{}, &raft.AppendEntriesResponse{})
	if err == nil {
		t.Fatal("answered by nobody")
	}
}

func TestConnectionsThatAreKeptAreLetGo(t *testing.T) {
	trans := newTransport(t, transport.Options{})
	peer := newPeer(t, "n2")
	go func() {
		for {
			select {
			case rpc := <-peer.Consumer():
				rpc.Respond(&raft.AppendEntriesResponse{Success: true}, nil)
			case <-t.Context().Done():
				return
			}
		}
	}()
	ask := func() error {
		return trans.AppendEntries("", peer.LocalAddr(), &raft.AppendEntriesRequest{}, &raft.AppendEntriesResponse{})
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	if n := trans.Connections(); n != 1 {
		t.Fatalf("%d connections are kept, want 1", n)
	}
	trans.Renew()
	if n := trans.Connections(); n != 0 {
		t.Fatalf("%d connections are kept after that, want none", n)
	}
	if err := ask(); err != nil {
		t.Errorf("the next RPC: %v", err)
	}
}

// Until the answer Raft takes no entries: it must not be waited for as long as for other RPCs.
func TestAFollowerThatDoesNotSayThatItStandsIsNotWaitedForLong(t *testing.T) {
	trans := newTransport(t, transport.Options{Timeout: time.Hour})
	silent := newPeer(t, "n2")
	err := trans.TimeoutNow("", silent.LocalAddr(), &raft.TimeoutNowRequest{}, &raft.TimeoutNowResponse{})
	if !errors.Is(err, transport.ErrHandover) {
		t.Fatalf("got %v", err)
	}
	if err := trans.Close(); err != nil { // and this ends what is under way
		t.Fatal(err)
	}
	if err := trans.TimeoutNow("", silent.LocalAddr(), &raft.TimeoutNowRequest{}, &raft.TimeoutNowResponse{}); !errors.Is(err, raft.ErrTransportShutdown) {
		t.Errorf("a closed transport: %v", err)
	}
}

// couple is a leader and its only follower, so that the lease hangs on this follower alone.
func couple(t *testing.T, o transport.Options) (leader *raft.Raft, followersDisk *diskfault.Faults) {
	t.Helper()
	trans := [2]*transport.Transport{newTransport(t, o), newTransport(t, o)}
	servers := [2]raft.Server{{ID: "n1", Address: trans[0].LocalAddr()}, {ID: "n2", Address: trans[1].LocalAddr()}}
	var nodes [2]*raft.Raft
	var disks [2]*diskfault.Faults
	for i := range nodes {
		disks[i] = &diskfault.Faults{}
		nodes[i] = startNode(t, trans[i], config(servers[i].ID, 800*time.Millisecond), disks[i].Log(raft.NewInmemStore()), servers[1-i])
	}
	lead := -1
	eventually(t, "a leader", func() bool {
		for i, node := range nodes {
			if node.State() == raft.Leader {
				lead = i
			}
		}
		return lead >= 0
	})
	if err := nodes[lead].Barrier(time.Minute).Error(); err != nil {
		t.Fatal(err)
	}
	return nodes[lead], disks[1-lead]
}

func TestALeaderKeepsItsLeadWhileAFollowersDiskIsSlow(t *testing.T) {
	leader, disk := couple(t, transport.Options{})
	term := leader.CurrentTerm()
	release := disk.Stall(diskfault.Append)
	t.Cleanup(release)
	decided := leader.Apply([]byte("seat"), time.Second)
	time.AfterFunc(1500*time.Millisecond, release) // almost four leases
	if err := decided.Error(); err != nil {
		t.Fatalf("not decided: %v", err)
	}
	if leader.State() != raft.Leader || leader.CurrentTerm() != term {
		t.Fatalf("the leader of term %d is now %s in term %d", term, leader.State(), leader.CurrentTerm())
	}
}

func TestALeaderNoticesAFollowerWhoseDiskHangs(t *testing.T) {
	leader, disk := couple(t, transport.Options{AsideLimit: 300 * time.Millisecond})
	t.Cleanup(disk.Stall(diskfault.Append))
	leader.Apply([]byte("seat"), time.Second)
	eventually(t, "the leader steps down", func() bool { return leader.State() != raft.Leader })
}
