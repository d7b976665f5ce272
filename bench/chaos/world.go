package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/parterre/parterre/bench/chaos/proxy"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/httpapi/client"
)

// world is the cluster under test and everything that can be done to it.
type world struct {
	o     *Options
	plan  *nodes.Cluster // as it was founded
	wires wires
	disks *volumes // nil = all nodes are on one file system
	net   *network
	api   *client.Client // for the faults; the load has its own connections
	log   *nodeLog
	*claims

	mu      sync.Mutex
	members []*nodes.Node // of now, each in its place; never changed, only followed by the next
	joined  int           // nodes that came later
	lives   map[string]*life
	watched sync.WaitGroup
	problem func(format string, args ...any)
}

// life is one process of a node.
type life struct {
	node   *nodes.Node
	mayEnd bool
}

// The files by which a node's disk and clock are made bad.
func (w *world) diskFile(node string) string  { return filepath.Join(w.o.Dir, node+".disk") }
func (w *world) clockFile(node string) string { return filepath.Join(w.o.Dir, node+".clock") }

// apiAttempts and apiTimeout bound what a fault waits for an answer by which it finds whom to meet.
const (
	apiAttempts = 6
	apiTimeout  = time.Second
)

// newWorld starts the nodes.
func newWorld(o *Options, problem func(string, ...any)) (_ *world, err error) {
	w := &world{o: o, claims: newClaims(), lives: map[string]*life{}, problem: problem}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.log, err = newNodeLog(o.Dir, problem); err != nil {
		return nil, err
	}
	plan := nodes.Options{
		Binary: o.Binary, Dir: filepath.Join(o.Dir, "data"), Count: o.Nodes, Output: w.log.line,
		Args: append([]string{"--log-store", o.LogStore, "--log-level", "info", "--log-format", "text"}, o.Args...),
		ArgsOf: func(n string) []string {
			return []string{"--fault-disk", w.diskFile(n), "--fault-clock", w.clockFile(n)}
		},
		BinaryOf: o.binaryOf,
	}
	if o.Netns {
		s, err := newSpaces(o.Nodes)
		if err != nil {
			return nil, err
		}
		w.wires, plan.HostOf, plan.PrefixOf = s, s.host, s.command
	} else {
		w.wires = proxy.New(proxy.ByProcess(w.pids))
	}
	if o.Loop {
		w.disks = newVolumes(o.Dir)
		plan.FolderOf = w.disks.folder
	}
	w.net, plan.Advertise = newNetwork(w.wires), w.wires.Gate
	cluster, err := nodes.Plan(plan)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.plan, w.members = cluster, cluster.Nodes
	w.mu.Unlock()
	if w.api, err = client.New(client.Options{Endpoints: w.plan.Endpoints(), Attempts: apiAttempts, AttemptTimeout: apiTimeout}); err != nil {
		return nil, err
	}
	for _, n := range w.nodes() {
		if err := w.start(n); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// nodes are the members of now.
func (w *world) nodes() []*nodes.Node {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.members
}

// node finds a member by name, nil if there is none.
func (w *world) node(name string) *nodes.Node {
	for _, n := range w.nodes() {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// waitReady waits until all members are ready.
func (w *world) waitReady(ctx context.Context) error {
	for _, n := range w.nodes() {
		if err := n.WaitReady(ctx); err != nil {
			return err
		}
	}
	return nil
}

// pids are the processes of all nodes that were ever started, for the proxy.
func (w *world) pids() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	pids := map[string]int{}
	for name, l := range w.lives {
		pids[name] = l.node.PID()
	}
	return pids
}

// start starts a node and watches that it does not end by itself.
func (w *world) start(n *nodes.Node) error {
	l := &life{node: n}
	w.mu.Lock()
	w.lives[n.Name] = l
	w.mu.Unlock()
	if err := n.Start(); err != nil {
		return err
	}
	exited := n.Exited()
	w.watched.Go(func() {
		<-exited
		w.mu.Lock()
		expected := l.mayEnd
		w.mu.Unlock()
		if !expected {
			w.problem("%s ended by itself: %v", n.Name, n.ExitErr())
		}
	})
	return nil
}

// bury forgets a node that is gone for good, with its disk.
func (w *world) bury(n *nodes.Node) error {
	if w.disks == nil {
		return nil
	}
	return w.disks.drop(n.Name)
}

// expect says that a node's process may end: it is killed, or its disk is bad.
func (w *world) expect(node string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l := w.lives[node]; l != nil {
		l.mayEnd = true
	}
}

// kill ends a node with SIGKILL, which is expected of it.
func (w *world) kill(n *nodes.Node) {
	w.expect(n.Name)
	_ = n.Kill() // it never fails
}

// control writes a control file, whole or not at all; nil removes it.
func control(file string, document any) error {
	if document == nil {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.Marshal(document)
	if err == nil {
		err = os.WriteFile(file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(file+".new", file)
	}
	return err
}

// heal makes everything sound and starts what does not run. Faults must be over.
func (w *world) heal() error {
	w.net.heal()
	var errs []error
	for _, n := range w.nodes() {
		errs = append(errs, control(w.diskFile(n.Name), nil), control(w.clockFile(n.Name), nil))
		select {
		case <-n.Exited():
			errs = append(errs, w.start(n))
		default:
			errs = append(errs, n.Signal(syscall.SIGCONT))
		}
	}
	return errors.Join(errs...)
}

// leader is who leads a partition, as the nodes say; the first of them if nobody says so in time. The second result are
// the others.
func (w *world) leader(ctx context.Context, partition uint32) (leader *nodes.Node, others []*nodes.Node) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	name := ""
	if status, err := w.api.Cluster(ctx); err == nil && int(partition) < len(status.Partitions) {
		name = status.Partitions[partition].Leader
	}
	all := w.nodes()
	if leader = w.node(name); leader == nil {
		leader = all[int(partition)%len(all)]
	}
	others = slices.DeleteFunc(slices.Clone(all), func(n *nodes.Node) bool { return n == leader })
	return leader, others
}

// close ends everything that was started.
func (w *world) close() error {
	var errs []error
	w.mu.Lock()
	lives := slices.Collect(maps.Values(w.lives))
	w.mu.Unlock()
	for _, l := range lives {
		w.kill(l.node)
	}
	w.watched.Wait()
	if w.disks != nil {
		errs = append(errs, w.disks.close())
	}
	if w.wires != nil {
		errs = append(errs, w.wires.Close())
	}
	if w.api != nil {
		w.api.Close()
	}
	if w.log != nil {
		errs = append(errs, w.log.close())
	}
	return errors.Join(errs...)
}

// nodeLog keeps what the nodes write, one file each, and looks for what must not stand there.
type nodeLog struct {
	dir     string
	problem func(format string, args ...any)
	mu      sync.Mutex
	files   map[string]*os.File
}

// alarms are words of a node that has found, or is, a bug.
var alarms = []string{"panic:", "fatal error:", "DATA RACE", "partition halted"}

func newNodeLog(dir string, problem func(string, ...any)) (*nodeLog, error) {
	return &nodeLog{dir: dir, problem: problem, files: map[string]*os.File{}}, os.MkdirAll(dir, 0o750)
}

func (l *nodeLog) line(node, line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	file := l.files[node]
	if file == nil {
		var err error
		if file, err = os.Create(filepath.Join(l.dir, node+".log")); err != nil {
			return // without room for logs the run goes on
		}
		l.files[node] = file
	}
	fmt.Fprintf(file, "%s %s\n", time.Now().Format("15:04:05.000"), line)
	for _, a := range alarms {
		if strings.Contains(line, a) {
			l.problem("%s wrote: %s", node, line)
		}
	}
}

func (l *nodeLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	for _, f := range l.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
