package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
	"github.com/parterre/parterre/raftlog/disk/diskfault"
)

// writes are one write of each kind.
var writes = map[diskfault.Op]func(*disk.Stores) error{
	diskfault.Append: func(s *disk.Stores) error { return s.Log.StoreLogs(entries(6, 6, 1)) },
	diskfault.Trim:   func(s *disk.Stores) error { return s.Log.DeleteRange(1, 2) },
	diskfault.Stable: func(s *disk.Stores) error { return s.Stable.SetUint64(current, 9) },
	diskfault.Snapshot: func(s *disk.Stores) error {
		_, trans := raft.NewInmemTransport("n1")
		_, err := s.Snapshots.Create(1, 4, 1, members(), 1, trans)
		return err
	},
}

func TestAFullDiskStopsEveryLaterWriteAndTellsOnce(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		for failing, write := range writes {
			var faults diskfault.Faults
			alarm := newAlarm()
			s := open(t, disk.Options{Dir: t.TempDir(), Kind: kind, Wrap: faults.Wrap(), OnFatal: alarm.ring})
			store(t, s.Log, entries(1, 5, 1))
			faults.Fail(failing, 0, syscall.ENOSPC)

			err := write(s)
			if failing != diskfault.Append && !errors.Is(err, syscall.ENOSPC) { // the cache keeps only the text
				t.Fatalf("write %d says: %v", failing, err)
			}
			if fault := alarm.wait(t); !errors.Is(fault, disk.ErrFault) || !errors.Is(fault, syscall.ENOSPC) {
				t.Fatalf("OnFatal got: %v", fault)
			}
			faults.Fail(failing, 0, nil) // space again: too late
			reached := map[diskfault.Op]int{}
			for op := range writes {
				reached[op] = faults.Reached(op)
			}
			for op, write := range writes {
				if err := write(s); err == nil {
					t.Fatalf("write %d went through after write %d failed", op, failing)
				}
				if faults.Reached(op) != reached[op] {
					t.Fatalf("write %d reached the disk after write %d failed", op, failing)
				}
			}
			if calls := alarm.calls.Load(); calls != 1 {
				t.Fatalf("OnFatal was called %d times", calls)
			}
			wantBounds(t, s.Log, 1, 5)
			closeStores(t, s)
		}
	})
}

func TestASnapshotThatFailsHalfWayIsAFaultAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	for _, pass := range []int{0, 1} { // the write, the close
		var faults diskfault.Faults
		alarm := newAlarm()
		o := disk.Options{Dir: dir, Kind: disk.KindBolt, Wrap: faults.Wrap(), OnFatal: alarm.ring}
		s := open(t, o)
		_, trans := raft.NewInmemTransport("n1")
		sink, err := s.Snapshots.Create(1, 4, 1, members(), 1, trans)
		if err != nil {
			t.Fatal(err)
		}
		faults.Fail(diskfault.Snapshot, pass, syscall.EIO)
		_, err = sink.Write([]byte("seats"))
		if pass == 1 {
			err = sink.Close()
		}
		if fault := alarm.wait(t); !errors.Is(err, syscall.EIO) || !errors.Is(fault, syscall.EIO) {
			t.Fatalf("write says %v, OnFatal got %v", err, fault)
		}
		if err := sink.Cancel(); pass == 0 && err == nil {
			t.Fatal("Cancel after a fault touched the disk")
		}
		closeStores(t, s)

		o.Wrap = disk.Wrap{}
		s = open(t, o)
		if metas, err := s.Snapshots.List(); err != nil || len(metas) != 0 {
			t.Fatalf("snapshots: %v, %v", metas, err)
		}
		if left, err := os.ReadDir(filepath.Join(dir, "snapshots")); err != nil || len(left) != 0 {
			t.Fatalf("left over: %v, %v", left, err)
		}
		closeStores(t, s)
	}
}

func TestAnEntryThatCannotBeReadIsAFault(t *testing.T) {
	var faults diskfault.Faults
	alarm := newAlarm()
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt, Wrap: faults.Wrap(), OnFatal: alarm.ring})
	store(t, s.Log, entries(1, 300, 1))
	var entry raft.Log
	if err := s.Log.GetLog(301, &entry); !errors.Is(err, raft.ErrLogNotFound) || s.Fault() != nil {
		t.Fatalf("an entry that is not there: %v, fault %v", err, s.Fault())
	}
	faults.Fail(diskfault.Read, 0, syscall.EIO)
	if err := s.Log.GetLog(1, &entry); !errors.Is(err, syscall.EIO) {
		t.Fatalf("GetLog says: %v", err)
	}
	if fault := alarm.wait(t); !errors.Is(fault, syscall.EIO) {
		t.Fatalf("OnFatal got: %v", fault)
	}
}

