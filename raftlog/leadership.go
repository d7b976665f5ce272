package raftlog

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// Limits of the leadership loops.
const (
	// leaderObservations: more may be dropped, since each makes the loop look at Raft anew.
	leaderObservations = 16
	barrierRetry       = 10 * time.Millisecond
)

// leadership follows one Raft instance: who leads it, and whether this node does and may propose. It has two goroutines,
// because Raft waits until its notification is taken, and a barrier can take as long as an election.
type leadership struct {
	raft     raftView
	node     string
	timing   Timing
	proposer *proposer
	board    *leadBoard
	logger   *slog.Logger
	notify   chan bool // Raft's NotifyCh

	// mu guards what follows; the proposer's and the board's locks are taken within.
	mu      sync.Mutex
	leading bool
	round   uint64 // counts the times that this node gained the lead
	ready   bool
	over    bool // this instance proposes nothing any more
	busy    bool // this node has traffic

	gained   chan struct{} // capacity 1
	stuck    chan struct{} // capacity 1: a handing over of an earlier lead does not end
	quit     chan struct{} // ends makeReady
	atRest   chan struct{} // closed when makeReady has ended
	stopped  chan struct{} // ends watch
	routines sync.WaitGroup
}

func newLeadership(node string, t Timing, p *proposer, b *leadBoard, logger *slog.Logger) *leadership {
	return &leadership{
		node: node, timing: t, proposer: p, board: b, logger: logger, notify: make(chan bool, 1),
		gained: make(chan struct{}, 1), stuck: make(chan struct{}, 1), quit: make(chan struct{}), atRest: make(chan struct{}), stopped: make(chan struct{}),
	}
}

func (l *leadership) start(r *raft.Raft) {
	l.raft = r
	observed := make(chan raft.Observation, leaderObservations)
	observer := raft.NewObserver(observed, false, func(o *raft.Observation) bool {
		_, ok := o.Data.(raft.LeaderObservation)
		return ok
	})
	r.RegisterObserver(observer)
	l.routines.Go(func() {
		defer r.DeregisterObserver(observer)
		l.watch(observed)
	})
	l.routines.Go(l.makeReady)
	l.show()
}

// rest makes the proposer begin nothing more. When atRest is closed, no barrier is under way: Raft answers barriers only
// while it runs.
func (l *leadership) rest() {
	l.mu.Lock()
	l.over = true
	l.proposer.setReady(false)
	l.mu.Unlock()
	close(l.quit)
}

// stop ends the goroutines. Raft must have been shut down, or its notifications would stall it.
func (l *leadership) stop() {
	close(l.stopped)
	l.routines.Wait()
	l.board.show(Lead{Term: l.raft.CurrentTerm()})
}

// watch never blocks for long: Raft's main loop waits for it.
func (l *leadership) watch(observed <-chan raft.Observation) {
	for {
		select {
		case gained := <-l.notify:
			if gained {
				l.gain()
			} else {
				l.lose()
			}
		case <-observed:
		case <-l.stopped:
			return
		}
		l.show()
	}
}

// idleBeat makes the leader of an idle node's group beat every 1/4 to 1/2 of the followers' patience, where Raft alone
// beats every 1/10 to 2/10: each beat wakes threads on two nodes for as long as a cluster is idle. Where there is traffic,
// of whatever group, processes wait for the processor, and a follower must not take that for a death: then it is Raft's own.
func idleBeat(patience time.Duration) time.Duration { return patience * 5 / 2 }

// beat sets how often this node beats if it leads; l.mu is held. Raft takes the interval from the leader's
// HeartbeatTimeout, which a leader needs for nothing else; as a follower's patience it must be back when the lead is lost,
// and is before anything is decided about: this runs on Raft's notification. ElectionTimeout must not be shorter; a leader
// uses it only as the limit of handing its lead over.
func (l *leadership) beat() {
	beat := l.timing.Heartbeat
	if l.leading && !l.busy {
		beat = idleBeat(beat)
	}
	c := l.raft.ReloadableConfig()
	if c.HeartbeatTimeout == beat {
		return
	}
	c.HeartbeatTimeout, c.ElectionTimeout = beat, max(l.timing.Election, beat)
	if err := l.raft.ReloadConfig(c); err != nil {
		l.logger.Error("heartbeat interval not set", "error", err)
	}
}

// setBusy says whether this node has traffic.
func (l *leadership) setBusy(busy bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = busy
	l.beat()
}

func (l *leadership) gain() {
	l.mu.Lock()
	l.leading, l.ready = true, false
	l.round++
	l.beat()
	l.mu.Unlock()
	select {
	case l.gained <- struct{}{}:
	default:
	}
}

func (l *leadership) lose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leading, l.ready = false, false
	l.beat()
	l.proposer.setReady(false)
}

// makeReady lets the proposer begin once everything of earlier terms is applied here.
func (l *leadership) makeReady() {
	defer close(l.atRest)
	for {
		select {
		case <-l.gained:
		case <-l.quit:
			return
		}
		for begin := time.Now(); ; {
			l.mu.Lock()
			round, leading := l.round, l.leading
			l.mu.Unlock()
			if !leading {
				break
			}
			err := l.raft.Barrier(0).Error()
			if err == nil {
				l.becomeReady(round)
				break
			}
			if errors.Is(err, raft.ErrLeadershipTransferInProgress) && time.Since(begin) >= handoverStuck {
				select {
				case l.stuck <- struct{}{}:
				default:
				}
			}
			select {
			case <-time.After(barrierRetry): // leadership is being handed over, or lost: then notify will say so
			case <-l.quit:
				return
			}
		}
	}
}

// becomeReady counts only for the lead that the barrier was made in.
func (l *leadership) becomeReady(round uint64) {
	l.mu.Lock()
	if l.over || !l.leading || l.round != round {
		l.mu.Unlock()
		return
	}
	l.ready = true
	l.proposer.setReady(true)
	l.mu.Unlock()
	l.logger.Info("leading", "term", l.raft.CurrentTerm())
	l.show()
}

// show reads Raft anew, so that a dropped observation hides nothing.
func (l *leadership) show() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, id := l.raft.LeaderWithID()
	self := string(id) == l.node && l.leading
	lead := Lead{Node: string(id), Self: self, Ready: self && l.ready && l.proposer.isReady(), Term: l.raft.CurrentTerm()}
	if string(id) == l.node && !self {
		lead.Node = "" // the lead was just lost, or is about to be gained
	}
	l.board.show(lead)
}
