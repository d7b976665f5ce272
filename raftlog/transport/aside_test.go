package transport_test

import (
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/transport"
)

const (
	leaderTerm = 7
	lastBefore = 40 // LastLog that the main loop answers first
	lastAfter  = 41 // LastLog that the main loop answers later: tells its answers from those given aside
)

// follower is a transport whose main loop the test plays, and its leader.
type follower struct {
	*transport.Transport
	t      *testing.T
	leader *peer
}

func newFollower(t *testing.T, o transport.Options) *follower {
	return &follower{newTransport(t, o), t, newPeer(t, "n2")}
}

// next is what the main loop gets next.
func (f *follower) next() raft.RPC {
	f.t.Helper()
	select {
	case rpc := <-f.Consumer():
		return rpc
	case <-time.After(time.Minute):
		f.t.Fatal("nothing reached the main loop")
		return raft.RPC{}
	}
}

func (f *follower) succeed(rpc raft.RPC, lastLog uint64) {
	f.t.Helper()
	request, ok := rpc.Command.(*raft.AppendEntriesRequest)
	if !ok {
		f.t.Fatalf("the main loop got a %T", rpc.Command)
	}
	rpc.Respond(&raft.AppendEntriesResponse{
		RPCHeader: raft.RPCHeader{ProtocolVersion: 3, ID: []byte("n1"), Addr: []byte(f.LocalAddr())},
		Term:      request.Term, LastLog: lastLog, Success: true,
	}, nil)
}

type beatResult struct {
	answer raft.AppendEntriesResponse
	err    error
}

func (f *follower) beat(from *peer, term uint64) <-chan beatResult {
	result := make(chan beatResult, 1)
	go func() {
		answer, err := from.beat(f.LocalAddr(), term)
		result <- beatResult{answer, err}
	}()
	return result
}

// wantAnswer waits for the answer to a heartbeat.
func (f *follower) wantAnswer(result <-chan beatResult, lastLog uint64) {
	f.t.Helper()
	select {
	case r := <-result:
		if r.err != nil || !r.answer.Success || r.answer.LastLog != lastLog || string(r.answer.ID) != "n1" {
			f.t.Fatalf("answer is %+v, %v; want success with last log %d", r.answer, r.err, lastLog)
		}
	case <-time.After(time.Minute):
		f.t.Fatal("no answer")
	}
}

// follow lets the main loop accept the leader once, then makes it busy with a command of its own.
func (f *follower) follow() {
	f.t.Helper()
	first := f.beat(f.leader, leaderTerm)
	f.succeed(f.next(), lastBefore)
	f.wantAnswer(first, lastBefore)
}

// occupy gives the main loop entries to write, and returns that RPC: it is busy until the answer.
func (f *follower) occupy() (busy raft.RPC, sent <-chan error) {
	f.t.Helper()
	result := make(chan error, 1)
	go func() {
		var answer raft.AppendEntriesResponse
		result <- f.leader.AppendEntries("", f.LocalAddr(), &raft.AppendEntriesRequest{
			RPCHeader: f.leader.header(), Term: leaderTerm, PrevLogEntry: lastBefore, PrevLogTerm: 1,
			Entries: []*raft.Log{{Index: lastAfter, Term: leaderTerm}},
		}, &answer)
	}()
	return f.next(), result
}

// wantMainLoop: a heartbeat sent while the main loop is busy is answered by the main loop, not aside.
func (f *follower) wantMainLoop(busy raft.RPC, from *peer, term uint64, free func(raft.RPC)) {
	f.t.Helper()
	result := f.beat(from, term)
	select {
	case r := <-result:
		f.t.Fatalf("answered aside: %+v, %v", r.answer, r.err)
	case <-time.After(100 * time.Millisecond): // ten times the transport's patience
	}
	free(busy)
	f.succeed(f.next(), lastAfter)
	f.wantAnswer(result, lastAfter)
}

func TestAHeartbeatGoesThroughAFreeMainLoop(t *testing.T) {
	f := newFollower(t, transport.Options{})
	f.follow()
	result := f.beat(f.leader, leaderTerm)
	f.succeed(f.next(), lastAfter)
	f.wantAnswer(result, lastAfter)
}

func TestAHeartbeatIsAnsweredAsideWhileTheMainLoopIsBusy(t *testing.T) {
	f := newFollower(t, transport.Options{})
	f.follow()
	busy, sent := f.occupy()
	for range 5 {
		f.wantAnswer(f.beat(f.leader, leaderTerm), lastBefore)
	}
	f.succeed(busy, lastAfter)
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	// One copy of the five reaches the main loop, and then nothing more.
	f.succeed(f.next(), lastAfter)
	select {
	case rpc := <-f.Consumer():
		t.Fatalf("another copy: %+v", rpc.Command)
	case <-time.After(50 * time.Millisecond):
	}
	// The newest answer of the main loop is the one repeated from then on.
	busy, sent = f.occupy()
	f.wantAnswer(f.beat(f.leader, leaderTerm), lastAfter)
	f.succeed(busy, lastAfter)
	<-sent
	f.succeed(f.next(), lastAfter)
}

func TestNothingIsAnsweredAsideBeforeTheMainLoopAcceptedTheLeader(t *testing.T) {
	f := newFollower(t, transport.Options{})
	busy, sent := f.occupy()
	f.wantMainLoop(busy, f.leader, leaderTerm, func(rpc raft.RPC) { f.succeed(rpc, lastBefore) })
	<-sent
}