// A term that cannot be written makes raft v1.7.3 panic (setCurrentTerm); after Handover the node just stops.
func TestATermThatCannotBeWrittenStopsTheNodeWithoutAPanic(t *testing.T) {
	var faults diskfault.Faults
	alarm := newAlarm()
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt, Wrap: faults.Wrap(), OnFatal: alarm.ring})
	bootstrap(t, s)
	node, peers := startNode(t, s.Log, s.Stable, s.Snapshots)
	s.Handover()
	faults.Fail(diskfault.Stable, 0, syscall.ENOSPC)
	if askVote(t, peers, "n2", 5, 10, 4) {
		t.Fatal("a vote was granted in a term that is not on disk")
	}
	if fault := alarm.wait(t); !errors.Is(fault, syscall.ENOSPC) {
		t.Fatalf("OnFatal got: %v", fault)
	}
	stop(t, node)
}

// A candidate that hears from a leader of its own term writes that term again, which is on disk, and may have failed to write
// its vote just before: that is no reason to panic either.
func TestAnUnchangedTermAfterAFaultStopsTheNodeWithoutAPanic(t *testing.T) {
	var faults diskfault.Faults
	alarm := newAlarm()
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt, Wrap: faults.Wrap(), OnFatal: alarm.ring})
	term := []byte("CurrentTerm")
	if err := s.Stable.SetUint64(term, 5); err != nil {
		t.Fatal(err)
	}
	s.Handover()
	faults.Fail(diskfault.Append, 0, syscall.ENOSPC)
	if s.Log.StoreLogs(entries(1, 1, 5)) == nil {
		t.Fatal("a full disk took an entry")
	}
	alarm.wait(t)
	ended, told := make(chan struct{}), error(nil)
	go func() {
		defer close(ended)
		if told = s.Stable.SetUint64(term, 5); told == nil {
			told = errors.New("no error")
		}
	}()
	<-ended
	if told != nil {
		t.Errorf("Raft is told %v, on which it panics", told)
	}
}

func TestAHungWriteIsAFaultAndItsLateSuccessIsNotTold(t *testing.T) {
	onBothKinds(t, func(t *testing.T, kind string) {
		for hanging, write := range writes {
			var faults diskfault.Faults
			alarm := newAlarm()
			s := open(t, disk.Options{
				Dir: t.TempDir(), Kind: kind, Wrap: faults.Wrap(), OnFatal: alarm.ring, StallLimit: 50 * time.Millisecond,
			})
			store(t, s.Log, entries(1, 5, 1))
			release := faults.Stall(hanging)
			defer release()
			result := make(chan error, 1)
			go func() { result <- write(s) }()
			if fault := alarm.wait(t); !errors.Is(fault, disk.ErrStalled) || !errors.Is(fault, disk.ErrFault) {
				t.Fatalf("OnFatal got: %v", fault)
			}
			release()
			if err := <-result; err == nil {
				t.Fatalf("write %d was acknowledged after its stall was declared", hanging)
			}
			if alarm.calls.Load() != 1 {
				t.Fatal("OnFatal was called again")
			}
			closeStores(t, s)
		}
	})
}

func TestCloseDoesNotWaitForAHungDisk(t *testing.T) {
	var faults diskfault.Faults
	alarm := newAlarm()
	s := open(t, disk.Options{
		Dir: t.TempDir(), Kind: disk.KindBolt, Wrap: faults.Wrap(), OnFatal: alarm.ring, StallLimit: 50 * time.Millisecond,
	})
	release := faults.Stall(diskfault.Append)
	result := make(chan error, 1)
	go func() { result <- s.Log.StoreLogs(entries(1, 1, 1)) }()
	alarm.wait(t)
	if err := s.Close(); !errors.Is(err, disk.ErrStalled) {
		t.Fatalf("Close says: %v", err)
	}
	release()
	<-result
}

func TestManyQuickWritesAreNoStall(t *testing.T) {
	alarm := newAlarm()
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindWAL, OnFatal: alarm.ring, StallLimit: 2 * time.Second})
	for index := uint64(1); index <= 200; index++ {
		store(t, s.Log, entries(index, index, 1))
	}
	if s.Fault() != nil || alarm.calls.Load() != 0 {
		t.Fatalf("fault: %v", s.Fault())
	}
}

func TestTwoFaultsAtOnceAreToldOnce(t *testing.T) {
	var faults diskfault.Faults
	alarm := newAlarm()
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt, Wrap: faults.Wrap(), OnFatal: alarm.ring})
	store(t, s.Log, entries(1, 5, 1))
	hanging := []diskfault.Op{diskfault.Append, diskfault.Stable}
	results := make(chan error, len(hanging))
	var releases []func()
	for _, op := range hanging {
		faults.Fail(op, 0, syscall.EIO)
		releases = append(releases, faults.Stall(op))
		defer releases[len(releases)-1]()
		before := faults.Reached(op)
		go func() { results <- writes[op](s) }()
		for deadline := time.Now().Add(time.Minute); faults.Reached(op) == before; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("write %d did not reach the disk", op)
			}
		}
	}
	for _, release := range releases {
		release()
		if err := <-results; err == nil {
			t.Fatal("a failed write was acknowledged")
		}
	}
	if calls := alarm.calls.Load(); calls != 1 {
		t.Fatalf("OnFatal was called %d times", calls)
	}
}
