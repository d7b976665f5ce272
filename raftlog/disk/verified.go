package disk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc64"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/raft"
)

const metaFile = "meta.json"

// description is what raft.FileSnapshotStore writes beside a state (v1.7.3, file_snapshot.go).
type description struct {
	raft.SnapshotMeta
	CRC []byte // CRC-64 of the state, polynomial ECMA
}

func describe(folder string) (*description, error) {
	text, err := os.ReadFile(filepath.Join(folder, metaFile))
	if err != nil {
		return nil, err
	}
	d := &description{}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, err
	}
	return d, nil
}

var ecma = crc64.MakeTable(crc64.ECMA)

// verified is a snapshot's state that proves itself while it is read: the last bytes are not given before all are known to be
// sound. So whoever reads it to the end has read what was written, and a state is read once. raft.FileSnapshotStore reads it
// through before it gives the first byte, at the disk's full speed, and those who buy wait for their fsyncs meanwhile.
type verified struct {
	file *os.File
	sum  hash.Hash64
	left int64
	want []byte
}

// openVerified opens the state in a snapshot's folder.
func openVerified(folder string) (*raft.SnapshotMeta, *verified, error) {
	d, err := describe(folder)
	if err != nil {
		return nil, nil, err
	}
	file, err := os.Open(filepath.Join(folder, stateFile))
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() != d.Size {
		err = fmt.Errorf("%d bytes, %d were written", info.Size(), d.Size)
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return &d.SnapshotMeta, &verified{file: file, sum: crc64.New(ecma), left: d.Size, want: d.CRC}, nil
}

func (v *verified) Read(b []byte) (int, error) {
	n, err := v.file.Read(b)
	_, _ = v.sum.Write(b[:n]) // a hash takes everything
	v.left -= int64(n)
	switch {
	case v.left < 0 || errors.Is(err, io.EOF) && v.left > 0:
		return 0, fmt.Errorf("%w: %s: its length changed", ErrSnapshotDamaged, v.file.Name())
	case v.left == 0 && n > 0 && !bytes.Equal(v.sum.Sum(nil), v.want):
		return 0, fmt.Errorf("%w: %s: CRC mismatch", ErrSnapshotDamaged, v.file.Name())
	}
	return n, err
}

func (v *verified) Close() error { return v.file.Close() }
