package simulator

import (
	"slices"
	"time"
)

// logEntry is an entry of a Raft log.
type logEntry struct {
	term uint64
	kind entryKind
	// data is the proposer's own buffer at the node that proposed it, as Raft's log cache keeps it; elsewhere, and after a
	// start, a copy.
	data, copied []byte
}

type entryKind uint8

const (
	entryCommand entryKind = iota
	entryNoop
	entryBarrier
)

// snapshotFile is a snapshot on a disk.
type snapshotFile struct {
	index, term uint64
	data        []byte
}

// records is a log, without what a snapshot has made needless: entry i stands at list[i-base-1].
type records struct {
	base, baseTerm uint64
	list           []logEntry
}

func (l *records) last() uint64 { return l.base + uint64(len(l.list)) }

func (l *records) at(index uint64) *logEntry { return &l.list[index-l.base-1] }

// term of an entry; false if the log does not have it.
func (l *records) term(index uint64) (uint64, bool) {
	switch {
	case index == l.base:
		return l.baseTerm, true
	case index < l.base || index > l.last():
		return 0, false
	}
	return l.at(index).term, true
}

// cut drops everything from index on. The list is clipped, since the disk's copy may share its room.
func (l *records) cut(index uint64) { l.list = slices.Clip(l.list[:index-l.base-1]) }

// drop drops everything up to index.
func (l *records) drop(index uint64) {
	term, ok := l.term(index)
	if !ok {
		return
	}
	l.list, l.base, l.baseTerm = l.list[index-l.base:], index, term
}

// disk is what a node finds when it starts again.
type disk struct {
	term     uint64
	vote     int
	log      records
	snapshot *snapshotFile
	slow     time.Duration // of a bad disk: added to each fsync, by chance
	writing  *write        // what a crash would interrupt
}

// write is a change that is not fsynced yet.
type write struct {
	term uint64
	vote int
	log  records
}

// fsync is the time that the next write takes.
func (w *world) fsync(d *disk) time.Duration {
	t := w.between(60*time.Microsecond, 600*time.Microsecond)
	if d.slow > 0 {
		t += w.between(0, d.slow)
	}
	return t
}

// crash loses what was not fsynced: of votes all or nothing, of entries a tail. A record that was torn is no record: both
// log stores check sums, or write a page that is not yet pointed to.
func (w *world) crash(d *disk) {
	if d.writing == nil {
		return
	}
	lost := d.writing
	d.writing = nil
	if w.chance(50) {
		d.term, d.vote = lost.term, lost.vote
	}
	same := min(d.log.last(), lost.log.last())
	for same > d.log.base && same > lost.log.base && d.log.at(same).term != lost.log.at(same).term {
		same--
	}
	if same < d.log.last() && w.chance(50) {
		return // not even the cutting off of the old tail has got there
	}
	kept := same + w.rng.Uint64N(lost.log.last()-same+1)
	d.log = lost.log
	d.log.cut(kept + 1)
	if kept < lost.log.last() {
		w.counts.TornTails++
	}
}
