package cluster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/parterre/parterre/raftlog"
)

// stage is how far a node's folder got in the formation of its cluster. It only ever grows.
type stage string

// The stages. "empty" stands in no file: it is what a folder without one is.
const (
	stageEmpty        stage = "empty"
	stageFounding     stage = "founding"     // all founders were seen unformed; groups are being written
	stageBootstrapped stage = "bootstrapped" // every group has its first configuration on disk; none was ever opened
	stageFormed       stage = "formed"       // every founder is bootstrapped: groups may be opened, now and for ever
)

// unformed reports whether a node at this stage has certainly never opened a group.
func (s stage) unformed() bool {
	return s == stageEmpty || s == stageFounding || s == stageBootstrapped
}

// settled reports whether a node at this stage has its groups on disk.
func (s stage) settled() bool { return s == stageBootstrapped || s == stageFormed }

const (
	metaFile         = "node.json"
	metaFormat       = 1
	maxMetaBytes     = 64 << 10
	partitionsFolder = "partitions"
)

// meta is what a folder says about itself: whose it is, and how far its cluster's formation got.
type meta struct {
	Format     int              `json:"format"`
	Node       string           `json:"node"`
	Cluster    string           `json:"cluster"`
	Partitions int              `json:"partitions"`
	Members    []raftlog.Member `json:"members"`
	LogStore   string           `json:"log_store"`
	Stage      stage            `json:"stage"`
}

func groupDir(dir string, partition int) string {
	return filepath.Join(dir, partitionsFolder, strconv.Itoa(partition))
}

// readMeta reads the folder's file; nil without an error if there is none.
func readMeta(dir string) (*meta, error) {
	path := filepath.Join(dir, metaFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &StartError{Problem: "the data folder cannot be read", Err: err}
	}
	m := new(meta)
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err = d.Decode(m); err == nil {
		err = m.check()
	}
	if err != nil {
		return nil, &StartError{
			Problem: path + " is damaged or of a newer version", Err: err,
			Remedy: "Restore it from a backup of this node, or run the version that wrote it",
		}
	}
	return m, nil
}

func (m *meta) check() error {
	switch {
	case m.Format != metaFormat:
		return fmt.Errorf("format %d, this version reads %d", m.Format, metaFormat)
	case m.Partitions < 1 || m.Partitions > MaxPartitions:
		return fmt.Errorf("%d partitions", m.Partitions)
	case len(m.Members) == 0 || len(m.Members) > MaxMembers:
		return fmt.Errorf("%d members", len(m.Members))
	case m.Stage != stageFounding && m.Stage != stageBootstrapped && m.Stage != stageFormed:
		return fmt.Errorf("stage %q", m.Stage)
	}
	if id, _ := clusterID(m.Members, m.Partitions); id != m.Cluster {
		return fmt.Errorf("the cluster id %s is not that of its members", m.Cluster)
	}
	return checkMembers(m.Node, m.Members)
}

// write puts the file in place so that a crash leaves the old or the new one, whole: write beside, fsync, rename, fsync
// the folder.
func (m *meta) write(dir string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, metaFile)
	if err = writeSynced(path+".new", append(b, '\n')); err == nil {
		if err = os.Rename(path+".new", path); err == nil {
			err = syncFolder(dir)
		}
	}
	if err != nil {
		return &StartError{Problem: "the data folder cannot be written", Err: err, Remedy: "See that it is writable and that its disk has room"}
	}
	return nil
}

func writeSynced(path string, b []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err = f.Write(b); err != nil {
		return err
	}
	return f.Sync()
}

func syncFolder(dir string) (err error) {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Sync()
}
