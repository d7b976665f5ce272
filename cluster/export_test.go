package cluster

import (
	"github.com/cespare/xxhash/v2"

	"github.com/parterre/parterre/raftlog"
)

// FailStop is what a group calls when its disk fails.
func (n *Node) FailStop(reason error) { n.failStop(reason) }

// SubmitLocal is what a peer's forwarded batch comes to.
func (n *Node) SubmitLocal(partition uint32, b *raftlog.Batch) error {
	return submitter{n}.SubmitLocal(partition, b)
}

// WriteStage makes the folder of a node whose formation was interrupted at a stage.
func WriteStage(c Config, s string) error {
	c = c.withDefaults()
	f, err := openFolder(&c)
	if err != nil {
		return err
	}
	defer f.unlock()
	if err := f.advance(stageFounding); err != nil {
		return err
	}
	if err := f.bootstrapGroups(); err != nil {
		return err
	}
	return f.advance(stage(s))
}

// InFlight is the number of the event's commands under way at this node.
func (n *Node) InFlight(event string) int {
	return int(n.inflight.slots[xxhash.Sum64String(event)%inflightSlots].Load())
}

// Halt stops this node's replica of a partition, as a differing state hash does.
func (n *Node) Halt(partition uint32, reason error) { n.parts[partition].machine.Halt(reason) }

// Answer is what a peer's message comes to.
func (n *Node) Answer(payload string) string { return string(n.answer([]byte(payload))) }
