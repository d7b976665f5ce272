package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/parterre/parterre/bench/nodes"
)

// withNodes runs do with three fresh nodes of this very binary, in a temporary folder, and leaves neither processes nor
// files behind. Where do fails, the nodes' last lines are printed.
func withNodes(logStore string, verbose bool, std streams, do func(*nodes.Cluster) error) error {
	return withNodesOf(logStore, nil, verbose, std, do)
}

// withNodesOf is withNodes with further flags of each node.
func withNodesOf(logStore string, args []string, verbose bool, std streams, do func(*nodes.Cluster) error) (err error) {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "parterre-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	logs := &tail{}
	if verbose {
		logs.also = std.err
	}
	cluster, err := nodes.Start(nodes.Options{
		Binary: binary, Dir: filepath.Join(dir, "nodes"), Count: 3, Output: logs.add,
		Args: append([]string{"--log-store", logStore, "--log-level", "info", "--log-format", "text"}, args...),
	})
	if err != nil {
		return err
	}
	err = errors.Join(do(cluster), cluster.Close())
	if err != nil && !verbose {
		logs.dump(std.err)
	}
	return err
}
