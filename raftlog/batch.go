package raftlog

import "github.com/parterre/parterre/actors/command"

// Batch is a group of commands with one completion. A batch may be decided in several entries, always in order, and
// shares entries with other batches.
//
// From a successful Submit until Done is called, the batch and everything it points to belong to the group; afterwards
// they are the caller's again, and the group keeps no reference. Results stay valid for as long as the caller keeps
// them: their strings alias the entry's bytes, the chart or the map's arenas, none of which is ever written again. A
// caller that keeps a Result therefore keeps up to one entry's bytes (256 KiB) alive.
//
// A caller that submits the same Batch again keeps Results as they are: their slices are used again, and the road of a
// command allocates nothing. Results of the former round are overwritten then.
type Batch struct {
	Commands []command.Command
	// Results is filled by the group: valid for the first Decided commands; the others have Err. It is made by the group
	// if its capacity is smaller than len(Commands).
	Results []command.Result
	Decided int
	// Err is why the commands from Decided on have no result. ErrNotLeader, ErrHalted and ErrClosed: they were not
	// proposed. ErrOutcomeUnknown: some of them may have been, and may yet be applied.
	Err error
	// Done is called once by the group, from a goroutine that must not be blocked: it is the one that proposes. It may
	// call Submit.
	Done func(*Batch)
}

// reset prepares b for its road.
func (b *Batch) reset() {
	b.Decided, b.Err = 0, nil
	if n := len(b.Commands); cap(b.Results) >= n {
		b.Results = b.Results[:n]
	} else {
		b.Results = make([]command.Result, n)
	}
}
