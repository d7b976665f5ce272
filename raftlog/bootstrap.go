package raftlog

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
)

// bootstrapSuffix names the folder in which a group is begun. It is renamed when it is complete, so that a crash leaves
// either no group or a whole one: Raft writes term and first entry in two steps.
const bootstrapSuffix = ".begun"

// Bootstrap writes the first configuration, c.Members as voters, into an empty folder. ErrHasState if it is not empty.
// Every founding voter writes the same; an empty folder must never be bootstrapped under a node name that voted before.
func Bootstrap(c Config) error {
	c = c.withDefaults()
	has, err := HasState(c.Dir)
	if err != nil {
		return err
	}
	if has {
		return fmt.Errorf("%w: %s", ErrHasState, filepath.Base(c.Dir))
	}
	configuration, err := founders(&c)
	if err != nil {
		return err
	}
	begun := c.Dir + bootstrapSuffix
	if err := os.RemoveAll(begun); err != nil {
		return fmt.Errorf("raftlog: bootstrap: %w", err)
	}
	if err := writeFirst(&c, begun, configuration); err != nil {
		return fmt.Errorf("raftlog: bootstrap: %w", err)
	}
	// The folder may exist if it was opened once; it holds no state.
	if err := os.RemoveAll(c.Dir); err != nil {
		return fmt.Errorf("raftlog: bootstrap: %w", err)
	}
	if err := os.Rename(begun, c.Dir); err != nil {
		return fmt.Errorf("raftlog: bootstrap: %w", err)
	}
	return syncFolder(filepath.Dir(c.Dir))
}

func founders(c *Config) (raft.Configuration, error) {
	var configuration raft.Configuration
	self := false
	for _, m := range c.Members {
		self = self || m.Node == c.Node
		configuration.Servers = append(configuration.Servers, raft.Server{
			Suffrage: raft.Voter, ID: raft.ServerID(m.Node), Address: raft.ServerAddress(m.Peer),
		})
	}
	if !self {
		return configuration, fmt.Errorf("raftlog: bootstrap: node %q is not among the members", c.Node)
	}
	return configuration, nil
}

func writeFirst(c *Config, dir string, configuration raft.Configuration) (err error) {
	stores, err := disk.Open(disk.Options{
		Dir: dir, Kind: c.LogStore, Partition: c.Partition, Logger: slog.New(slog.DiscardHandler), OnFatal: func(error) {},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stores.Close()) }()
	conf := raft.DefaultConfig()
	conf.LocalID = raft.ServerID(c.Node)
	// Protocol 3 needs no transport to write a configuration.
	return raft.BootstrapCluster(conf, stores.Log, stores.Stable, stores.Snapshots, nil, configuration)
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("raftlog: bootstrap: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// HasState reports whether the folder holds a group's log, votes or snapshots.
func HasState(dir string) (bool, error) {
	has, err := disk.HasState(dir)
	if err != nil {
		return false, fmt.Errorf("raftlog: %w", err)
	}
	return has, nil
}
