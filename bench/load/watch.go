package load

import (
	"fmt"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
)

// watch writes a worker's operations into a history; without one it does nothing.
type watch struct {
	run   *history.Run
	log   *history.Log
	chart *history.Chart
	op    history.Op
}

// begin notes an operation before its first attempt.
func (w *watch) begin(kind history.Kind, event string, body []byte) error {
	if w.run == nil {
		return nil
	}
	number, ok := w.run.EventNumber(event)
	if !ok {
		return fmt.Errorf("load: the history has no event %s", event)
	}
	w.chart = w.run.ChartOf(number)
	w.op.Begin(kind, number, w.log.Now())
	if err := w.op.AskedWith(w.chart, body); err != nil {
		return fmt.Errorf("load: %s: %w", body, err)
	}
	if w.op.Wanted > 0 {
		w.op.Kind = history.KindWish
	}
	return nil
}

// answered notes how an attempt ended. An answer that cannot be read counts as none: its operation stays open.
func (w *watch) answered(answer *wire.Answer, err error) {
	if w.run == nil {
		return
	}
	if err != nil {
		w.op.Broke(w.log.Now())
		return
	}
	if answer.Replayed {
		w.op.Flags |= history.FlagReplayed
	}
	_, _ = w.op.AnsweredWith(w.chart, answer.Status, answer.Body, w.log.Now())
}

// end writes the operation down, decided or not.
func (w *watch) end() {
	if w.run != nil {
		w.log.Add(&w.op)
	}
}
