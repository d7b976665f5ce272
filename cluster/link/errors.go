package link

import (
	"errors"

	"github.com/parterre/parterre/raftlog"
)

// What a caller of Forward and Exchange is told, besides the errors of raftlog.
var (
	// ErrUnreachable promises that nothing was proposed: the peer is not connected, the connection was lost before the
	// batch was written, or the peer did not take it. Another node may be asked.
	ErrUnreachable = errors.New("link: peer not reachable, nothing was sent")
	// ErrMalformed promises that nothing was proposed: the peer could not read a command of the frame.
	ErrMalformed = errors.New("link: the peer could not read the commands")
	// ErrExchangeTooLarge says that a payload is longer than MaxExchangeBytes.
	ErrExchangeTooLarge = errors.New("link: exchange payload too large")
)

// ErrFrame says that what came over a connection is not a frame of this format. The connection is closed.
var ErrFrame = errors.New("link: malformed frame")

// ErrFlooded says that a peer sends without reading its answers. The connection is closed.
var ErrFlooded = errors.New("link: the peer does not read its answers")

// code is a refusal in an answer frame. Numbers stand on the wire: never renumber, only append.
type code uint8

const (
	codeNone           code = 0 // every command was decided
	codeNotLeader      code = 1
	codeOverloaded     code = 2
	codeOutcomeUnknown code = 3
	codeHalted         code = 4
	codeRefused        code = 5 // nothing was proposed, for another reason
	codeExpired        code = 6 // the deadline had passed on arrival: nothing was proposed
	codeMalformed      code = 7
	codeTooLarge       code = 8
)

// codeOf is how an error of the local group travels. What Submit refused at once was never proposed, whatever it says.
func codeOf(err error, atOnce bool) code {
	switch {
	case err == nil:
		return codeNone
	case errors.Is(err, raftlog.ErrOutcomeUnknown):
		return codeOutcomeUnknown
	case errors.Is(err, raftlog.ErrNotLeader), errors.Is(err, raftlog.ErrClosed):
		return codeNotLeader // to another node, a closed group is one that does not lead
	case errors.Is(err, raftlog.ErrOverloaded):
		return codeOverloaded
	case errors.Is(err, raftlog.ErrHalted):
		return codeHalted
	case errors.Is(err, raftlog.ErrTooLarge):
		return codeTooLarge
	case atOnce:
		return codeRefused
	}
	return codeOutcomeUnknown
}

// err is what the asking side makes of a code. What it does not know may mean anything.
func (c code) err() error {
	switch c {
	case codeNone:
		return nil
	case codeNotLeader:
		return raftlog.ErrNotLeader
	case codeOverloaded:
		return raftlog.ErrOverloaded
	case codeHalted:
		return raftlog.ErrHalted
	case codeRefused, codeExpired:
		return ErrUnreachable
	case codeMalformed:
		return ErrMalformed
	case codeTooLarge:
		return raftlog.ErrTooLarge
	}
	return raftlog.ErrOutcomeUnknown
}
