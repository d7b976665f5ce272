package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/parterre/parterre/raftlog"
)

// folder is this node's data folder, locked, and what its file says: for a new folder, what it will say.
type folder struct {
	dir    string
	meta   *meta // nil if this node has yet to join
	stage  stage // stageEmpty if there is no file yet
	unlock func()

	mu sync.Mutex // held while the file is written; meta and stage change under it
}

// HasData reports whether a data folder belongs to a node already, which then knows its cluster.
func HasData(dir string) bool {
	m, err := readMeta(dir)
	return m != nil || err != nil
}

// openFolder locks the folder and refuses one that belongs to another node, another cluster, another number of
// partitions or another log store: starting from it would be to forget what this node promised elsewhere.
func openFolder(c *Config) (*folder, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, &StartError{Problem: "the data folder cannot be made", Err: err}
	}
	unlock, err := lockFolder(c.Dir)
	if err != nil {
		return nil, err
	}
	f := &folder{dir: c.Dir, unlock: unlock, stage: stageEmpty}
	if f.meta, err = readMeta(c.Dir); err == nil {
		if f.meta != nil {
			f.stage, err = f.meta.Stage, f.meta.matches(c)
		} else if err = f.unclaimed(); err == nil && len(c.Join) == 0 {
			f.meta, err = newMeta(c)
		}
	}
	if err != nil {
		unlock()
		return nil, err
	}
	return f, nil
}

// advance writes the folder's next stage; it counts when it is on disk.
func (f *folder) advance(s stage) error { return f.change(func(m *meta) { m.Stage = s }) }

// keep writes the newest directory.
func (f *folder) keep(d *directory) error { return f.change(func(m *meta) { m.Directory = d }) }

func (f *folder) change(alter func(*meta)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := *f.meta
	alter(&m)
	if err := m.write(f.dir); err != nil {
		return err
	}
	f.meta, f.stage = &m, m.Stage
	return nil
}

// unclaimed refuses groups' data without a file that says whose they are: it was never this node's to touch.
func (f *folder) unclaimed() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return &StartError{Problem: "the data folder cannot be read", Err: err}
	}
	for _, e := range entries {
		if e.Name() == partitionsFolder {
			return &StartError{
				Problem: fmt.Sprintf("the data folder %s holds partitions but no %s, so that it is not known whose they are", f.dir, metaFile),
				Remedy:  "Restore " + metaFile + ", or name the node's own folder with --data",
			}
		}
	}
	return nil
}

// newMeta is the description of a founding member's folder without one.
func newMeta(c *Config) (*meta, error) {
	if len(c.Members) == 0 {
		return nil, &StartError{
			Problem: "the data folder " + c.Dir + " is empty, and no members were named",
			Remedy:  "Name the founding members with --cluster, a cluster to join with --join, or the node's own folder with --data",
		}
	}
	partitions := c.Partitions
	setDefault(&partitions, DefaultPartitions)
	store := c.LogStore
	setDefault(&store, defaultLogStore)
	id, _ := clusterID(c.Members, partitions)
	return &meta{
		Node: c.Node, Cluster: id, Partitions: partitions,
		Members: append([]raftlog.Member(nil), c.Members...), LogStore: store, Stage: stageFounding,
	}, nil
}

// matches compares a folder with data to what the node was started with.
func (m *meta) matches(c *Config) error {
	switch {
	case m.Node != c.Node:
		return &StartError{
			Problem: fmt.Sprintf("the data folder %s belongs to node %s, and this is node %s", c.Dir, m.Node, c.Node),
			Remedy:  "Name this node's own folder with --data, or its own name with --node",
		}
	case m.Stage == stageRemoved, m.members().wasRemoved(c.Node):
		return removedError(c.Node, c.Dir)
	case c.Partitions != 0 && c.Partitions != m.Partitions:
		return &StartError{
			Problem: fmt.Sprintf("the data folder %s has %d partitions, and %d were asked for", c.Dir, m.Partitions, c.Partitions),
			Remedy:  "The number is fixed when a cluster is formed: leave --partitions out, or start a new cluster",
		}
	case c.LogStore != "" && c.LogStore != m.LogStore:
		return &StartError{
			Problem: fmt.Sprintf("the data folder %s keeps its log in the store %q, and %q was asked for", c.Dir, m.LogStore, c.LogStore),
			Remedy:  "Leave --log-store out: with the other store this node would have forgotten its votes",
		}
	}
	if len(c.Members) == 0 {
		return nil
	}
	if id, _ := clusterID(c.Members, m.Partitions); id != m.Cluster {
		return &StartError{
			Problem: fmt.Sprintf("the data folder %s belongs to cluster %s, founded by %s; the members named now are another cluster's", c.Dir, m.Cluster, memberList(m.Members)),
			Remedy:  "Name this node's own folder with --data, or the founding members with --cluster, or leave --cluster out",
		}
	}
	return nil
}

func memberList(members []raftlog.Member) string {
	text := ""
	for i, m := range members {
		if i > 0 {
			text += ","
		}
		text += m.Node + "=" + m.Peer
	}
	return text
}

// bootstrapGroups writes every group's first configuration. None was ever opened at this stage, so what an attempt
// before this one left half written is worth nothing and goes.
func (f *folder) bootstrapGroups() error {
	if f.stage != stageFounding {
		return errors.New("cluster: groups are bootstrapped while founding only")
	}
	for p := range f.meta.Partitions {
		dir := groupDir(f.dir, p)
		if err := os.RemoveAll(dir); err != nil {
			return &StartError{Problem: "the data folder cannot be written", Err: err}
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return &StartError{Problem: "the data folder cannot be written", Err: err}
		}
		c := raftlog.Config{
			Partition: uint32(p), Node: f.meta.Node, Dir: dir, LogStore: f.meta.LogStore, Members: f.meta.Members,
		}
		if err := raftlog.Bootstrap(c); err != nil {
			return &StartError{Problem: fmt.Sprintf("partition %d cannot be written", p), Err: err}
		}
	}
	if err := errors.Join(syncFolder(filepath.Join(f.dir, partitionsFolder)), syncFolder(f.dir)); err != nil {
		return &StartError{Problem: "the data folder cannot be synced", Err: err}
	}
	return nil
}
