package disk_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/raftlog/disk"
)

// damage flips a byte of a snapshot's state.
func damage(t *testing.T, dir, id string) {
	t.Helper()
	path := filepath.Join(dir, "snapshots", id, "state.bin")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[0] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantSnapshot(t *testing.T, s *disk.Stores, index uint64, content string) {
	t.Helper()
	metas, err := s.Snapshots.List()
	if err != nil || len(metas) != 1 || metas[0].Index != index {
		t.Fatalf("snapshots are %v, %v; want the one at %d", metas, err, index)
	}
	_, r, err := s.Snapshots.Open(metas[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || string(got) != content {
		t.Fatalf("content is %q, %v", got, err)
	}
}

// Who is sent a damaged state must not get all of it.
func TestADamagedSnapshotEndsBeforeItsLastBytes(t *testing.T) {
	o := disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt}
	s := open(t, o)
	store(t, s.Log, entries(1, 30, 1))
	whole := strings.Repeat("seats", 1_000)
	id := snapshot(t, s.Snapshots, 10, 1, whole)
	read := func() ([]byte, error) {
		t.Helper()
		_, content, err := s.Snapshots.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.OneByteReader(content))
		return got, errors.Join(err, content.Close())
	}
	if got, err := read(); err != nil || string(got) != whole {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	damage(t, o.Dir, id)
	if got, err := read(); !errors.Is(err, disk.ErrSnapshotDamaged) || len(got) != len(whole)-1 {
		t.Errorf("%d bytes of a damaged state, %v", len(got), err)
	}
}

func TestRaftSeesTheNewestSnapshotOnly(t *testing.T) {
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt})
	store(t, s.Log, entries(1, 30, 1))
	for _, index := range []uint64{10, 20, 30} {
		snapshot(t, s.Snapshots, index, 1, "seats")
		wantSnapshot(t, s, index, "seats")
	}
}

// A GiB must not be left to one fsync at the end, which would look like a hung disk.
func TestABigSnapshotIsFsyncedOnTheWay(t *testing.T) {
	registry := prometheus.NewRegistry()
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt, Registerer: registry})
	store(t, s.Log, entries(1, 3, 1))
	_, trans := raft.NewInmemTransport("n1")
	sink, err := s.Snapshots.Create(1, 2, 1, members(), 1, trans)
	if err != nil {
		t.Fatal(err)
	}
	chunk := strings.Repeat("0123456789abcdef", 1<<20/16)
	const chunks = 40
	for range chunks {
		before := samples(t, registry, "snapshot")
		if _, err := io.WriteString(sink, chunk); err != nil {
			t.Fatal(err)
		}
		if n := samples(t, registry, "snapshot") - before; n < 1 || n > 2 { // the write, and perhaps an fsync
			t.Fatalf("%d accesses for a write", n)
		}
	}
	// One for making it, one per write, and an fsync per 16 MiB.
	if got := samples(t, registry, "snapshot"); got != 1+chunks+chunks/16 {
		t.Fatalf("%d accesses", got)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	wantSnapshot(t, s, 2, strings.Repeat(chunk, chunks))
}

func TestACancelledSnapshotLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, disk.Options{Dir: dir, Kind: disk.KindBolt})
	_, trans := raft.NewInmemTransport("n1")
	sink, err := s.Snapshots.Create(1, 4, 1, members(), 1, trans)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(sink, "seats")
	if err := errors.Join(err, sink.Cancel(), sink.Cancel(), sink.Close()); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "snapshots")); err != nil || len(left) != 0 {
		t.Fatalf("left over: %v, %v", left, err)
	}
}

func TestUnfinishedSnapshotsAreRemovedAtOpen(t *testing.T) {
	o := disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt}
	closeStores(t, open(t, o))
	unfinished := filepath.Join(o.Dir, "snapshots", "3-10-1700000000000.tmp")
	if err := os.MkdirAll(unfinished, 0o750); err != nil {
		t.Fatal(err)
	}
	open(t, o)
	if _, err := os.Stat(unfinished); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("still there: %v", err)
	}
}

func TestADamagedSnapshotIsPutAsideIfTheLogStandsInForIt(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		o := disk.Options{Dir: t.TempDir(), Kind: kind}
		s := open(t, o)
		store(t, s.Log, entries(1, 30, 1))
		snapshot(t, s.Snapshots, 10, 1, "older")
		newest := snapshot(t, s.Snapshots, 20, 1, "newer")
		closeStores(t, s)
		damage(t, o.Dir, newest)

		s = open(t, o)
		wantSnapshot(t, s, 10, "older")
		wantBounds(t, s.Log, 1, 30)
		if _, err := os.Stat(filepath.Join(o.Dir, "damaged", newest)); err != nil {
			t.Fatalf("not put aside: %v", err)
		}
	})
}

