package raftlog

import (
	"time"
)

// action is what the loop does next.
type action uint8

const (
	actSleep action = iota
	actPropose
	actFail
	actEnd
)

// step is the loop's next move.
type step struct {
	action action
	draft  *draft    // actPropose
	reason error     // actFail
	until  time.Time // actSleep: when a checkpoint or a trail falls due; zero = never
}

// run is the loop. It ends after close, when everything is answered.
func (p *proposer) run() {
	defer close(p.done)
	var settled *draft // decided, not yet handed out
	for {
		p.turn.Lock()
		s := p.next(settled == nil)
		if s.action != actPropose && settled != nil {
			// Handing out brings new commands, most likely: look again before anything else.
			p.turn.Unlock()
			p.deliver(settled)
			settled = nil
			continue
		}
		switch s.action {
		case actPropose:
			settled = p.takeTurn(s.draft, settled)
			p.turn.Unlock()
		case actFail:
			p.turn.Unlock()
			p.failQueued(s.reason)
		case actSleep:
			p.turn.Unlock()
			p.sleep(s.until)
		case actEnd:
			p.turn.Unlock()
			return
		}
	}
}

// next picks the next move: a checkpoint whose moment has come, what is queued, or an entry without commands where the
// log needs one. idle = there is nothing to hand out, so that the loop may sleep.
func (p *proposer) next(idle bool) step {
	p.mu.Lock()
	defer p.mu.Unlock()
	empty := len(p.queue.drafts) == 0
	if p.draining && empty && idle && !p.isDrained {
		p.isDrained = true
		close(p.drained)
	}
	if p.closed || p.halted || !p.ready {
		p.checkpoints.forget()
		p.trail.forget()
		p.lastMillis = 0 // an entry that was lost may have had a clock that was wrong
		switch {
		case !empty:
			return step{action: actFail, reason: p.refusal()}
		case p.closed:
			return step{action: actEnd}
		}
		p.asleep = idle
		return step{action: actSleep}
	}
	if d := p.nextDraft(); d != nil {
		p.opening = false
		return step{action: actPropose, draft: d}
	}
	p.asleep = idle
	return step{action: actSleep, until: p.trail.earlier(p.checkpoints.dueAt())}
}

// nextDraft is the next entry, if there is any; p.mu is held.
func (p *proposer) nextDraft() *draft {
	if c, ok := p.checkpoints.takePending(); ok {
		d := p.queue.reuse()
		d.kind, d.data = kindCheckpoint, sealCheckpoint(c, p.entryTime())
		return d
	}
	if d := p.queue.pop(); d != nil {
		return d
	}
	now := time.Now()
	if hash := p.opening || p.checkpoints.due(now); hash || p.trail.due(now) {
		d := p.queue.reuse()
		d.kind, d.wantHash = kindCommands, hash
		d.data = make([]byte, entryHeaderBytes, entryHeaderBytes+entryTrailerBytes)
		return d
	}
	return nil
}

func (p *proposer) sleep(until time.Time) {
	if until.IsZero() {
		<-p.wake
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-p.wake:
	case <-timer.C:
	}
}
