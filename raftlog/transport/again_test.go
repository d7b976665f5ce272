package transport_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/transport"
)

// everyRPC are those that are made again.
func everyRPC(trans *transport.Transport, to *peer) map[string]func() error {
	header := raft.RPCHeader{ProtocolVersion: 3, ID: []byte("n1"), Addr: []byte(trans.LocalAddr())}
	return map[string]func() error{
		"AppendEntries": func() error {
			return trans.AppendEntries("", to.LocalAddr(), &raft.AppendEntriesRequest{RPCHeader: header, Term: leaderTerm}, &raft.AppendEntriesResponse{})
		},
		"RequestVote": func() error {
			return trans.RequestVote("", to.LocalAddr(), &raft.RequestVoteRequest{RPCHeader: header, Term: leaderTerm}, &raft.RequestVoteResponse{})
		},
		"RequestPreVote": func() error {
			return trans.RequestPreVote("", to.LocalAddr(), &raft.RequestPreVoteRequest{RPCHeader: header, Term: leaderTerm}, &raft.RequestPreVoteResponse{})
		},
		"TimeoutNow": func() error {
			return trans.TimeoutNow("", to.LocalAddr(), &raft.TimeoutNowRequest{RPCHeader: header}, &raft.TimeoutNowResponse{})
		},
	}
}

// Raft would send the entries again only after its CommitTimeout, and lose the vote.
func TestAnRPCThatMeetsBrokenConnectionsIsMadeAgain(t *testing.T) {
	for name := range everyRPC(newTransport(t, transport.Options{}), newPeer(t, "n9")) {
		t.Run(name, func(t *testing.T) {
			trans, to := newTransport(t, transport.Options{}), newPeer(t, "n2")
			rpc := everyRPC(trans, to)[name]
			// As many at once as connections are kept: then that many are.
			var asking sync.WaitGroup
			for range 3 {
				asking.Go(func() {
					if err := rpc(); err != nil {
						t.Error(err)
					}
				})
			}
			var first []raft.RPC
			for range 3 {
				first = append(first, <-to.Consumer())
			}
			for _, r := range first {
				r.Respond(to.answer(r.Command), nil)
			}
			asking.Wait()
			if n := trans.Connections(); n != 3 {
				t.Fatalf("%d connections are kept, want 3", n)
			}
			to.serve(t)
			// The peer lets go of each after one RPC more: the next one over it finds it closed.
			to.CloseStreams()
			for i := range 8 {
				if err := rpc(); err != nil {
					t.Errorf("RPC %d after the peer let go of its connections: %v", i, err)
				}
			}
		})
	}
}

func TestAPeerThatRefusesOrDoesNotAnswerIsAskedOnce(t *testing.T) {
	trans, to := newTransport(t, transport.Options{Timeout: 100 * time.Millisecond}), newPeer(t, "n2")
	ask := everyRPC(trans, to)["AppendEntries"]
	outcome := make(chan error, 1)
	for _, c := range []struct {
		how    string
		answer func(raft.RPC)
	}{
		{"refuses", func(r raft.RPC) { r.Respond(&raft.AppendEntriesResponse{}, errors.New("no")) }},
		{"does not answer", func(raft.RPC) {}},
	} {
		go func() { outcome <- ask() }()
		c.answer(<-to.Consumer())
		select {
		case r := <-to.Consumer():
			t.Fatalf("a peer that %s is asked again: %+v", c.how, r.Command)
		case err := <-outcome:
			if err == nil {
				t.Errorf("a peer that %s: no error", c.how)
			}
		}
	}
}
