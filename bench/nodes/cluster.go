package nodes

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Options say what to run.
type Options struct {
	Binary string // the parterre binary
	Dir    string // data folders go below it, one a node
	Count  int    // number of nodes
	// FirstHTTP, FirstPeer and FirstAdmin are the ports of the first node, the others follow; 0 picks free ones.
	FirstHTTP, FirstPeer, FirstAdmin int
	Args                             []string // further flags of `parterre serve`
	// ArgsOf are further flags of one node; nil = none.
	ArgsOf func(node string) []string
	// FolderOf makes the place of one node's data folder; nil = below Dir.
	FolderOf func(node string) (string, error)
	// BinaryOf is the binary of one node; nil or "" = Binary.
	BinaryOf func(node string) string
	// HostOf is the address that a node listens at; nil = 127.0.0.1. PrefixOf are words put before its command, as of a
	// program that runs it in a network of its own; nil = none.
	HostOf   func(node string) string
	PrefixOf func(node string) []string
	// Advertise gives the address by which the others reach a node's peer port, as one that stands before it; nil = the port.
	Advertise func(node, peer string) (string, error)
	// Output gets each line that a node writes, without the line's end; nil drops them. Called by one goroutine a node.
	Output func(node, line string)
}

// Cluster is a set of node processes.
type Cluster struct {
	Nodes   []*Node
	options Options
}

// readyPollInterval is how often WaitReady asks a node that is not ready yet.
const readyPollInterval = 20 * time.Millisecond

// Start starts all nodes of a cluster, without waiting until they are ready.
func Start(o Options) (*Cluster, error) {
	c, err := Plan(o)
	if err != nil {
		return nil, err
	}
	for _, n := range c.Nodes {
		if err := n.Start(); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Plan lays out names, ports and folders without starting anything.
func Plan(o Options) (*Cluster, error) {
	c := &Cluster{options: o}
	members := make([]string, 0, o.Count)
	for i := range o.Count {
		n, err := o.layOut(fmt.Sprintf("n%d", i+1), i)
		if err != nil {
			return nil, err
		}
		c.Nodes = append(c.Nodes, n)
		members = append(members, n.Name+"="+n.Advertised)
	}
	for _, n := range c.Nodes {
		n.configure(&o, "--cluster", strings.Join(members, ","))
	}
	return c, nil
}

// PlanJoin lays out one node more, which joins the running cluster of the members at some advertised addresses once it is
// added to them. It is not one of Nodes. In the place of another it takes that one's HTTP and admin addresses; at may be nil.
func (c *Cluster) PlanJoin(name string, at *Node, members []string) (*Node, error) {
	o := c.options
	o.FirstHTTP, o.FirstPeer, o.FirstAdmin = 0, 0, 0
	n, err := o.layOut(name, 0)
	if err != nil {
		return nil, err
	}
	if at != nil {
		n.HTTP, n.Admin = at.HTTP, at.Admin
	}
	n.configure(&o, "--join", strings.Join(members, ","), "--advertise", n.Advertised)
	return n, nil
}

// layOut gives a node its folder and addresses.
func (o *Options) layOut(name string, i int) (*Node, error) {
	n := &Node{Name: name, Dir: filepath.Join(o.Dir, name), binary: o.Binary, output: o.Output}
	for _, p := range []struct {
		addr  *string
		first int
	}{{&n.HTTP, o.FirstHTTP}, {&n.Peer, o.FirstPeer}, {&n.Admin, o.FirstAdmin}} {
		addr, err := loopback(p.first, i)
		if err != nil {
			return nil, err
		}
		if o.HostOf != nil {
			_, port, _ := net.SplitHostPort(addr) // it was made above
			addr = net.JoinHostPort(o.HostOf(name), port)
		}
		*p.addr = addr
	}
	if o.FolderOf != nil {
		var err error
		if n.Dir, err = o.FolderOf(name); err != nil {
			return nil, fmt.Errorf("nodes: %w", err)
		}
	}
	n.Advertised = n.Peer
	if o.Advertise != nil {
		var err error
		if n.Advertised, err = o.Advertise(name, n.Peer); err != nil {
			return nil, fmt.Errorf("nodes: %w", err)
		}
	}
	return n, nil
}

// configure makes the node's command; belongs are the flags that say to which cluster it belongs.
func (n *Node) configure(o *Options, belongs ...string) {
	n.args = append([]string{
		"serve", "--node", n.Name, "--data", n.Dir, "--http", n.HTTP, "--peer", n.Peer, "--admin", n.Admin,
	}, append(belongs, o.Args...)...)
	if o.PrefixOf != nil {
		n.prefix = o.PrefixOf(n.Name)
	}
	if o.ArgsOf != nil {
		n.args = append(n.args, o.ArgsOf(n.Name)...)
	}
	if o.BinaryOf != nil {
		if other := o.BinaryOf(n.Name); other != "" {
			n.binary = other
		}
	}
}

// Ports for nodes are taken from below those that Linux gives to outgoing connections (32,768 on), one of which could
// otherwise take a node's port before it listens, or while it is down.
const firstPort, ports, portTries = 20_000, 12_000, 100

// loopback is the i-th address from a first port, or one at which nobody listens now.
func loopback(first, i int) (string, error) {
	if first != 0 {
		return fmt.Sprintf("127.0.0.1:%d", first+i), nil
	}
	var err error
	for range portTries {
		var l net.Listener
		if l, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(firstPort+rand.IntN(ports))); err == nil {
			defer l.Close()
			return l.Addr().String(), nil
		}
	}
	return "", fmt.Errorf("nodes: no free port: %w", err)
}

// Endpoints are the base URLs of all nodes.
func (c *Cluster) Endpoints() []string {
	urls := make([]string, 0, len(c.Nodes))
	for _, n := range c.Nodes {
		urls = append(urls, "http://"+n.HTTP)
	}
	return urls
}

// Node finds a node by name, nil if there is none.
func (c *Cluster) Node(name string) *Node {
	for _, n := range c.Nodes {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// WaitReady waits until every node answers /readyz with 200. A node that ends meanwhile is an error.
func (c *Cluster) WaitReady(ctx context.Context) error {
	for _, n := range c.Nodes {
		if err := n.WaitReady(ctx); err != nil {
			return err
		}
	}
	return nil
}

// WaitReady waits until the node answers /readyz with 200.
func (n *Node) WaitReady(ctx context.Context) error {
	client := &http.Client{Timeout: 2 * time.Second}
	defer client.CloseIdleConnections()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.HTTP+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		if answer, err := client.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("nodes: %s did not become ready: %w", n.Name, ctx.Err())
		case <-n.Exited():
			return fmt.Errorf("nodes: %s ended before it was ready: %w", n.Name, n.ExitErr())
		case <-time.After(readyPollInterval):
		}
	}
}

// Stop asks every node to drain (SIGTERM) and waits for all; a node that is not done when ctx ends is killed.
func (c *Cluster) Stop(ctx context.Context) error {
	done := make(chan error, len(c.Nodes))
	for _, n := range c.Nodes {
		go func() { done <- n.Stop(ctx) }()
	}
	var errs []error
	for range c.Nodes {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}

// Close kills every node that still runs and waits.
func (c *Cluster) Close() error {
	var errs []error
	for _, n := range c.Nodes {
		errs = append(errs, n.Kill())
	}
	return errors.Join(errs...)
}
