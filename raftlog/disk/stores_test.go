package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/raftlog/disk"
)

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		s := open(t, o)
		store(t, s.Log, entries(1, 10, 3))
		castVote(t, s.Stable, 3, "n2")
		snapshot(t, s.Snapshots, 5, 3, "seats")
		closeStores(t, s)

		s = open(t, o)
		wantBounds(t, s.Log, 1, 10)
		var entry raft.Log
		if err := s.Log.GetLog(7, &entry); err != nil || entry.Term != 3 || string(entry.Data) != "seat" {
			t.Fatalf("entry 7 is %+v, %v", entry, err)
		}
		wantVote(t, s.Stable, 3, "n2")
		if metas, err := s.Snapshots.List(); err != nil || len(metas) != 1 || metas[0].Index != 5 {
			t.Fatalf("snapshots are %v, %v", metas, err)
		}
	})
}

// A leader that comes back follows another and clears what only it had. raft-wal v0.4.0 marked the segment as sealed without its
// index: after the next restart nothing of it could be read (hashicorp/raft-wal#31; chaos, seed 3, wal).
func TestALogWhoseSuffixWasClearedIsThereAfterReopening(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		s := open(t, o)
		store(t, s.Log, entries(1, 10, 3))
		closeStores(t, s)

		s = open(t, o)
		if err := s.Log.DeleteRange(10, 10); err != nil {
			t.Fatal(err)
		}
		store(t, s.Log, entries(10, 12, 4))
		closeStores(t, s)

		s = open(t, o)
		wantBounds(t, s.Log, 1, 12)
		for index, term := range map[uint64]uint64{1: 3, 9: 3, 10: 4, 12: 4} {
			var entry raft.Log
			if err := s.Log.GetLog(index, &entry); err != nil || entry.Term != term || string(entry.Data) != "seat" {
				t.Errorf("entry %d is %+v, %v; want term %d", index, entry, err, term)
			}
		}
	})
}

func TestAFolderOfTheOtherKindIsRefusedInWords(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		dir := t.TempDir()
		closeStores(t, open(t, disk.Options{Dir: dir, Kind: kind}))
		other := map[string]string{disk.KindBolt: disk.KindWAL, disk.KindWAL: disk.KindBolt}[kind]
		_, err := disk.Open(disk.Options{Dir: dir, Kind: other})
		if !errors.Is(err, disk.ErrKind) || !strings.Contains(err.Error(), "--log-store "+kind) {
			t.Fatalf("opening as %s says: %v", other, err)
		}
		closeStores(t, open(t, disk.Options{Dir: dir, Kind: kind}))
	})
}

func TestAFolderWithDataButNoKindIsRefused(t *testing.T) {
	dir := t.TempDir()
	closeStores(t, open(t, disk.Options{Dir: dir, Kind: disk.KindBolt}))
	if err := os.Remove(filepath.Join(dir, "kind")); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Open(disk.Options{Dir: dir, Kind: disk.KindBolt}); !errors.Is(err, disk.ErrKind) {
		t.Fatalf("Open says: %v", err)
	}
	if _, err := disk.HasState(dir); !errors.Is(err, disk.ErrKind) {
		t.Fatalf("HasState says: %v", err)
	}
}

func TestASecondOwnerOfAFolderIsRefused(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		first := open(t, o)
		_, err := disk.Open(o)
		if !errors.Is(err, disk.ErrLocked) || !strings.Contains(err.Error(), "process ") {
			t.Fatalf("second Open says: %v", err)
		}
		closeStores(t, first)
		closeStores(t, open(t, o))
	})
}

func TestHasStateTellsAUsedFolderFromAnOpenedOne(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		dir := filepath.Join(t.TempDir(), "p0")
		want := func(want bool) {
			t.Helper()
			if got, err := disk.HasState(dir); err != nil || got != want {
				t.Fatalf("HasState = %v, %v; want %v", got, err, want)
			}
		}
		want(false)
		s := open(t, disk.Options{Dir: dir, Kind: kind})
		closeStores(t, s)
		want(false)
		s = open(t, disk.Options{Dir: dir, Kind: kind})
		bootstrap(t, s)
		closeStores(t, s)
		want(true)
	})
}

func TestTheCacheHandsOutWhatWasStored(t *testing.T) {
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt})
	if _, ok := s.Log.(*raft.LogCache); !ok {
		t.Fatalf("the log is a %T", s.Log)
	}
	store(t, s.Log, entries(1, 300, 1))
	for _, index := range []uint64{1, 150, 300} {
		var entry raft.Log
		if err := s.Log.GetLog(index, &entry); err != nil || entry.Index != index {
			t.Fatalf("entry %d is %+v, %v", index, entry, err)
		}
	}
}

func TestPartitionsShareARegistry(t *testing.T) {
	registry := prometheus.NewRegistry()
	for partition := range uint32(2) {
		s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt, Partition: partition, Registerer: registry})
		store(t, s.Log, entries(1, 3, 1))
	}
	if got := samples(t, registry, "append"); got != 2 {
		t.Fatalf("%d appends of two partitions", got)
	}
}

// samples counts the accesses that parterre_disk_store_seconds saw, of all partitions.
func samples(t *testing.T, registry prometheus.Gatherer, op string) (count uint64) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if family.GetName() == "parterre_disk_store_seconds" && label.GetName() == "op" && label.GetValue() == op {
					count += metric.GetHistogram().GetSampleCount()
				}
			}
		}
	}
	return count
}
