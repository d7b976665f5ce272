package audit

import "github.com/parterre/parterre/bench/history"

// judgeClaims compares what later answers say of each claim with what was acknowledged before.
func (l *ledger) judgeClaims(slack int64) {
	s := &settler{ledger: l, slack: slack}
	for i := range l.claims {
		c := &l.claims[i]
		if !c.done {
			continue
		}
		s.acts = s.actsOf(c, s.acts)
		life := s.live(c)
		if !c.sale && !c.orphan {
			l.v.HoldsKept.Checked++
		}
		if life.order == isOrder && life.releaseReturned != forever && (life.releasedAlive || !life.retake) {
			l.v.broken(l.v.ReleasesKept, "%s: hold %s was acknowledged as given back at %s, and as an order at %s", l.eventName(c.event), c.id,
				at(life.releaseReturned), at(life.soldReturned))
		}
		for _, a := range s.acts {
			l.judgeAct(c, &life, a)
		}
	}
}

// judgeAct looks at one later answer.
func (l *ledger) judgeAct(c *claim, life *life, a *act) {
	if a.called < c.returned {
		return // asked before the hold was acknowledged
	}
	sold := life.order == isOrder && a.called >= life.soldReturned && a.returned <= life.cancelCalled
	held := a.returned <= life.sureTo || life.order == isOrder && !life.retake && a.returned <= life.cancelCalled
	undone := a.state == history.StateCancelled && c.order == isOrder && !c.loose
	name := l.eventName(c.event)
	switch {
	case sold && (a.code == history.CodeUnknownOrder || a.code == history.CodeUnknownHold || undone):
		l.v.broken(l.v.OrdersKept, "%s: order %s was acknowledged at %s, and at %s a %s was answered with %s", name, c.id,
			at(life.soldReturned), at(a.returned), a.kind, answerWord(a))
	case held && gone(a):
		l.v.broken(l.v.HoldsKept, "%s: hold %s had not ended, and at %s a %s was answered with %s", name, c.id, at(a.returned), a.kind, answerWord(a))
	case a.kind == history.KindReadHold && a.state == history.StateHeld && a.called > life.releaseReturned:
		l.v.broken(l.v.ReleasesKept, "%s: hold %s was acknowledged as given back at %s, and read as held at %s", name, c.id,
			at(life.releaseReturned), at(a.returned))
	}
}

// gone says that an answer takes a hold for ended.
func gone(a *act) bool {
	switch a.code {
	case history.CodeHoldExpired, history.CodeHoldReleased, history.CodeUnknownHold:
		return true
	}
	return a.kind == history.KindReadHold && (a.state == history.StateReleased || a.state == history.StateLapsed)
}

func answerWord(a *act) string {
	if a.code != history.CodeNone {
		return a.code.String()
	}
	return "state " + stateName(a.state)
}
