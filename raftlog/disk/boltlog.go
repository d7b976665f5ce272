package disk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/hashicorp/go-msgpack/v2/codec"
	"github.com/hashicorp/raft"
	"go.etcd.io/bbolt"
)

// boltLog is raft-boltdb's log file, written by hand: raft-boltdb reads what boltLog wrote, and the other way round. It
// differs in what an append costs:
//
//   - Entries are encoded without reflection, into a buffer that is used again.
//   - bbolt never splits a page of up to four entries, however large they are, and writes a page anew with each change to it:
//     an entry of many pages is written four and a half times on average. So a large entry is followed by spacers, which are
//     split off in its stead; then it is written once.
//
// A spacer's key is its entry's with a byte more. Whoever asks for an entry asks by its whole key and never meets one;
// whoever looks for the first or last entry, or deletes a range, reads the first eight bytes and takes it for its entry,
// with which it comes and goes.
type boltLog struct {
	db *bbolt.DB
	// code is the appended entries' encoding. bbolt reads it until the commit; the write transaction guards it.
	code []byte
}

const (
	// spacedBytes is the length from which on an encoded entry gets spacers: a page's.
	spacedBytes = 4 << 10
	// spacers is the least number that bbolt splits off: of the five keys of a page that begins with an entry, two stay.
	spacers = 4
	// keptCodeBytes bounds the buffer that is used again; a chart's entry may be larger.
	keptCodeBytes = 1 << 20
	// entryCodeBytes is more than an entry's code has beside its data and extensions.
	entryCodeBytes = 128

	boltFileMode fs.FileMode = 0o600
)

var boltLogs = []byte("logs") // raft-boltdb's bucket

func openBoltLog(path string, options *bbolt.Options) (*boltLog, error) {
	db, err := bbolt.Open(path, boltFileMode, options)
	if err != nil {
		return nil, err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		if tx.Bucket(boltLogs) == nil {
			return fmt.Errorf("no bucket %q", boltLogs)
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &boltLog{db: db}, nil
}

// Close closes the file.
func (l *boltLog) Close() error { return l.db.Close() }

// FirstIndex is the first entry's index, 0 if there is none.
func (l *boltLog) FirstIndex() (uint64, error) { return l.end((*bbolt.Cursor).First) }

// LastIndex is the last entry's index, 0 if there is none.
func (l *boltLog) LastIndex() (uint64, error) { return l.end((*bbolt.Cursor).Last) }

func (l *boltLog) end(seek func(*bbolt.Cursor) (key, value []byte)) (index uint64, err error) {
	err = l.db.View(func(tx *bbolt.Tx) error {
		if key, _ := seek(tx.Bucket(boltLogs).Cursor()); key != nil {
			index = binary.BigEndian.Uint64(key)
		}
		return nil
	})
	return index, err
}

// GetLog reads an entry.
func (l *boltLog) GetLog(index uint64, entry *raft.Log) error {
	return l.db.View(func(tx *bbolt.Tx) error {
		value := tx.Bucket(boltLogs).Get(binary.BigEndian.AppendUint64(nil, index))
		if value == nil {
			return raft.ErrLogNotFound
		}
		return codec.NewDecoder(bytes.NewReader(value), &codec.MsgpackHandle{}).Decode(entry)
	})
}

// StoreLog appends one entry.
func (l *boltLog) StoreLog(entry *raft.Log) error { return l.StoreLogs([]*raft.Log{entry}) }

// StoreLogs appends entries, all of them or none.
func (l *boltLog) StoreLogs(entries []*raft.Log) error {
	return l.db.Update(func(tx *bbolt.Tx) error {
		if l.code = l.code[:0]; cap(l.code) > keptCodeBytes {
			l.code = nil
		}
		l.code = slices.Grow(l.code, codeBytes(entries)) // grown step by step it would be copied many times
		bucket := tx.Bucket(boltLogs)
		for _, entry := range entries {
			start := len(l.code)
			l.code = appendBoltEntry(l.code, entry)
			if err := putEntry(bucket, entry.Index, l.code[start:len(l.code):len(l.code)]); err != nil {
				return err
			}
		}
		return nil
	})
}

// codeBytes is at least what the entries take encoded.
func codeBytes(entries []*raft.Log) int {
	total := 0
	for _, entry := range entries {
		total += entryCodeBytes + len(entry.Data) + len(entry.Extensions)
	}
	return total
}

// putEntry puts one entry, and spacers behind it if it is large.
func putEntry(bucket *bbolt.Bucket, index uint64, code []byte) error {
	var key [9]byte
	binary.BigEndian.PutUint64(key[:], index)
	if err := bucket.Put(key[:8], code); err != nil || len(code) < spacedBytes {
		return err
	}
	for i := range byte(spacers) {
		key[8] = i
		if err := bucket.Put(key[:], nil); err != nil {
			return err
		}
	}
	return nil
}

// DeleteRange deletes the entries from first to last, both included.
func (l *boltLog) DeleteRange(first, last uint64) error {
	return l.db.Update(func(tx *bbolt.Tx) error {
		cursor := tx.Bucket(boltLogs).Cursor()
		for key, _ := cursor.Seek(binary.BigEndian.AppendUint64(nil, first)); key != nil; key, _ = cursor.Next() {
			if binary.BigEndian.Uint64(key) > last {
				return nil
			}
			if err := cursor.Delete(); err != nil {
				return err
			}
		}
		return nil
	})
}
