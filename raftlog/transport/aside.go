package transport

import (
	"bytes"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// aside knows when a heartbeat may be answered in place of Raft's main loop, and with what. doc.go has the argument.
type aside struct {
	limit time.Duration

	mu sync.Mutex
	// grant is the newest success the main loop gave a leader; nil = nothing may be answered aside.
	grant *grant
	// epoch counts every event after which an older answer of the main loop proves nothing. A grant is made only if
	// its RPC was handed over in the current epoch.
	epoch uint64
	// lastAnswer is when the main loop last answered anything.
	lastAnswer time.Time
	// copy is the newest heartbeat answered aside that the main loop has not got yet.
	copy *raft.AppendEntriesRequest
}

type grant struct {
	term     uint64
	id, addr []byte // of the leader
	answer   raft.AppendEntriesResponse
}

func newGrant(request *raft.AppendEntriesRequest, answer *raft.AppendEntriesResponse) *grant {
	return &grant{term: request.Term, id: request.ID, addr: request.Addr, answer: *answer}
}

func (g *grant) holdsFor(request *raft.AppendEntriesRequest) bool {
	return g.term == request.Term && bytes.Equal(g.id, request.ID) && bytes.Equal(g.addr, request.Addr) &&
		g.answer.ProtocolVersion == request.ProtocolVersion
}

// answer says what Raft would say to a heartbeat, if that is certain, and keeps a copy for the main loop.
func (a *aside) answer(request *raft.AppendEntriesRequest, now time.Time) (*raft.AppendEntriesResponse, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.grant == nil || !a.grant.holdsFor(request) || now.Sub(a.lastAnswer) > a.limit {
		return nil, false
	}
	a.copy = request
	answer := a.grant.answer
	return &answer, true
}

func (a *aside) takeCopy() *raft.AppendEntriesRequest {
	a.mu.Lock()
	defer a.mu.Unlock()
	request := a.copy
	a.copy = nil
	return request
}

// before is called with every RPC just before the main loop can see it. It ends the grant if the main loop may leave
// the leader's term because of it, and returns the epoch for after.
func (a *aside) before(command any) uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.grant != nil && endsGrant(a.grant.term, command) {
		a.endGrant()
	}
	return a.epoch
}

// endsGrant: whatever can raise the term or make a candidate. A pre-vote changes nothing in the voter.
func endsGrant(term uint64, command any) bool {
	switch command := command.(type) {
	case *raft.AppendEntriesRequest:
		return command.Term > term
	case *raft.RequestVoteRequest:
		return command.Term > term
	case *raft.InstallSnapshotRequest:
		return command.Term > term
	case *raft.RequestPreVoteRequest:
		return false
	default:
		return true // TimeoutNow, and what a newer Raft may add
	}
}

// after is called with every answer of the main loop before the peer gets it.
func (a *aside) after(command any, answer raft.RPCResponse, epoch uint64, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lastAnswer = now
	request, isAppend := command.(*raft.AppendEntriesRequest)
	if !isAppend {
		return
	}
	response, ok := answer.Response.(*raft.AppendEntriesResponse)
	if !ok || answer.Error != nil || !response.Success || response.Term != request.Term {
		return
	}
	if epoch == a.epoch {
		a.grant = newGrant(request, response)
	}
}

// distrust ends the grant: this node stands for election.
func (a *aside) distrust() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.endGrant()
}

// raise ends the grant if the node's term is about to pass it.
func (a *aside) raise(term uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	// The epoch moves even without a grant: one for the old term may be on its way.
	if a.grant == nil || term > a.grant.term {
		a.endGrant()
	}
}

func (a *aside) endGrant() {
	a.grant, a.copy = nil, nil
	a.epoch++
}
