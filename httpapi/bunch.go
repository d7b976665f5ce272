package httpapi

import (
	"slices"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
)

// bunch is the operations of one partition that travel together, or those of a stream that were refused by their form.
// It is used again for others, unless its Many is spent.
type bunch struct {
	many     cluster.Many
	tags     []tag     // one for each command
	refusals []refusal // these have no command
	room     room      // of the commands' lists
	chunk    *chunk    // of a stream: the bytes that the commands' texts alias
	next     *bunch    // in a list
}

// tag is what is needed beside a command to write its answer.
type tag struct {
	id   string // of a stream: as it was sent
	kind *operationKind
	seed seatmap.ID // of a made key; zero = the caller's, or none
}

// refusal is an operation that was refused before it was a command.
type refusal struct {
	id      string // "" = not known
	problem *problem
	kind    *operationKind // nil = not known
}

// add makes room for another command, and empties it.
func (b *bunch) add() *command.Command {
	n := len(b.many.Commands)
	b.many.Commands = slices.Grow(b.many.Commands, 1)[:n+1]
	clear(b.many.Commands[n:]) // in place: an assignment would copy
	return &b.many.Commands[n]
}

// reset empties the bunch for another use.
func (b *bunch) reset() {
	b.many.Commands = b.many.Commands[:0]
	clear(b.refusals)
	b.tags, b.refusals = b.tags[:0], b.refusals[:0]
	b.room.reset()
	b.chunk, b.next = nil, nil
}
