package cluster

import (
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// fastFail answers a hold or sale of chosen seats without the log if this node leads and its view shows one of them as
// sold; nil means that the log decides. It is advisory: a view is up to 50 ms old, so that a seat whose order was just
// cancelled may still look sold; it never grants anything. Held seats do not count, since they come free all the time.
// A caller's key switches it off: an answer under such a key must be remembered.
func (n *Node) fastFail(part *partition, c *command.Command) *command.Result {
	q := &c.Request
	if n.cfg.NoFastFail || c.Kind != command.KindEvent || q.CallerKey || len(q.Add.Seats) == 0 ||
		(q.Op != seatmap.OpHold && q.Op != seatmap.OpSale) || !leads(part.group.Lead()) {
		return nil
	}
	event, ok := part.machine.Event(c.Event)
	if !ok {
		return nil
	}
	view, ok := event.Current()
	if !ok {
		return nil // it would go on refusing what came free long ago
	}
	now := n.cfg.ClockMillis()
	config := view.Config()
	if config.State != seatmap.SaleOn || (config.SaleOpensMillis != 0 && now < config.SaleOpensMillis) ||
		(config.SaleClosesMillis != 0 && now >= config.SaleClosesMillis) {
		return nil // another refusal goes first, and the log gives it
	}
	var sold []string
	plan := view.Plan()
	for _, label := range q.Add.Seats {
		slot, ok := plan.Slot(label)
		if !ok || plan.IsTable(slot) {
			return nil // unknown seats go first, too
		}
		if view.Status(slot) == seatmap.StatusSold {
			sold = append(sold, label)
		}
	}
	if sold == nil {
		return nil
	}
	n.metrics.fastFailed.Inc()
	return &command.Result{
		Index: view.AppliedIndex, NowMillis: now,
		Answer: seatmap.Answer{Code: seatmap.CodeSeatUnavailable, Revision: view.Revision(), Labels: sold},
	}
}
