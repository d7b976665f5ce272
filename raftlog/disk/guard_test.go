package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
)

// divergedFolder is a folder as a crash leaves it after a leader's snapshot was installed over entries that were never
// committed: log 1 to 10 of term 1, snapshot at index 5 of term 2.
func divergedFolder(t *testing.T, kind string) string {
	t.Helper()
	dir := t.TempDir()
	s := open(t, disk.Options{Dir: dir, Kind: kind})
	bootstrap(t, s)
	store(t, s.Log, entries(2, 10, 1))
	snapshot(t, s.Snapshots, 5, 2, "seats")
	if err := s.Stable.SetUint64(current, 2); err != nil {
		t.Fatal(err)
	}
	closeStores(t, s)
	return dir
}

// appendAfter sends entries as the leader n2 of term 3, following entry prev of term prevTerm.
func appendAfter(t *testing.T, peers *raft.InmemTransport, prev, prevTerm uint64, logs []*raft.Log) bool {
	t.Helper()
	var answer raft.AppendEntriesResponse
	err := peers.AppendEntries("n1", "n1", &raft.AppendEntriesRequest{
		RPCHeader: header("n2"), Term: 3, PrevLogEntry: prev, PrevLogTerm: prevTerm, Entries: logs,
	}, &answer)
	if err != nil {
		t.Fatalf("AppendEntries: %v", err)
	}
	return answer.Success
}

// install sends a snapshot as the leader n2 of term 3.
func install(t *testing.T, peers *raft.InmemTransport, index, term uint64) {
	t.Helper()
	const content = "seats"
	var answer raft.InstallSnapshotResponse
	err := peers.InstallSnapshot("n1", "n1", &raft.InstallSnapshotRequest{
		RPCHeader: header("n2"), SnapshotVersion: 1, Term: 3, LastLogIndex: index, LastLogTerm: term,
		Configuration: raft.EncodeConfiguration(members()), ConfigurationIndex: 1, Size: int64(len(content)),
	}, &answer, strings.NewReader(content))
	if err != nil || !answer.Success {
		t.Fatalf("InstallSnapshot: %+v, %v", answer, err)
	}
}

// TestUpstream697_ALogThatContradictsTheSnapshotIsDroppedAtOpen: upstream, a follower with such a folder refuses
// everything after the snapshot and is sent the same snapshot again, for ever.
func TestUpstream697_ALogThatContradictsTheSnapshotIsDroppedAtOpen(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		dir := divergedFolder(t, kind)
		next := entries(6, 8, 3)
		t.Run("guarded", func(t *testing.T) {
			s := open(t, disk.Options{Dir: copyOf(t, dir), Kind: kind})
			_, peers := startNode(t, s.Log, s.Stable, s.Snapshots)
			if !appendAfter(t, peers, 5, 2, next) {
				t.Fatal("refused")
			}
			wantBounds(t, s.Log, 6, 8)
		})
		t.Run("bare", func(t *testing.T) {
			bare := openBare(t, dir, kind)
			_, peers := startNode(t, bare.log, bare.stable, bare.snapshots)
			if appendAfter(t, peers, 5, 2, next) {
				t.Fatal("the upstream fault is gone: is the guard still needed?")
			}
			if kind == disk.KindWAL {
				return // a second install shows the other half of the fault, see below
			}
			install(t, peers, 5, 2)
			if appendAfter(t, peers, 5, 2, next) {
				t.Fatal("the upstream fault is gone: is the guard still needed?")
			}
		})
	})
}

// TestUpstream697_AnInstalledSnapshotKeepsTheLogBehindIt: upstream empties a monotonic log (raft-wal) under Raft, which
// goes on to acknowledge entries that it no longer has.
func TestUpstream697_AnInstalledSnapshotKeepsTheLogBehindIt(t *testing.T) {
	prepare := func(t *testing.T, kind string) string {
		dir := t.TempDir()
		s := open(t, disk.Options{Dir: dir, Kind: kind})
		bootstrap(t, s)
		store(t, s.Log, entries(2, 10, 1))
		closeStores(t, s)
		return dir
	}
	t.Run("bare", func(t *testing.T) {
		bare := openBare(t, prepare(t, disk.KindWAL), disk.KindWAL)
		_, peers := startNode(t, bare.log, bare.stable, bare.snapshots)
		install(t, peers, 5, 1)
		if last, err := bare.log.LastIndex(); err != nil || last != 0 || !appendAfter(t, peers, 10, 1, nil) {
			t.Fatalf("the upstream fault is gone (last %d, %v): is the guard still needed?", last, err)
		}
	})
	onBothKinds(t, func(t *testing.T, kind string) {
		s := open(t, disk.Options{Dir: prepare(t, kind), Kind: kind})
		_, peers := startNode(t, s.Log, s.Stable, s.Snapshots)
		install(t, peers, 5, 1)
		if last, err := s.Log.LastIndex(); err != nil || last != 10 {
			t.Fatalf("last entry is %d, %v", last, err)
		}
		if !appendAfter(t, peers, 10, 1, entries(11, 12, 3)) {
			t.Fatal("refused")
		}
		select {
		case <-s.Diverged():
			t.Fatal("a log that agrees with the snapshot counts as diverged")
		default:
		}
	})
}

