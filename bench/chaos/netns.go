package chaos

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/chaos/proxy"
)

// wires are what connects the nodes' peer ports: the proxy, or the kernel.
type wires interface {
	// Gate gives the address by which the others reach a node's peer port.
	Gate(node, peer string) (string, error)
	// Set makes a way from one node to another as good as a rule says, Heal makes all sound.
	Set(from, to string, r proxy.Rule)
	Heal()
	Close() error
}

// spaces are network namespaces of Linux, one for each node, and a bridge between them. What is blocked is lost, packets of
// open connections included, where the proxy only delays bytes; but nothing can be done to single connections.
//
// A way is blocked by a blackhole route, and slowed by netem where the kernel has it.
type spaces struct {
	prefix  string // of the names of everything that is made
	subnet  string
	nodes   int
	noNetem bool

	mu      sync.Mutex
	blocked map[ends]bool
	slow    map[string]bool
	failed  error
}

type ends struct{ from, to string }

// proxyOnly are the kinds that need a proxy between the nodes: single connections, and nodes that were not there at first.
var proxyOnly = []Kind{NetTrickle, NetTear, NetRefuse, MemberReplace, MemberExtra}

// WithoutProxy leaves out the kinds that cannot be had between namespaces.
func WithoutProxy(kinds []Kind) (left []Kind) {
	return slices.DeleteFunc(slices.Clone(kinds), func(k Kind) bool { return slices.Contains(proxyOnly, k) })
}

// newSpaces makes the namespaces; an error says that this machine does not allow it, and why.
func newSpaces(nodes int) (_ *spaces, err error) {
	pid := os.Getpid()
	s := &spaces{
		prefix: fmt.Sprintf("pc%d", pid%100_000), subnet: fmt.Sprintf("10.%d.%d", 64+pid>>8&63, pid&255), nodes: nodes,
		blocked: map[ends]bool{}, slow: map[string]bool{},
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("chaos: this machine does not allow network namespaces: %w", err), s.Close())
		}
	}()
	bridge := s.prefix + "b"
	steps := [][]string{
		{"link", "add", bridge, "type", "bridge"}, {"addr", "add", s.subnet + ".254/24", "dev", bridge}, {"link", "set", bridge, "up"},
	}
	for i := range nodes {
		name := fmt.Sprintf("n%d", i+1)
		space, outer := s.space(name), s.prefix+name
		steps = append(steps,
			[]string{"netns", "add", space},
			[]string{"link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", space},
			[]string{"link", "set", outer, "master", bridge, "up"},
			[]string{"-n", space, "addr", "add", s.host(name) + "/24", "dev", "eth0"},
			[]string{"-n", space, "link", "set", "eth0", "up"},
			[]string{"-n", space, "link", "set", "lo", "up"})
	}
	for _, words := range steps {
		if err := run("ip", words...); err != nil {
			return nil, err
		}
	}
	// Whether the kernel has netem is found out once.
	s.noNetem = s.netem("n1", time.Millisecond, 0) != nil || s.netem("n1", 0, 0) != nil
	return s, nil
}

func (s *spaces) space(node string) string { return s.prefix + "-" + node }

// host is a node's address: nodes are named n1, n2, …
func (s *spaces) host(node string) string { return s.subnet + "." + strings.TrimPrefix(node, "n") }

// command are the words that run a program in a node's namespace.
func (s *spaces) command(node string) []string {
	return []string{"ip", "netns", "exec", s.space(node)}
}

// Gate is the port itself.
func (s *spaces) Gate(_, peer string) (string, error) { return peer, nil }

// Set blocks or slows a way, or makes it sound. Slowness is that of the sending node, on all its ways.
func (s *spaces) Set(from, to string, r proxy.Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	way := ends{from, to}
	var err error
	if r.Block != s.blocked[way] {
		what := "del"
		if r.Block {
			what = "add"
		}
		err = run("ip", "-n", s.space(from), "route", what, "blackhole", s.host(to)+"/32")
		s.blocked[way] = r.Block
	}
	if slow := r.Delay > 0; slow != s.slow[from] && !s.noNetem {
		err = errors.Join(err, s.netem(from, r.Delay, r.Jitter))
		s.slow[from] = slow
	}
	s.failed = errors.Join(s.failed, err)
}

func (s *spaces) netem(node string, delay, jitter time.Duration) error {
	if delay == 0 {
		return run("tc", "-n", s.space(node), "qdisc", "del", "dev", "eth0", "root")
	}
	return run("tc", "-n", s.space(node), "qdisc", "replace", "dev", "eth0", "root", "netem", "delay", delay.String(), jitter.String())
}

// Heal makes all ways sound.
func (s *spaces) Heal() {
	s.mu.Lock()
	var bad []ends
	for way, blocked := range s.blocked {
		if blocked || s.slow[way.from] {
			bad = append(bad, way)
		}
	}
	s.mu.Unlock()
	for _, way := range bad {
		s.Set(way.from, way.to, proxy.Rule{})
	}
}

// Close removes everything that was made. The nodes must have ended.
func (s *spaces) Close() error {
	for i := range s.nodes {
		_ = run("ip", "netns", "del", s.space(fmt.Sprintf("n%d", i+1))) // it may not have got that far
		_ = run("ip", "link", "del", fmt.Sprintf("%sn%d", s.prefix, i+1))
	}
	_ = run("ip", "link", "del", s.prefix+"b")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// run runs a program, and says what it said if it failed.
func run(program string, words ...string) error {
	out, err := exec.Command(program, words...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", program, strings.Join(words, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