// A start reads one snapshot, not all that are there.
func TestADamagedSnapshotBehindASoundOneIsLeftAlone(t *testing.T) {
	o := disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt}
	s := open(t, o)
	store(t, s.Log, entries(1, 30, 1))
	older := snapshot(t, s.Snapshots, 10, 1, "older")
	snapshot(t, s.Snapshots, 20, 1, "newer")
	closeStores(t, s)
	damage(t, o.Dir, older)

	s = open(t, o)
	wantSnapshot(t, s, 20, "newer") // as Raft opens it at its start
	wantSnapshot(t, s, 20, "newer") // and as it opens it for a follower
	if has, err := disk.HasState(t.TempDir()); has || err != nil {
		t.Errorf("an empty folder has state: %v, %v", has, err)
	}
	closeStores(t, s)
	if has, err := disk.HasState(o.Dir); !has || err != nil {
		t.Errorf("the folder has no state: %v, %v", has, err)
	}
}

func TestADamagedSnapshotIsRefusedIfTheLogDoesNotReach(t *testing.T) {
	for name, prepare := range map[string]func(*testing.T, *disk.Stores) string{
		"log trimmed past the older snapshot": func(t *testing.T, s *disk.Stores) string {
			store(t, s.Log, entries(1, 30, 1))
			snapshot(t, s.Snapshots, 10, 1, "older")
			id := snapshot(t, s.Snapshots, 20, 1, "newer")
			if err := s.Log.DeleteRange(1, 15); err != nil {
				t.Fatal(err)
			}
			return id
		},
		"log ends before the damaged one": func(t *testing.T, s *disk.Stores) string {
			store(t, s.Log, entries(1, 15, 1))
			snapshot(t, s.Snapshots, 10, 1, "older")
			return snapshot(t, s.Snapshots, 20, 1, "newer")
		},
		"log contradicts the damaged one": func(t *testing.T, s *disk.Stores) string {
			store(t, s.Log, entries(1, 30, 1))
			snapshot(t, s.Snapshots, 10, 1, "older")
			return snapshot(t, s.Snapshots, 20, 2, "newer")
		},
		"no older one, log trimmed": func(t *testing.T, s *disk.Stores) string {
			store(t, s.Log, entries(1, 30, 1))
			id := snapshot(t, s.Snapshots, 20, 1, "newer")
			if err := s.Log.DeleteRange(1, 15); err != nil {
				t.Fatal(err)
			}
			return id
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt}
			s := open(t, o)
			id := prepare(t, s)
			closeStores(t, s)
			damage(t, o.Dir, id)
			for range 2 { // the folder is left as it is
				if _, err := disk.Open(o); !errors.Is(err, disk.ErrSnapshotDamaged) {
					t.Fatalf("Open says: %v", err)
				}
			}
		})
	}
}

func TestASnapshotThatIsDamagedWhileRunningIsNotPassedOver(t *testing.T) {
	o := disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt}
	s := open(t, o)
	store(t, s.Log, entries(1, 30, 1))
	snapshot(t, s.Snapshots, 10, 1, "older")
	newest := snapshot(t, s.Snapshots, 20, 1, "newer")
	damage(t, o.Dir, newest)
	_, content, err := s.Snapshots.Open(newest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(content)
	if err := errors.Join(err, content.Close()); !errors.Is(err, disk.ErrSnapshotDamaged) || len(got) > 0 {
		t.Fatalf("reading says: %q, %v", got, err)
	}
	state := filepath.Join(o.Dir, "snapshots", newest, "state.bin")
	if err := os.WriteFile(state, []byte("newer and longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Snapshots.Open(newest); !errors.Is(err, disk.ErrSnapshotDamaged) {
		t.Fatalf("Open of one that is longer than it was says: %v", err)
	}
	if err := os.Remove(filepath.Join(o.Dir, "snapshots", newest, "meta.json")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Snapshots.Open(newest); !errors.Is(err, disk.ErrSnapshotDamaged) {
		t.Fatalf("Open of one without a description says: %v", err)
	}
	if metas, err := s.Snapshots.List(); !errors.Is(err, disk.ErrSnapshotDamaged) {
		t.Fatalf("List says: %v, %v", metas, err)
	}
}
