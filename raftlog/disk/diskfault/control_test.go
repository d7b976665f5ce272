package diskfault

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/raft"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a store under faults that a file says.
type bench struct {
	*Control
	t      *testing.T
	file   string
	inner  *raft.InmemStore
	log    raft.LogStore
	stable raft.StableStore
	wrong  chan error
}

func newBench(t *testing.T, document string) *bench {
	t.Helper()
	b := &bench{t: t, file: filepath.Join(t.TempDir(), "faults"), inner: raft.NewInmemStore(), wrong: make(chan error, 1)}
	b.write(document)
	var err error
	if b.Control, err = Follow(b.file, func(err error) { b.wrong <- err }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	b.log, b.stable = b.Log(b.inner), b.Stable(b.inner)
	return b
}

// write replaces the file at once; "" removes it.
func (b *bench) write(document string) {
	b.t.Helper()
	if document == "" {
		if err := os.Remove(b.file); err != nil && !errors.Is(err, os.ErrNotExist) {
			b.t.Fatal(err)
		}
		return
	}
	err := os.WriteFile(b.file+".new", []byte(document), 0o600)
	if err == nil {
		err = os.Rename(b.file+".new", b.file)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) store(index uint64) error { return b.log.StoreLog(&raft.Log{Index: index}) }

func (b *bench) last() uint64 {
	last, err := b.inner.LastIndex()
	if err != nil {
		b.t.Fatal(err)
	}
	return last
}

func (b *bench) until(what string, done func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatal("not in time: " + what)
		}
	}
}

func TestWithoutAFileTheDiskIsSound(t *testing.T) {
	b := newBench(t, "")
	if err := errors.Join(b.store(1), b.stable.SetUint64([]byte("term"), 3)); err != nil || b.last() != 1 {
		t.Fatal(err)
	}
}

func TestAFailedWriteIsNotThereAndAFailedFsyncIs(t *testing.T) {
	b := newBench(t, `{"append": {"error": "eio", "pass": 1}, "stable": {"error": "enospc"}}`)
	if err := b.store(1); err != nil {
		t.Fatal(err)
	}
	if err := b.store(2); !errors.Is(err, syscall.EIO) || b.last() != 1 {
		t.Fatal(err, b.last())
	}
	if err := b.stable.SetUint64([]byte("term"), 3); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	b = newBench(t, `{"append": {"error": "eio_fsync"}}`)
	if err := b.store(1); !errors.Is(err, syscall.EIO) || b.last() != 1 {
		t.Fatal(err, b.last())
	}
}

func TestASlowWriteIsInMemoryOnlyUntilItIsDone(t *testing.T) {
	b := newBench(t, `{"append": {"slow_ms": 2000}}`)
	stored := make(chan error, 1)
	start := time.Now()
	go func() { stored <- b.store(1) }()
	b.until("it is under way", func() bool { return b.Reached(Append) == 1 })
	if time.Since(start) < 150*time.Millisecond && b.last() != 0 {
		t.Fatal("a write that was not answered has reached the store")
	}
	if err := <-stored; err != nil || b.last() != 1 || time.Since(start) < 200*time.Millisecond {
		t.Fatal(err, b.last(), time.Since(start))
	}
}

func TestTheFileIsFollowed(t *testing.T) {
	b := newBench(t, `{"append": {"hang": true}}`)
	stored := make(chan error, 1)
	go func() { stored <- b.store(1) }()
	b.until("it hangs", func() bool { return b.Reached(Append) == 1 })
	b.write("")
	if err := <-stored; err != nil || b.last() != 1 {
		t.Fatal(err)
	}
	b.write(`{"append": {"error": "eio"}}`)
	b.until("it fails", func() bool { return b.store(2) != nil })
}

func TestWhatHangsGoesOnWhenNobodyFollowsAnyMore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "faults")
	if err := os.WriteFile(file, []byte(`{"append": {"hang": true}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Follow(file, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	stored := make(chan error, 1)
	log := c.Log(raft.NewInmemStore())
	go func() { stored <- log.StoreLog(&raft.Log{Index: 1}) }()
	c.Close()
	if err := <-stored; err != nil {
		t.Fatal(err)
	}
}

func TestADocumentThatCannotBeUnderstoodIsRefusedAndChangesNothing(t *testing.T) {
	bad := []string{
		`{"append": {"error": "smoke"}}`, `{"tape": {"hang": true}}`, `{"append": {"slow_ms": -1}}`, `{"append": {"speed": 1}}`, `x`,
	}
	for _, document := range bad {
		file := filepath.Join(t.TempDir(), "faults")
		if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Follow(file, func(error) {}); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: %v", document, err)
		}
	}
	b := newBench(t, `{"append": {"error": "eio"}}`)
	b.write(bad[0])
	if err := <-b.wrong; !errors.Is(err, ErrDocument) {
		t.Error(err)
	}
	if err := b.store(1); !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
}
