package clustertest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/raftlog"
)

const (
	// patience is how long anything may take that a healthy cluster does in a second or two; generous, since tests share
	// their cores.
	patience     = time.Minute
	pollInterval = 10 * time.Millisecond
)

// Option changes how the nodes are configured.
type Option func(*Cluster)

// Configure changes the configuration of the i-th node before each of its starts.
func Configure(change func(i int, c *cluster.Config)) Option {
	return func(c *Cluster) { c.changes = append(c.changes, change) }
}

// Partitions sets the number of partitions.
func Partitions(n int) Option {
	return Configure(func(_ int, c *cluster.Config) { c.Partitions = n })
}

// Cluster is a cluster of nodes named n1, n2, …; nodes are counted from 0.
type Cluster struct {
	Net     *Network
	t       testing.TB
	logs    *logs
	changes []func(int, *cluster.Config)
	root    string
	members []raftlog.Member // of all slots; the founders stand first
	founded int
	slots   []*slot
}

// slot is a place for a node.
type slot struct {
	dir  string
	role cluster.Role // of a node that joins

	mu       sync.Mutex
	node     *cluster.Node // nil while it is down
	listener net.Listener  // the one to start with; nil once it is used up
	fatal    error
}

// New makes a cluster of n nodes and starts none.
func New(t testing.TB, n int, options ...Option) *Cluster {
	t.Helper()
	c := &Cluster{Net: newNetwork(), t: t, logs: newLogs(t)}
	for _, o := range options {
		o(c)
	}
	c.root = t.TempDir()
	for range n {
		c.addSlot("")
	}
	c.founded = n
	t.Cleanup(c.stopAll)
	return c
}

// addSlot makes a place for one more node.
func (c *Cluster) addSlot(role cluster.Role) int {
	c.t.Helper()
	l := listenAnywhere(c.t)
	i := len(c.slots)
	name := fmt.Sprintf("n%d", i+1)
	c.members = append(c.members, raftlog.Member{Node: name, Peer: l.Addr().String()})
	c.slots = append(c.slots, &slot{dir: filepath.Join(c.root, name), role: role, listener: l})
	return i
}

// Start makes a cluster of n nodes and waits until all of them are ready.
func Start(t testing.TB, n int, options ...Option) *Cluster {
	t.Helper()
	c := New(t, n, options...)
	c.StartAll()
	c.WaitReady()
	return c
}

// StartAll starts every node that is down, all at the same time.
func (c *Cluster) StartAll() {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	errs := make([]error, len(c.slots))
	var wg sync.WaitGroup
	for i := range c.slots {
		if c.Node(i) == nil {
			wg.Go(func() { errs[i] = c.StartNode(ctx, i) })
		}
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			c.t.Fatalf("clustertest: node %s does not start: %v", c.Name(i), err)
		}
	}
}

// StartNode starts one node, which must be down, and returns what cluster.Start says.
func (c *Cluster) StartNode(ctx context.Context, i int) error {
	config := c.Config(i)
	config.Listener = c.listener(i)
	node, err := cluster.Start(ctx, config)
	if err == nil {
		s := c.slots[i]
		s.mu.Lock()
		s.node = node
		s.mu.Unlock()
	}
	return err
}

// listener is open and the i-th node's to start with.
func (c *Cluster) listener(i int) net.Listener {
	s := c.slots[i]
	s.mu.Lock()
	l := s.listener
	s.listener = nil
	s.mu.Unlock()
	if l == nil {
		l = listenAgain(c.t, c.members[i].Peer)
	}
	return l
}

// Config is what the i-th node is started with, but for its listener.
func (c *Cluster) Config(i int) cluster.Config {
	s, name := c.slots[i], c.Name(i)
	config := cluster.Config{
		Node: name, Dir: s.dir, HTTP: "http://" + name + ".test", Version: "test",
		Logger:  c.logs.logger(),
		OnFatal: func(err error) { s.mu.Lock(); s.fatal = err; s.mu.Unlock() },
		Dialed:  func(to string, conn net.Conn) (net.Conn, error) { return c.Net.dialed(name, to, conn) },
	}
	if i < c.founded {
		config.Members = slices.Clone(c.members[:c.founded])
	} else {
		config.Role = s.role
		for _, m := range c.members[:i] {
			config.Join = append(config.Join, m.Peer)
		}
	}
	for _, change := range c.changes {
		change(i, &config)
	}
	return config
}

