package disk_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
	wal "github.com/hashicorp/raft-wal"
	"github.com/hashicorp/raft-wal/metadb"
	"go.uber.org/goleak"

	"github.com/parterre/parterre/raftlog/disk"
	"github.com/parterre/parterre/raftlog/disk/hclogslog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// onBothKinds runs the test on either log store.
func onBothKinds(t *testing.T, test func(t *testing.T, kind string)) {
	for _, kind := range []string{disk.KindBolt, disk.KindWAL} {
		t.Run(kind, func(t *testing.T) { test(t, kind) })
	}
}

// alarm is an OnFatal that remembers.
type alarm struct {
	calls atomic.Int64
	first chan error
}

func newAlarm() *alarm { return &alarm{first: make(chan error, 1)} }

func (a *alarm) ring(err error) {
	if a.calls.Add(1) == 1 {
		a.first <- err
	}
}

func (a *alarm) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-a.first:
		return err
	case <-time.After(time.Minute):
		t.Fatal("OnFatal was not called")
		return nil
	}
}

func open(t *testing.T, o disk.Options) *disk.Stores {
	t.Helper()
	s, err := disk.Open(o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func closeStores(t *testing.T, s *disk.Stores) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// entries makes log entries from first to last of one term.
func entries(first, last, term uint64) []*raft.Log {
	var logs []*raft.Log
	for index := first; index <= last; index++ {
		logs = append(logs, &raft.Log{Index: index, Term: term, Type: raft.LogCommand, Data: []byte("seat")})
	}
	return logs
}

func store(t *testing.T, log raft.LogStore, logs []*raft.Log) {
	t.Helper()
	if err := log.StoreLogs(logs); err != nil {
		t.Fatalf("StoreLogs: %v", err)
	}
}

func wantBounds(t *testing.T, log raft.LogStore, first, last uint64) {
	t.Helper()
	gotFirst, err1 := log.FirstIndex()
	gotLast, err2 := log.LastIndex()
	if err := errors.Join(err1, err2); err != nil || gotFirst != first || gotLast != last {
		t.Fatalf("log has entries %d to %d (%v), want %d to %d", gotFirst, gotLast, err, first, last)
	}
}

// members are n1 (the node under test), n2 and n3.
func members() raft.Configuration {
	var c raft.Configuration
	for _, n := range []string{"n1", "n2", "n3"} {
		c.Servers = append(c.Servers, raft.Server{ID: raft.ServerID(n), Address: raft.ServerAddress(n)})
	}
	return c
}

func snapshot(t *testing.T, snapshots raft.SnapshotStore, index, term uint64, content string) string {
	t.Helper()
	_, trans := raft.NewInmemTransport("n1")
	sink, err := snapshots.Create(1, index, term, members(), 1, trans)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	if _, err := io.WriteString(sink, content); err != nil {
		t.Fatalf("Write: %v", err)
	}
	if err := sink.Close(); err != nil {
		t.Fatalf("Close of the snapshot: %v", err)
	}
	return sink.ID()
}

// bareStores are the upstream stores on a folder that package disk wrote, without its guards.
type bareStores struct {
	log       raft.LogStore
	stable    raft.StableStore
	snapshots raft.SnapshotStore
}

func openBare(t *testing.T, dir, kind string) bareStores {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "wal"), 0o750))
	stable, err := raftboltdb.NewBoltStore(filepath.Join(dir, "stable.db"))
	must(err)
	t.Cleanup(func() { _ = stable.Close() })
	snapshots, err := raft.NewFileSnapshotStoreWithLogger(dir, 2, hclogslog.New(nil, ""))
	must(err)
	if kind == disk.KindBolt {
		log, err := raftboltdb.NewBoltStore(filepath.Join(dir, "log.db"))
		must(err)
		t.Cleanup(func() { _ = log.Close() })
		return bareStores{log, stable, snapshots}
	}
	meta := &metadb.BoltMetaDB{}
	t.Cleanup(func() { _ = meta.Close() })
	log, err := wal.Open(filepath.Join(dir, "wal"), wal.WithMetaStore(meta), wal.WithLogger(hclogslog.New(nil, "")))
	must(err)
	t.Cleanup(func() { _ = log.Close() })
	return bareStores{log, stable, snapshots}
}

// machine is a state machine without state.
type machine struct{}

func (machine) Apply(*raft.Log) any                 { return nil }
func (machine) Snapshot() (raft.FSMSnapshot, error) { return machine{}, nil }
func (machine) Restore(r io.ReadCloser) error       { _, err := io.Copy(io.Discard, r); return err }
func (machine) Persist(s raft.SnapshotSink) error   { return s.Close() }
func (machine) Release()                            {}

// patient is the configuration of a node that stands for no election while a test lasts.
func patient(id string) *raft.Config {
	c := raft.DefaultConfig()
	c.LocalID = raft.ServerID(id)
	c.Logger = hclogslog.New(nil, "")
	c.HeartbeatTimeout, c.ElectionTimeout, c.LeaderLeaseTimeout = time.Minute, time.Minute, time.Minute
	return c
}

// startNode starts Raft on the stores as n1, and returns a transport that plays its peers.
func startNode(t *testing.T, log raft.LogStore, stable raft.StableStore, snapshots raft.SnapshotStore) (*raft.Raft, *raft.InmemTransport) {
	t.Helper()
	_, own := raft.NewInmemTransport("n1")
	_, peer := raft.NewInmemTransportWithTimeout("n2", time.Minute)
	peer.Connect("n1", own)
	node, err := raft.NewRaft(patient("n1"), machine{}, log, stable, snapshots, own)
	if err != nil {
		t.Fatalf("NewRaft: %v", err)
	}
	t.Cleanup(func() { stop(t, node); _ = own.Close(); _ = peer.Close() })
	return node, peer
}

func stop(t *testing.T, node *raft.Raft) {
	t.Helper()
	if err := node.Shutdown().Error(); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

func header(node string) raft.RPCHeader {
	return raft.RPCHeader{ProtocolVersion: 3, ID: []byte(node), Addr: []byte(node)}
}

// bootstrap writes a first configuration of n1, n2 and n3 at term 1.
func bootstrap(t *testing.T, s *disk.Stores) {
	t.Helper()
	_, trans := raft.NewInmemTransport("n1")
	if err := raft.BootstrapCluster(patient("n1"), s.Log, s.Stable, s.Snapshots, trans, members()); err != nil {
		t.Fatalf("BootstrapCluster: %v", err)
	}
}
