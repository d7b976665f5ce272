package transport

import (
	"time"

	"github.com/hashicorp/raft"
)

// pump hands RPCs to Raft's main loop one at a time, which is how the main loop takes them, and sees each answer
// before the peer does. So it knows what the main loop said last, in order, without a goroutine per RPC.
func (t *Transport) pump() {
	defer close(t.pumpEnded)
	answers := make(chan raft.RPCResponse, 1)
	for {
		var rpc raft.RPC
		select {
		case rpc = <-t.net.Consumer():
		case rpc = <-t.heartbeats:
		case <-t.copies:
			request := t.aside.takeCopy()
			if request == nil {
				continue
			}
			rpc = raft.RPC{Command: request, RespChan: make(chan raft.RPCResponse, 1)}
		case <-t.closing:
			return
		}
		if !t.serve(rpc, answers) {
			return
		}
	}
}

// serve returns false if the transport closed before the main loop answered.
func (t *Transport) serve(rpc raft.RPC, answers chan raft.RPCResponse) bool {
	epoch := t.aside.before(rpc.Command)
	select {
	case t.toRaft <- raft.RPC{Command: rpc.Command, Reader: rpc.Reader, RespChan: answers}:
	case <-t.closing:
		return false
	}
	select {
	case answer := <-answers:
		t.aside.after(rpc.Command, answer, epoch, time.Now())
		rpc.RespChan <- answer // has room for one
		return true
	case <-t.closing:
		return false
	}
}

// heartbeat is called by the network transport on the goroutine of the leader's connection, in place of Raft's own
// handler. The main loop comes first; only if it is busy, an answer aside may stand in.
func (t *Transport) heartbeat(rpc raft.RPC) {
	select {
	case t.heartbeats <- rpc:
		return
	default:
	}
	waited := time.NewTimer(patience)
	defer waited.Stop()
	select {
	case t.heartbeats <- rpc:
		return
	case <-t.closing:
		return
	case <-waited.C:
	}
	request, ok := rpc.Command.(*raft.AppendEntriesRequest)
	if ok {
		if answer, ok := t.aside.answer(request, time.Now()); ok {
			select {
			case t.copies <- struct{}{}:
			default: // one is pending, and takes the newest copy
			}
			rpc.Respond(answer, nil)
			return
		}
	}
	select {
	case t.heartbeats <- rpc:
	case <-t.closing:
	}
}