// Name is the i-th node's name.
func (c *Cluster) Name(i int) string { return c.members[i].Node }

// Index is the number of the node of that name.
func (c *Cluster) Index(name string) int {
	for i, m := range c.members {
		if m.Node == name {
			return i
		}
	}
	c.t.Fatalf("clustertest: no node is named %q", name)
	return -1
}

// Dir is the i-th node's data folder.
func (c *Cluster) Dir(i int) string { return c.slots[i].dir }

// Node is the i-th node; nil while it is down.
func (c *Cluster) Node(i int) *cluster.Node {
	s := c.slots[i]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.node
}

// Nodes are the nodes that run.
func (c *Cluster) Nodes() []*cluster.Node {
	var nodes []*cluster.Node
	for i := range c.slots {
		if n := c.Node(i); n != nil {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// Fatal is what the i-th node stopped itself for; nil if it did not.
func (c *Cluster) Fatal(i int) error {
	s := c.slots[i]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fatal
}

// Stop drains the i-th node and closes it, as SIGTERM does.
func (c *Cluster) Stop(i int) {
	c.t.Helper()
	n := c.take(i)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := n.Drain(ctx); err != nil {
		c.t.Errorf("clustertest: %s does not drain: %v", c.Name(i), err)
	}
	if err := n.Close(); err != nil {
		c.t.Errorf("clustertest: %s does not close: %v", c.Name(i), err)
	}
}

// Kill ends the i-th node as SIGKILL does, as far as the others can tell: its connections are gone from one moment to
// the next, and it hands nothing over.
func (c *Cluster) Kill(i int) {
	c.t.Helper()
	n := c.take(i)
	for j := range c.slots {
		if j != i {
			c.Net.Cut(c.Name(i), c.Name(j)) // nothing more gets out while it closes
		}
	}
	c.Net.sever(c.Name(i))
	if err := n.Close(); err != nil {
		c.t.Errorf("clustertest: %s does not close: %v", c.Name(i), err)
	}
	for j := range c.slots {
		if j != i {
			c.Net.mend(c.Name(i), c.Name(j))
		}
	}
}

func (c *Cluster) take(i int) *cluster.Node {
	c.t.Helper()
	s := c.slots[i]
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.node
	if s.node = nil; n == nil {
		c.t.Fatalf("clustertest: %s is down", c.Name(i))
	}
	return n
}

// Restart starts the i-th node, which must be down, on its folder.
func (c *Cluster) Restart(i int) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.StartNode(ctx, i); err != nil {
		c.t.Fatalf("clustertest: node %s does not start again: %v", c.Name(i), err)
	}
}

// Wipe empties the folder of the i-th node, which must be down.
func (c *Cluster) Wipe(i int) {
	c.t.Helper()
	if err := os.RemoveAll(c.slots[i].dir); err != nil {
		c.t.Fatal(err)
	}
}

// Isolate cuts the i-th node off from all others. Net.Heal ends it.
func (c *Cluster) Isolate(i int) {
	for j := range c.slots {
		if j != i {
			c.Net.Cut(c.Name(i), c.Name(j))
		}
	}
}

func (c *Cluster) stopAll() {
	var wg sync.WaitGroup
	for i, s := range c.slots {
		wg.Go(func() {
			s.mu.Lock()
			n, l := s.node, s.listener
			s.node, s.listener = nil, nil
			s.mu.Unlock()
			if l != nil {
				_ = l.Close()
			}
			if n == nil {
				return
			}
			if err := n.Close(); err != nil {
				c.t.Errorf("clustertest: %s does not close: %v", c.Name(i), err)
			}
		})
	}
	wg.Wait()
}
