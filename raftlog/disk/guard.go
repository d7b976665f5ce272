package disk

import (
	"fmt"
	"log/slog"

	"github.com/hashicorp/raft"
)

func bounds(log raft.LogStore) (first, last uint64, err error) {
	if first, err = log.FirstIndex(); err != nil {
		return 0, 0, fmt.Errorf("disk: first index: %w", err)
	}
	if last, err = log.LastIndex(); err != nil {
		return 0, 0, fmt.Errorf("disk: last index: %w", err)
	}
	return first, last, nil
}

// guardLog makes sure that the log joins the snapshot before Raft sees either (raft#697).
//
// Entries at and after the snapshot's index are dropped if the entry there has another term than the snapshot: the
// snapshot holds committed state, so by the log matching property nothing from that entry on was ever committed. A
// log that ends before the snapshot adds nothing to it and is dropped as well. A log that leaves entries out is
// refused: which ones it promised is no longer known.
func guardLog(log raft.LogStore, snapshot *raft.SnapshotMeta, logger *slog.Logger) error {
	first, last, err := bounds(log)
	if err != nil {
		return err
	}
	if last == 0 {
		return nil
	}
	var index, term uint64
	if snapshot != nil {
		index, term = snapshot.Index, snapshot.Term
	}
	if first > index+1 {
		return fmt.Errorf("%w: the log begins at entry %d, the newest snapshot ends at %d; "+
			"restore the whole folder, or empty it and let the node join again", ErrGap, first, index)
	}
	if last < index {
		return dropLog(log, first, last, "it ends before the snapshot", index, logger)
	}
	if first <= index {
		var entry raft.Log
		if err := log.GetLog(index, &entry); err != nil {
			return fmt.Errorf("%w: entry %d: %w", ErrGap, index, err)
		}
		if entry.Term != term {
			return dropLog(log, first, last, "it contradicts the snapshot", index, logger)
		}
	}
	return scanLog(log, index+1, last, term)
}

// scanLog reads what Raft will read when it starts, because Raft panics on an entry that is missing.
func scanLog(log raft.LogStore, from, to, term uint64) error {
	for index := from; index <= to; index++ {
		var entry raft.Log
		if err := log.GetLog(index, &entry); err != nil {
			return fmt.Errorf("%w: entry %d of %d to %d: %w", ErrGap, index, from, to, err)
		}
		if entry.Index != index || entry.Term < term {
			return fmt.Errorf("%w: entry %d says index %d, term %d after term %d", ErrGap, index, entry.Index, entry.Term, term)
		}
		term = entry.Term
	}
	return nil
}

func dropLog(log raft.LogStore, first, last uint64, why string, snapshot uint64, logger *slog.Logger) error {
	logger.Warn("dropping the log", "why", why, "first", first, "last", last, "snapshot", snapshot)
	if err := log.DeleteRange(first, last); err != nil {
		return fmt.Errorf("disk: dropping the log: %w", err)
	}
	if _, last, err := bounds(log); err != nil || last != 0 {
		return fmt.Errorf("disk: log not empty after dropping it: last entry %d, error %w", last, err)
	}
	return nil
}
