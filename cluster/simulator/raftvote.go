package simulator

import "time"

// waitForLeader lets a follower stand when it has heard nothing of a leader for longer than its patience.
func (r *simRaft) waitForLeader() {
	r.patience++
	round := r.patience
	longest := 2 * heartbeat
	if r.w.restless { // so that several stand at once
		longest = heartbeat + heartbeat/50
	}
	r.later(r.w.between(heartbeat, longest), func() {
		switch {
		case round != r.patience || r.role != follower:
		case r.w.now()-r.contact < heartbeat:
			r.waitForLeader()
		default:
			r.setLeader(nobody)
			r.stand(false)
		}
	})
}

func (r *simRaft) setLeader(id int) {
	if r.leaderID == id {
		return
	}
	r.leaderID = id
	r.publish()
	r.observe()
}

// stand makes a candidate, which first asks whether it would be elected, unless a leader ordered it to stand.
func (r *simRaft) stand(ordered bool) {
	r.role, r.byOrder, r.votes = candidate, ordered, 1
	r.electing++
	round := r.electing
	r.later(r.w.between(election, 2*election), func() {
		if r.role == candidate && round == r.electing {
			r.stand(false)
		}
	})
	if ordered {
		r.elect()
		return
	}
	r.note("pre-vote", r.term+1, r.log.last(), 0)
	r.others(func(to int) { r.ask(to, voteRequest{term: r.term + 1, pre: true}) })
}

// elect begins a term of its own.
func (r *simRaft) elect() {
	r.term++
	r.vote = r.id
	r.votes = 1
	r.publish()
	round := r.electing
	r.note("stands", r.term, r.log.last(), 0)
	r.w.counts.Elections++
	r.write(func() {
		if r.role == candidate && round == r.electing {
			r.others(func(to int) { r.ask(to, voteRequest{term: r.term, transfer: r.byOrder}) })
		}
	})
}

type voteRequest struct {
	term           uint64
	pre, transfer  bool
	from           int
	last, lastTerm uint64
}

func (r *simRaft) ask(to int, q voteRequest) {
	q.from, q.last = r.id, r.log.last()
	q.lastTerm, _ = r.log.term(q.last)
	round := r.electing
	r.w.carry(r.id, to, func() {
		there := r.w.nodes[to].raft
		there.enqueue(func() {
			there.judgeVote(q, func(granted bool) {
				term := there.term
				r.w.carry(to, r.id, func() { r.enqueue(func() { r.count(q, round, granted, term) }) })
			})
		})
	})
}

// judgeVote answers once the vote is on the disk.
func (r *simRaft) judgeVote(q voteRequest, answer func(granted bool)) {
	mine, _ := r.log.term(r.log.last())
	behind := q.lastTerm < mine || q.lastTerm == mine && q.last < r.log.last()
	known := r.leaderID != nobody && r.leaderID != q.from
	switch {
	case known && !q.transfer, q.term < r.term:
		answer(false)
		return
	case q.pre:
		answer(!behind)
		return
	}
	changed := q.term > r.term
	if changed {
		r.becomeFollower(q.term, nobody)
	}
	granted := !behind && (r.vote == nobodyVoted || r.vote == q.from)
	if granted && r.vote != q.from {
		r.vote, changed = q.from, true
	}
	if granted {
		r.contact = r.w.now()
		r.note("votes for", uint64(q.from), r.term, 0)
	}
	if !changed {
		answer(granted)
		return
	}
	r.write(func() {
		answer(granted)
		if n := r.node; granted && r.w.restless && r.w.chance(70) { // and maybe votes again, in the same term
			r.w.after(0, func() {
				if n.raft == r {
					n.kill(false)
					n.boot()
				}
			})
		}
	})
}

// count counts a vote.
func (r *simRaft) count(q voteRequest, round uint64, granted bool, term uint64) {
	if term > r.term && !granted {
		r.becomeFollower(term, nobody)
		r.write(func() {})
		return
	}
	pre := r.term+1 == q.term
	if r.role != candidate || round != r.electing || !granted || q.pre != pre || !q.pre && q.term != r.term {
		return
	}
	r.votes++
	if r.votes != r.quorum() {
		return
	}
	if q.pre {
		r.elect()
		return
	}
	r.lead()
}

// becomeFollower of a term, which is not written yet.
func (r *simRaft) becomeFollower(term uint64, of int) {
	if term > r.term {
		r.term, r.vote = term, nobodyVoted
	}
	was := r.role
	r.role = follower
	r.leaderID = of
	r.publish()
	if was == leader {
		r.stepDown()
	}
	if was != follower {
		r.waitForLeader()
	}
	r.observe()
}

// lead begins to lead.
func (r *simRaft) lead() {
	r.role, r.handing = leader, nobody
	r.startsAt = r.log.last() + 1
	now := r.w.now()
	for i := range r.peers {
		r.peers[i] = peerState{next: r.startsAt, contact: now}
	}
	r.leaderID = r.id
	r.publish()
	r.note("leads", r.term, r.startsAt, 0)
	r.w.counts.Leads++
	r.observe()
	r.notify(true)
	round := r.term
	r.others(func(to int) { r.beat(to, round) })
	r.others(func(to int) { r.tell(to, round) })
	r.holdLease(round)
	r.appendEntry(logEntry{term: r.term, kind: entryNoop}, nil)
}

// holdLease ends a lead that a majority has not heard of for a lease.
func (r *simRaft) holdLease(round uint64) {
	r.later(leaderLease/2+r.w.between(0, time.Millisecond), func() {
		if r.role != leader || r.term != round {
			return
		}
		heard := 1
		r.others(func(to int) {
			if r.w.now()-r.peers[to].contact <= leaderLease {
				heard++
			}
		})
		if heard < r.quorum() {
			r.note("lease over", r.term, 0, 0)
			r.becomeFollower(r.term, nobody)
			return
		}
		r.holdLease(round)
	})
}
