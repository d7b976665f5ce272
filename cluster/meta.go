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

// The stages of a node that came later, and of one that left.
const (
	stageJoining stage = "joining" // a member without a vote: its groups may be empty. Once it has everything it is "formed"
	stageRemoved stage = "removed" // no member any more, for ever
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
	partitionsFolder = "partitions"
)

// meta is what a folder says about itself: whose it is, and how far its cluster's formation got.
type meta struct {
	Node       string
	Cluster    string
	Partitions int
	Members    []raftlog.Member // those who founded the cluster, whose name this is; see members
	LogStore   string
	Stage      stage
	// Directory is the newest that this node has seen; nil while it is the founding members'.
	Directory *directory
}

// members is the newest directory that this node has seen.
func (m *meta) members() *directory {
	if m.Directory != nil {
		return m.Directory
	}
	return foundingDirectory(m.Members)
}

// metaRecord is a meta in its file.
type metaRecord struct {
	Format     int            `json:"format"`
	Node       string         `json:"node"`
	Cluster    string         `json:"cluster"`
	Partitions int            `json:"partitions"`
	Members    []memberRecord `json:"members"`
	LogStore   string         `json:"log_store"`
	Stage      stage          `json:"stage"`
	Directory  *directory     `json:"directory,omitempty"`
}

type memberRecord struct {
	Node string `json:"node"`
	Peer string `json:"peer"`
}

func (m *meta) record() *metaRecord {
	r := &metaRecord{
		Format: metaFormat, Node: m.Node, Cluster: m.Cluster, Partitions: m.Partitions, LogStore: m.LogStore, Stage: m.Stage,
		Directory: m.Directory,
	}
	for _, member := range m.Members {
		r.Members = append(r.Members, memberRecord(member))
	}
	return r
}

func (r *metaRecord) meta() (*meta, error) {
	if r.Format != metaFormat {
		return nil, fmt.Errorf("format %d, this version reads %d", r.Format, metaFormat)
	}
	m := &meta{Node: r.Node, Cluster: r.Cluster, Partitions: r.Partitions, LogStore: r.LogStore, Stage: r.Stage, Directory: r.Directory}
	for _, member := range r.Members {
		m.Members = append(m.Members, raftlog.Member(member))
	}
	return m, m.check()
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
	var r metaRecord
	var m *meta
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err = d.Decode(&r); err == nil {
		m, err = r.meta()
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
	case m.Partitions < 1 || m.Partitions > MaxPartitions:
		return fmt.Errorf("%d partitions", m.Partitions)
	case len(m.Members) == 0 || len(m.Members) > MaxMembers:
		return fmt.Errorf("%d members", len(m.Members))
	}
	switch m.Stage {
	case stageFounding, stageBootstrapped, stageFormed, stageJoining, stageRemoved:
	default:
		return fmt.Errorf("stage %q", m.Stage)
	}
	if id, _ := clusterID(m.Members, m.Partitions); id != m.Cluster {
		return fmt.Errorf("the cluster id %s is not that of its members", m.Cluster)
	}
	if m.Directory == nil {
		return checkMembers(m.Node, m.Members)
	}
	return errors.Join(checkMembers("", m.Members), m.Directory.check())
}

// write puts the file in place so that a crash leaves the old or the new one, whole: write beside, fsync, rename, fsync
// the folder.
func (m *meta) write(dir string) error {
	b, err := json.MarshalIndent(m.record(), "", "  ")
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
