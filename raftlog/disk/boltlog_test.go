package disk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
	"go.etcd.io/bbolt"
)

// oddEntries have every form of every field, and lengths on both sides of each limit.
func oddEntries() []*raft.Log {
	times := []time.Time{
		{},
		time.Unix(0, 0), time.Unix(1_700_000_000, 0), time.Unix(1_700_000_000, 5), time.Unix(math.MaxUint32+1, 0),
		time.Unix(1<<34, 7), time.Unix(-3, 9), time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("elsewhere", 3600)),
	}
	numbers := []uint64{0, 1, 127, 128, 255, 256, math.MaxUint16, math.MaxUint16 + 1, math.MaxUint32, math.MaxUint32 + 1, math.MaxUint64}
	lengths := []int{-1, 0, 1, 31, 32, 255, 256, spacedBytes - 100, spacedBytes, math.MaxUint16, math.MaxUint16 + 1, 300_000}
	var entries []*raft.Log
	for i := range 200 {
		index := uint64(i) + 1
		if i >= 150 {
			index = numbers[5+i%5] + uint64(i)
		}
		e := &raft.Log{
			Index: index, Term: numbers[i%len(numbers)], Type: raft.LogType(i % 6),
			AppendedAt: times[i%len(times)],
		}
		if n := lengths[i%len(lengths)]; n >= 0 {
			e.Data = bytes.Repeat([]byte{byte(i)}, n)
		}
		if n := lengths[(i/3)%8]; n >= 0 {
			e.Extensions = bytes.Repeat([]byte{byte(i)}, n)
		}
		entries = append(entries, e)
	}
	return entries
}

