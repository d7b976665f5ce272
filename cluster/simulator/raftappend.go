package simulator

import (
	"slices"
	"time"

	"github.com/hashicorp/raft"
)

// appendEntry puts an entry into the leader's log.
func (r *simRaft) appendEntry(e logEntry, f *future) {
	r.log.list = append(r.log.list, e)
	index := r.log.last()
	if f != nil {
		f.index.Store(index)
		r.inflight[index] = f
	}
	term := r.term
	r.write(func() {
		if r.role != leader || r.term != term {
			return
		}
		if r.w.o.Plant == PlantAnswerEarly && r.w.chance(10) && index == r.commit+1 {
			r.commitTo(index)
		}
		r.advance()
		r.others(r.replicate)
	})
}

// advance commits what a majority has fsynced, if it ends in this term.
func (r *simRaft) advance() {
	matches := make([]uint64, 0, 9)
	matches = append(matches, r.stored)
	r.others(func(to int) { matches = append(matches, r.peers[to].match) })
	slices.Sort(matches)
	if index := matches[len(matches)-r.quorum()]; index > r.commit && index >= r.startsAt {
		r.commitTo(index)
	}
}

func (r *simRaft) commitTo(index uint64) {
	for i := r.commit + 1; i <= index; i++ {
		r.w.judge.committed(r, i, r.log.at(i))
		if f := r.inflight[i]; f != nil {
			delete(r.inflight, i)
			r.committed[i] = f
		}
	}
	r.commit = index
	r.apply()
}

// message is AppendEntries.
type message struct {
	term           uint64
	from           int
	prev, prevTerm uint64
	entries        []logEntry
	commit         uint64
}

// replicate sends a peer what it does not have; one message is under way at a time.
func (r *simRaft) replicate(to int) {
	p := &r.peers[to]
	if r.role != leader || p.sending || r.dead {
		return
	}
	prevTerm, ok := r.log.term(p.next - 1)
	if !ok {
		r.install(to)
		return
	}
	if p.next > r.stored && p.match == p.next-1 && p.told >= r.commit {
		return
	}
	m := message{term: r.term, from: r.id, prev: p.next - 1, prevTerm: prevTerm, commit: r.commit}
	for i := p.next; i <= r.stored && len(m.entries) < maxAppend; i++ {
		e := r.log.at(i)
		if e.copied == nil && e.kind == entryCommand {
			e.copied = slices.Clone(e.data)
		}
		m.entries = append(m.entries, logEntry{term: e.term, kind: e.kind, data: e.copied, copied: e.copied})
	}
	p.sending = true
	r.call(to, func(there *simRaft, answer func(ok bool)) {
		there.enqueue(func() { there.take(m, answer) })
	}, func(there *simRaft, ok bool) {
		if !ok {
			p.next = max(1, min(p.next-1, there.log.last()+1))
		} else {
			p.match = max(p.match, m.prev+uint64(len(m.entries)))
			p.next, p.told = p.match+1, m.commit
			r.advance()
		}
		if !ok || p.next <= r.stored {
			r.replicate(to)
		}
	})
}

// call is one message and its answer, or after a while none; then the next attempt follows after a pause.
func (r *simRaft) call(to int, carry func(there *simRaft, answer func(ok bool)), then func(there *simRaft, ok bool)) {
	p, term, over := &r.peers[to], r.term, false
	end := func() bool {
		if over || r.dead || r.role != leader || r.term != term {
			return false
		}
		over, p.sending = true, false
		return true
	}
	lost := func() {
		r.later(r.w.between(100*time.Millisecond, time.Second), func() {
			if !end() {
				return
			}
			p.failures++
			r.later(min(10*time.Millisecond<<min(p.failures, 6), 400*time.Millisecond), func() {
				if r.role == leader && r.term == term {
					r.replicate(to)
				}
			})
		})
	}
	there := r.w.nodes[to].raft
	reached := r.w.carry(r.id, to, func() {
		carry(there, func(ok bool) {
			told := there.term
			if !r.w.carry(to, r.id, func() {
				r.enqueue(func() {
					if told > term {
						r.newer(told)
					} else if end() {
						p.failures, p.contact = 0, r.w.now()
						then(there, ok)
					}
				})
			}) {
				lost()
			}
		})
	})
	if !reached {
		lost()
		return
	}
	r.later(3*time.Second, func() { // the other has died with it
		if end() {
			r.replicate(to)
		}
	})
}