func TestAnotherTermOrLeaderIsNotAnsweredAside(t *testing.T) {
	for name, from := range map[string]struct {
		id   raft.ServerID
		term uint64
	}{
		"older term": {"n2", leaderTerm - 1},
		"newer term": {"n2", leaderTerm + 1},
		"other node": {"n3", leaderTerm},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFollower(t, transport.Options{})
			f.follow()
			busy, sent := f.occupy()
			other := f.leader
			if from.id != other.id {
				other = newPeer(t, from.id)
			}
			f.wantMainLoop(busy, other, from.term, func(rpc raft.RPC) { f.succeed(rpc, lastBefore) })
			<-sent
		})
	}
}

func TestARefusalByTheMainLoopIsNoGrant(t *testing.T) {
	f := newFollower(t, transport.Options{})
	first := f.beat(f.leader, leaderTerm)
	rpc := f.next()
	rpc.Respond(&raft.AppendEntriesResponse{
		RPCHeader: raft.RPCHeader{ProtocolVersion: 3, ID: []byte("n1")}, Term: leaderTerm + 1,
	}, nil)
	<-first
	busy, sent := f.occupy()
	f.wantMainLoop(busy, f.leader, leaderTerm, func(rpc raft.RPC) { f.succeed(rpc, lastBefore) })
	<-sent
}

// While the main loop decides about a vote in a higher term, and from then on, the old leader hears nothing aside.
func TestAVoteForAHigherTermEndsAnsweringAside(t *testing.T) {
	f := newFollower(t, transport.Options{})
	f.follow()
	candidate := newPeer(t, "n3")
	voted := make(chan error, 1)
	go func() {
		var answer raft.RequestVoteResponse
		voted <- candidate.RequestVote("", f.LocalAddr(), &raft.RequestVoteRequest{
			RPCHeader: candidate.header(), Term: leaderTerm + 1,
		}, &answer)
	}()
	f.wantMainLoop(f.next(), f.leader, leaderTerm, func(rpc raft.RPC) {
		rpc.Respond(&raft.RequestVoteResponse{Term: leaderTerm + 1, Granted: true}, nil)
	})
	if err := <-voted; err != nil {
		t.Fatal(err)
	}
}

func TestAPreVoteChangesNothing(t *testing.T) {
	f := newFollower(t, transport.Options{})
	f.follow()
	candidate := newPeer(t, "n3")
	asked := make(chan error, 1)
	go func() {
		var answer raft.RequestPreVoteResponse
		asked <- candidate.RequestPreVote("", f.LocalAddr(), &raft.RequestPreVoteRequest{
			RPCHeader: candidate.header(), Term: leaderTerm + 1,
		}, &answer)
	}()
	rpc := f.next()
	if _, ok := rpc.Command.(*raft.RequestPreVoteRequest); !ok {
		t.Fatalf("the main loop got a %T", rpc.Command)
	}
	f.wantAnswer(f.beat(f.leader, leaderTerm), lastBefore)
	rpc.Respond(&raft.RequestPreVoteResponse{}, nil)
	if err := <-asked; err != nil {
		t.Fatal(err)
	}
	f.succeed(f.next(), lastAfter) // the copy
}

func TestStandingForElectionEndsAnsweringAside(t *testing.T) {
	for name, stand := range map[string]func(f *follower){
		"a raised term": func(f *follower) { f.TermRaised(leaderTerm + 1) },
		"a pre-vote sent": func(f *follower) {
			_ = f.RequestPreVote("", f.LocalAddr()+"0", &raft.RequestPreVoteRequest{}, &raft.RequestPreVoteResponse{})
		},
		"a vote asked for": func(f *follower) {
			_ = f.RequestVote("", f.LocalAddr()+"0", &raft.RequestVoteRequest{}, &raft.RequestVoteResponse{})
		},
		"a leadership handed over": func(f *follower) {
			go func() {
				_ = f.leader.TimeoutNow("", f.LocalAddr(), &raft.TimeoutNowRequest{RPCHeader: f.leader.header()}, &raft.TimeoutNowResponse{})
			}()
			rpc := f.next()
			rpc.Respond(&raft.TimeoutNowResponse{}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFollower(t, transport.Options{})
			f.follow()
			// The main loop is busy already, so that its next success comes too late to count.
			stand(f)
			waiting, sent := f.occupy()
			f.wantMainLoop(waiting, f.leader, leaderTerm, func(rpc raft.RPC) { f.succeed(rpc, lastBefore) })
			<-sent
		})
	}
}

// The main loop's answer was formed, then the term was raised, then the answer is seen: it proves nothing any more.
func TestAnAnswerFromBeforeARaisedTermIsNoGrant(t *testing.T) {
	f := newFollower(t, transport.Options{})
	first := f.beat(f.leader, leaderTerm)
	rpc := f.next()
	f.TermRaised(leaderTerm + 1)
	f.succeed(rpc, lastBefore)
	f.wantAnswer(first, lastBefore)
	busy, sent := f.occupy()
	f.wantMainLoop(busy, f.leader, leaderTerm, func(rpc raft.RPC) { f.succeed(rpc, lastBefore) })
	<-sent
}

func TestADeadMainLoopIsNotVouchedForLongerThanTheLimit(t *testing.T) {
	f := newFollower(t, transport.Options{AsideLimit: 200 * time.Millisecond})
	f.follow()
	busy, sent := f.occupy()
	var silent <-chan beatResult
	eventually(t, "a heartbeat without an answer", func() bool {
		silent = f.beat(f.leader, leaderTerm)
		select {
		case <-silent:
			return false
		case <-time.After(time.Second):
			return true
		}
	})
	f.succeed(busy, lastAfter)
	<-sent
	for range 2 { // the heartbeat, and perhaps before it a copy of an earlier one
		select {
		case rpc := <-f.Consumer():
			f.succeed(rpc, lastAfter)
		case <-time.After(100 * time.Millisecond):
		}
	}
	f.wantAnswer(silent, lastAfter)
}