// rawEntries are the values of a log file by their keys, spacers left out.
func rawEntries(t *testing.T, path string) map[uint64][]byte {
	t.Helper()
	db, err := bbolt.Open(path, boltFileMode, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	values := map[uint64][]byte{}
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(boltLogs).ForEach(func(key, value []byte) error {
			if len(key) == 8 {
				values[binary.BigEndian.Uint64(key)] = bytes.Clone(value)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func newUpstream(t *testing.T, path string) *raftboltdb.BoltStore {
	t.Helper()
	upstream, err := raftboltdb.New(boltOptions(path))
	if err != nil {
		t.Fatal(err)
	}
	return upstream
}

func newOurs(t *testing.T, path string) *boltLog {
	t.Helper()
	if err := newUpstream(t, path).Close(); err != nil { // which makes the buckets
		t.Fatal(err)
	}
	ours, err := openBoltLog(path, boltOptions(path).BoltOptions)
	if err != nil {
		t.Fatal(err)
	}
	return ours
}

func wantEntries(t *testing.T, log raft.LogStore, entries []*raft.Log) {
	t.Helper()
	for _, want := range entries {
		var got raft.Log
		if err := log.GetLog(want.Index, &got); err != nil {
			t.Fatalf("entry %d: %v", want.Index, err)
		}
		if !got.AppendedAt.Equal(want.AppendedAt) {
			t.Fatalf("entry %d was appended at %v, want %v", want.Index, got.AppendedAt, want.AppendedAt)
		}
		got.AppendedAt = want.AppendedAt
		if !reflect.DeepEqual(&got, want) {
			t.Fatalf("entry %d is not what was stored", want.Index)
		}
	}
}

func wantRange(t *testing.T, log raft.LogStore, first, last uint64) {
	t.Helper()
	f, err1 := log.FirstIndex()
	l, err2 := log.LastIndex()
	if err := errors.Join(err1, err2); err != nil || f != first || l != last {
		t.Fatalf("the log reaches from %d to %d (%v), want %d to %d", f, l, err, first, last)
	}
}

func TestABoltLogIsWrittenAsRaftBoltdbWritesIt(t *testing.T) {
	entries := oddEntries()
	theirs, our := filepath.Join(t.TempDir(), "theirs.db"), filepath.Join(t.TempDir(), "ours.db")
	upstream, ours := newUpstream(t, theirs), newOurs(t, our)
	for _, log := range []raft.LogStore{upstream, ours} {
		if err := log.StoreLogs(entries); err != nil {
			t.Fatal(err)
		}
	}
	wantEntries(t, ours, entries)
	if err := errors.Join(upstream.Close(), ours.Close()); err != nil {
		t.Fatal(err)
	}
	want, got := rawEntries(t, theirs), rawEntries(t, our)
	if len(got) != len(want) {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	for index, value := range want {
		if !bytes.Equal(got[index], value) {
			t.Errorf("entry %d: % x, want % x", index, got[index][:min(80, len(got[index]))], value[:min(80, len(value))])
		}
	}
}

// Whoever wrote the file, both read, shorten and lengthen it alike.
func TestABoltLogAndRaftBoltdbTakeTurns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	ours := newOurs(t, path)
	large := func(from, to uint64) (entries []*raft.Log) {
		for i := from; i <= to; i++ {
			entries = append(entries, &raft.Log{Index: i, Term: 3, Data: bytes.Repeat([]byte{byte(i)}, int(i%3)*30_000)})
		}
		return entries
	}
	all := large(1, 100)
	for _, entry := range all {
		if err := ours.StoreLog(entry); err != nil {
			t.Fatal(err)
		}
	}
	var upstream *raftboltdb.BoltStore
	turn := func(change func(raft.LogStore) error, first, last uint64) {
		t.Helper()
		for range 2 {
			var log raft.LogStore
			if upstream == nil {
				if err := ours.Close(); err != nil {
					t.Fatal(err)
				}
				upstream = newUpstream(t, path)
				log = upstream
			} else {
				if err := upstream.Close(); err != nil {
					t.Fatal(err)
				}
				var err error
				if ours, err = openBoltLog(path, boltOptions(path).BoltOptions); err != nil {
					t.Fatal(err)
				}
				upstream, log = nil, ours
			}
			if change != nil {
				if err := change(log); err != nil {
					t.Fatal(err)
				}
				change = nil
			}
			wantRange(t, log, first, last)
			wantEntries(t, log, all[first-1:last])
			if err := log.GetLog(last+1, &raft.Log{}); !errors.Is(err, raft.ErrLogNotFound) {
				t.Fatalf("an entry that is not there: %v", err)
			}
		}
	}
	turn(nil, 1, 100)
	turn(func(log raft.LogStore) error { return log.DeleteRange(1, 40) }, 41, 100)
	turn(func(log raft.LogStore) error { return log.DeleteRange(92, 100) }, 41, 91)
	turn(func(log raft.LogStore) error { return log.StoreLogs(all[91:97]) }, 41, 97)
	all = append(all[:97], large(98, 100)...)
	if err := ours.Close(); err != nil {
		t.Fatal(err)
	}
	ours, err := openBoltLog(path, boltOptions(path).BoltOptions)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	if err := errors.Join(ours.StoreLogs(all[97:]), ours.DeleteRange(41, 50)); err != nil {
		t.Fatal(err)
	}
	wantRange(t, ours, 51, 100)
	if err := ours.DeleteRange(51, 100); err != nil {
		t.Fatal(err)
	}
	wantRange(t, ours, 0, 0)
}

// Without spacers, bbolt writes each of these entries four or five times.
func TestALargeEntryIsWrittenOnce(t *testing.T) {
	ours := newOurs(t, filepath.Join(t.TempDir(), "log.db"))
	defer ours.Close()
	const count, size = 50, 100_000
	pages := func() int64 { stats := ours.db.Stats(); return stats.TxStats.GetPageAlloc() }
	before := pages()
	for i := range uint64(count) {
		if err := ours.StoreLog(&raft.Log{Index: i + 1, Term: 1, Data: make([]byte, size)}); err != nil {
			t.Fatal(err)
		}
	}
	if written := pages() - before; written > count*size*3/2 {
		t.Errorf("%d bytes of pages for %d bytes of entries", written, count*size)
	}
}

func TestTheRoomForEntriesIsNeverTooSmall(t *testing.T) {
	var code []byte
	entries := oddEntries()
	for _, entry := range entries {
		if n := len(appendBoltEntry(nil, entry)); n > codeBytes([]*raft.Log{entry}) {
			t.Errorf("entry %d takes %d bytes, %d were foreseen", entry.Index, n, codeBytes([]*raft.Log{entry}))
		}
		code = appendBoltEntry(code, entry)
	}
	if foreseen := codeBytes(entries); len(code) > foreseen || foreseen > len(code)+len(entries)*entryCodeBytes {
		t.Errorf("all take %d bytes, %d were foreseen", len(code), foreseen)
	}
}

// BenchmarkStoreLargeEntries is a follower's append that catches up on new events: 64 entries of 100,000 bytes.
func BenchmarkStoreLargeEntries(b *testing.B) {
	path := filepath.Join(b.TempDir(), "log.bolt")
	if err := makeBolt(path); err != nil {
		b.Fatal(err)
	}
	log, err := openBoltLog(path, boltOptions(path).BoltOptions)
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	entries := make([]*raft.Log, 64)
	for i := range entries {
		entries[i] = &raft.Log{Data: make([]byte, 100_000), Term: 1}
	}
	b.ReportAllocs()
	for index := uint64(1); b.Loop(); {
		first := index
		for _, entry := range entries {
			entry.Index = index
			index++
		}
		if err := log.StoreLogs(entries); err != nil {
			b.Fatal(err)
		}
		if err := log.DeleteRange(first, index-2); err != nil {
			b.Fatal(err)
		}
	}
}