// newer is what a leader does when it hears of a later term.
func (r *simRaft) newer(term uint64) {
	if term <= r.term {
		return
	}
	r.note("later term", term, 0, 0)
	r.becomeFollower(term, nobody)
	r.write(func() {})
}

// take is a follower's side of AppendEntries.
func (r *simRaft) take(m message, answer func(ok bool)) {
	if m.term < r.term {
		answer(false)
		return
	}
	changed := m.term > r.term
	if changed || r.role != follower {
		r.becomeFollower(m.term, m.from)
	}
	r.setLeader(m.from)
	r.contact = r.w.now()
	finish := func(ok bool) {
		if !changed {
			answer(ok)
			return
		}
		r.write(func() { answer(ok) })
	}
	if term, ok := r.log.term(m.prev); m.prev > 0 && m.prev >= r.log.base && (!ok || term != m.prevTerm) {
		finish(false)
		return
	}
	for i := range m.entries {
		index := m.prev + 1 + uint64(i)
		term, ok := r.log.term(index)
		if index <= r.log.base || ok && term == m.entries[i].term {
			continue
		}
		if ok {
			r.note("cuts its tail", index, r.log.last(), 0)
			r.w.counts.Truncations++
			r.log.cut(index)
		}
		r.log.list = append(r.log.list, m.entries[i:]...)
		changed = true
		break
	}
	end := m.prev + uint64(len(m.entries))
	commit := func() {
		r.contact = r.w.now()
		if r.w.o.Plant == PlantApplyEarly && r.w.chance(1) {
			m.commit = end
		}
		if to := min(m.commit, end, r.log.last()); to > r.commit {
			r.commit = to
			r.apply()
		}
	}
	if !changed {
		commit()
		answer(true)
		return
	}
	r.write(func() { commit(); answer(true) })
}

// beat keeps a follower from standing, beside both main loops, as our transport lets it.
func (r *simRaft) beat(to int, round uint64) {
	if r.dead || r.role != leader || r.term != round {
		return
	}
	there := r.w.nodes[to].raft
	r.w.carry(r.id, to, func() {
		if there.term != round || there.role != follower {
			there.enqueue(func() { there.take(message{term: round, from: r.id}, func(bool) {}) })
			return
		}
		there.contact = r.w.now()
		if there.leaderID != r.id {
			there.enqueue(func() {
				if there.term == round && there.role == follower {
					there.setLeader(r.id)
				}
			})
		}
		r.w.carry(to, r.id, func() {
			if r.role == leader && r.term == round {
				r.peers[to].contact = r.w.now()
			}
		})
	})
	r.w.after(r.w.between(beatFactor*heartbeat/10, 2*beatFactor*heartbeat/10), func() { r.beat(to, round) })
}

// tell tells a follower the commit index, and offers what it lacks, where nothing else does.
func (r *simRaft) tell(to int, round uint64) {
	if r.role != leader || r.term != round {
		return
	}
	r.replicate(to)
	r.later(r.w.between(commitTimeout, 2*commitTimeout), func() { r.tell(to, round) })
}

// stepDown answers those who wait for entries that are not committed: nothing is known of them.
func (r *simRaft) stepDown() {
	r.note("steps down", r.term, r.commit, r.log.last())
	waiting := r.inflight
	r.inflight = map[uint64]*future{}
	r.notify(false)
	for _, index := range sortedKeys(waiting) {
		if r.w.o.Plant == PlantForgetWaiting {
			r.node.forgotten = append(r.node.forgotten, waiting[index])
			continue
		}
		r.tellLater(waiting[index], raft.ErrLeadershipLost, nil)
	}
}

func sortedKeys(m map[uint64]*future) []uint64 {
	keys := make([]uint64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
