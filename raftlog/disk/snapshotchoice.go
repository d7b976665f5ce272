package disk

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/raft"
)

// snapshotName is a snapshot's folder name taken apart: "term-index-milliseconds" (raft v1.7.3, file_snapshot.go).
type snapshotName struct {
	name        string
	term, index uint64
	millis      int64
}

// snapshotNames lists finished snapshots, the newest first.
func snapshotNames(dir string) ([]snapshotName, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	var names []snapshotName
	for _, entry := range entries {
		n := snapshotName{name: entry.Name()}
		if !entry.IsDir() || strings.HasSuffix(n.name, tmpSuffix) {
			continue
		}
		if _, err := fmt.Sscanf(n.name, "%d-%d-%d", &n.term, &n.index, &n.millis); err != nil {
			return nil, fmt.Errorf("%w: %s is no snapshot's name", ErrSnapshotDamaged, filepath.Join(dir, n.name))
		}
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b snapshotName) int {
		return cmp.Or(cmp.Compare(b.term, a.term), cmp.Compare(b.index, a.index), cmp.Compare(b.name, a.name))
	})
	return names, nil
}

// removeUnfinished deletes snapshots that a crash interrupted.
func removeUnfinished(dir string, logger *slog.Logger) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), tmpSuffix) && entry.Name() != touchFile {
			continue
		}
		logger.Info("removing unfinished snapshot", "name", entry.Name())
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("disk: %w", err)
		}
	}
	return nil
}

// chooseSnapshot reads snapshots through, from the newest on, and returns the first sound one, nil if there is none at all.
// A damaged one newer than it may be passed over only if the log has every entry from there up to the damaged one's
// index: this node has promised them to its peers. Damaged ones are put aside once that is clear.
func chooseSnapshot(dir string, store raft.SnapshotStore, log raft.LogStore, logger *slog.Logger) (*raft.SnapshotMeta, error) {
	path := filepath.Join(dir, snapshotsDir)
	names, err := snapshotNames(path)
	if err != nil {
		return nil, err
	}
	var newest *raft.SnapshotMeta
	var damaged []string
	var missed []snapshotName // damaged and newer than newest: the log must stand in for them
	for _, n := range names {
		meta, content, err := store.Open(n.name)
		if err == nil {
			err = content.Close()
		}
		if err == nil {
			newest = meta
			break // an older one is only looked at should this one be damaged some day
		}
		logger.Error("snapshot is damaged", "snapshot", filepath.Join(path, n.name), "error", err)
		damaged, missed = append(damaged, n.name), append(missed, n)
	}
	for _, n := range missed {
		if err := logReaches(log, newest, n); err != nil {
			return nil, fmt.Errorf("%w: %s: %w; remove this node from the cluster, empty its folder and let it join again",
				ErrSnapshotDamaged, filepath.Join(path, n.name), err)
		}
	}
	return newest, putAside(dir, damaged)
}

// logReaches is nil if the log goes on from the snapshot at least to the damaged one's last entry, and has that entry.
func logReaches(log raft.LogStore, snapshot *raft.SnapshotMeta, damaged snapshotName) error {
	first, last, err := bounds(log)
	if err != nil {
		return err
	}
	from := uint64(1)
	if snapshot != nil {
		from = snapshot.Index + 1
	}
	if first == 0 || first > from || last < damaged.index {
		return fmt.Errorf("the log has entries %d to %d, needed are %d to %d", first, last, from, damaged.index)
	}
	var entry raft.Log
	if err := log.GetLog(damaged.index, &entry); err != nil {
		return fmt.Errorf("entry %d: %w", damaged.index, err)
	}
	if entry.Term != damaged.term {
		return fmt.Errorf("the log's entry %d is of term %d, the snapshot's of term %d", damaged.index, entry.Term, damaged.term)
	}
	return nil
}

func putAside(dir string, snapshots []string) error {
	if len(snapshots) == 0 {
		return nil
	}
	aside := filepath.Join(dir, damagedDir)
	if err := makeDir(aside); err != nil {
		return err
	}
	for _, name := range snapshots {
		to := filepath.Join(aside, name)
		if err := os.RemoveAll(to); err != nil {
			return fmt.Errorf("disk: %w", err)
		}
		if err := os.Rename(filepath.Join(dir, snapshotsDir, name), to); err != nil {
			return fmt.Errorf("disk: %w", err)
		}
	}
	return errors.Join(syncDir(aside), syncDir(filepath.Join(dir, snapshotsDir)))
}