func TestASnapshotInstalledOverADivergedLogAsksToReopen(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		s := open(t, o)
		bootstrap(t, s)
		store(t, s.Log, entries(2, 10, 1))
		node, peers := startNode(t, s.Log, s.Stable, s.Snapshots)
		install(t, peers, 5, 2)
		select {
		case <-s.Diverged():
		default:
			t.Fatal("Diverged is open")
		}
		if appendAfter(t, peers, 10, 1, nil) && appendAfter(t, peers, 5, 2, entries(6, 8, 3)) {
			t.Fatal("Raft recovered by itself: is Diverged still needed?")
		}
		stop(t, node)
		closeStores(t, s)

		s = open(t, o)
		_, peers = startNode(t, s.Log, s.Stable, s.Snapshots)
		if !appendAfter(t, peers, 5, 2, entries(6, 8, 3)) {
			t.Fatal("refused after reopening")
		}
	})
}

func TestASnapshotInstalledBeyondTheLogReplacesIt(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		s := open(t, o)
		bootstrap(t, s)
		store(t, s.Log, entries(2, 10, 1))
		node, peers := startNode(t, s.Log, s.Stable, s.Snapshots)
		install(t, peers, 50, 2)
		if !appendAfter(t, peers, 50, 2, entries(51, 53, 3)) {
			t.Fatal("refused")
		}
		wantBounds(t, s.Log, 51, 53)
		stop(t, node)
		closeStores(t, s)
		wantBounds(t, open(t, o).Log, 51, 53)
	})
}

func TestALogThatEndsBeforeTheSnapshotIsDroppedAtOpen(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		s := open(t, o)
		store(t, s.Log, entries(1, 10, 1))
		snapshot(t, s.Snapshots, 20, 2, "seats")
		closeStores(t, s)
		s = open(t, o)
		wantBounds(t, s.Log, 0, 0)
		store(t, s.Log, entries(21, 22, 2))
		wantBounds(t, s.Log, 21, 22)
	})
}

func TestALogThatAgreesWithTheSnapshotIsKept(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		s := open(t, o)
		store(t, s.Log, entries(1, 10, 1))
		snapshot(t, s.Snapshots, 5, 1, "seats")
		closeStores(t, s)
		wantBounds(t, open(t, o).Log, 1, 10)
	})
}

func TestALogWithAGapAfterTheSnapshotIsRefusedAndLeftAlone(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		for _, withSnapshot := range []bool{true, false} {
			o := disk.Options{Dir: t.TempDir(), Kind: kind}
			s := open(t, o)
			if withSnapshot {
				snapshot(t, s.Snapshots, 5, 1, "seats")
			}
			store(t, s.Log, entries(8, 10, 1))
			closeStores(t, s)
			for range 2 {
				_, err := disk.Open(o)
				if !errors.Is(err, disk.ErrGap) || !strings.Contains(err.Error(), "begins at entry 8") {
					t.Fatalf("Open says: %v", err)
				}
			}
		}
	})
}

func TestALogWithAHoleIsRefused(t *testing.T) {
	o := disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt} // raft-wal cannot hold one
	s := open(t, o)
	store(t, s.Log, entries(1, 4, 1))
	store(t, s.Log, entries(6, 9, 1))
	closeStores(t, s)
	if _, err := disk.Open(o); !errors.Is(err, disk.ErrGap) || !strings.Contains(err.Error(), "entry 5") {
		t.Fatalf("Open says: %v", err)
	}
}

func TestTrimmingKeepsTheEntryAtTheSnapshotsIndex(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		s := open(t, o)
		store(t, s.Log, entries(1, 10, 1))
		snapshot(t, s.Snapshots, 5, 1, "seats")
		if err := s.Log.DeleteRange(1, 5); err != nil {
			t.Fatal(err)
		}
		wantBounds(t, s.Log, 5, 10)
		if err := s.Log.DeleteRange(5, 5); err != nil {
			t.Fatal(err)
		}
		wantBounds(t, s.Log, 5, 10)
		// A conflict with the leader right there takes it all the same.
		if err := s.Log.DeleteRange(5, 10); err != nil {
			t.Fatal(err)
		}
		wantBounds(t, s.Log, 0, 0)
	})
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(filepath.Join(to, "copy"), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(to, "copy")
}
