package chaos

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parterre/parterre/bench/nodes"
)

// By how much a node may have grown when the load is over, against the moment before it, and what it may use at all.
const (
	maxMoreGoroutines  = 150
	maxMoreDescriptors = 40 // and what Raft keeps open: see pooled
	maxResidentMiB     = 1_200
	// keptConnections is how many connections a node's Raft keeps to a peer for each partition, once it has needed as many; before
	// the load it has needed one or two. A node that is stopped and never started again shows all of them.
	keptConnections = 3
	usagePatience   = 40 * time.Second // for idle connections to be closed, and their goroutines to end
)

// Usage is what a node uses.
type Usage struct {
	Goroutines, Descriptors int
	ResidentMiB             int
}

// usage compares the nodes before the load and after it.
type usage struct {
	world  *world
	http   *http.Client
	before []Usage // by place: a node that came later is compared with the one it replaced
	most   map[string]Usage
}

func newUsage(ctx context.Context, w *world) (*usage, error) {
	u := &usage{
		world: w, most: map[string]Usage{},
		http: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}},
	}
	for _, n := range w.nodes() {
		now, err := u.of(ctx, n)
		if err != nil {
			return nil, fmt.Errorf("chaos: usage of %s: %w", n.Name, err)
		}
		u.before = append(u.before, now)
	}
	return u, nil
}

// pooled is how many connections Raft may keep open to all peers, and they to a node.
func (u *usage) pooled() int { return 2 * keptConnections * partitions * (u.world.o.Nodes - 1) }

// sample notes what the nodes use under load. A node that does not answer just now is passed over.
func (u *usage) sample(ctx context.Context) {
	for _, n := range u.world.nodes() {
		if now, err := u.of(ctx, n); err == nil {
			m := u.most[n.Name]
			u.most[n.Name] = Usage{
				max(m.Goroutines, now.Goroutines), max(m.Descriptors, now.Descriptors), max(m.ResidentMiB, now.ResidentMiB),
			}
		}
	}
}

// judge waits until the nodes are as they were before the load, or says by how much they are not.
func (u *usage) judge(ctx context.Context, r *Result) error {
	until := time.Now().Add(usagePatience)
	for i, n := range u.world.nodes() {
		for {
			now, err := u.of(ctx, n)
			if err != nil {
				return fmt.Errorf("chaos: usage of %s: %w", n.Name, err)
			}
			before := u.before[i]
			more := Usage{now.Goroutines - before.Goroutines, now.Descriptors - before.Descriptors, now.ResidentMiB}
			within := more.Goroutines <= maxMoreGoroutines && more.Descriptors <= maxMoreDescriptors+u.pooled() && more.ResidentMiB <= maxResidentMiB
			if !within && time.Now().Before(until) && sleep(ctx, 500*time.Millisecond) {
				continue
			}
			if !within {
				r.problem("%s has grown: %+v before the load, %+v after it", n.Name, before, now)
			}
			r.Usages = append(r.Usages, NodeUsage{n.Name, before, u.most[n.Name], now})
			break
		}
	}
	return nil
}

// of asks a node, and the kernel about it.
func (u *usage) of(ctx context.Context, n *nodes.Node) (now Usage, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Admin+"/debug/pprof/goroutine?debug=1", http.NoBody)
	if err != nil {
		return now, err
	}
	answer, err := u.http.Do(request)
	if err != nil {
		return now, err
	}
	defer answer.Body.Close()
	first, err := bufio.NewReader(io.LimitReader(answer.Body, 4<<10)).ReadString('\n') // goroutine profile: total 123
	if err != nil {
		return now, err
	}
	if _, err := fmt.Sscanf(first, "goroutine profile: total %d", &now.Goroutines); err != nil {
		return now, fmt.Errorf("%q: %w", first, err)
	}
	return now, now.kernel(n.PID())
}

// kernel reads what Linux knows of a process; elsewhere it stays 0.
func (now *Usage) kernel(pid int) error {
	dir := "/proc/" + strconv.Itoa(pid)
	names, err := os.ReadDir(dir + "/fd")
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	now.Descriptors = len(names)
	status, err := os.ReadFile(dir + "/status")
	if err != nil {
		return err
	}
	for line := range bytes.Lines(status) {
		if rest, ok := strings.CutPrefix(string(line), "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			if err != nil {
				return err
			}
			now.ResidentMiB = kib >> 10
		}
	}
	return nil
}
