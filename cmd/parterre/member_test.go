package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/parterre/parterre/httpapi/client"
)

// joiner is a process that joins a cluster.
type joiner struct {
	name, http, peer string
	cmd              *exec.Cmd
	exited           chan struct{}
	mu               sync.Mutex
	log              bytes.Buffer
}

func (j *joiner) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.log.Write(b)
}

func (j *joiner) logged() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.log.String()
}

// startJoiner starts a node that joins the cluster of p.
func startJoiner(t *testing.T, p *processes, name, role string) *joiner {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	j := &joiner{name: name, http: freePort(t), peer: freePort(t), exited: make(chan struct{})}
	peers := make([]string, 0, len(p.Nodes))
	for _, n := range p.Nodes {
		peers = append(peers, n.Peer)
	}
	j.cmd = exec.Command(binary, "serve", "--node", name, "--data", filepath.Join(t.TempDir(), name), "--http", j.http, "--peer", j.peer,
		"--admin", "", "--join", strings.Join(peers, ","), "--role", role, "--log-format", "text")
	j.cmd.Stdout, j.cmd.Stderr = j, j
	if err := j.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(j.exited)
		_ = j.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = j.cmd.Process.Kill()
		<-j.exited
		if t.Failed() {
			t.Log(j.logged())
		}
	})
	return j
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// member runs a member verb against nodes of p, and wants an exit code.
func member(t *testing.T, want int, endpoints []string, words ...string) string {
	t.Helper()
	var out, errs strings.Builder
	args := append(append([]string{"member"}, words...), "--endpoints", strings.Join(endpoints, ","), "--timeout", "60s")
	if code := run(t.Context(), args, streams{&out, &errs}); code != want {
		t.Fatalf("parterre %s: exit code %d, want %d\n%s\n%s", strings.Join(args, " "), code, want, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

// A node is lost with its disk. Another is added under a new name, while sales go on, gets its vote, and the lost one is
// removed.
func TestALostNodeIsReplacedUnderANewNameWhileSalesGoOn(t *testing.T) {
	p := startProcesses(t)
	p.makeEvent(t, "opening", 20_000)
	lost := p.Nodes[1]
	if err := lost.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(lost.Dir); err != nil {
		t.Fatal(err)
	}
	alive := []string{p.Endpoints()[0], p.Endpoints()[2]}
	sold := sell(t, alive)

	n4 := startJoiner(t, p, "n4", "voter")
	if text := member(t, exitFailure, alive, "remove", "n1"); !strings.Contains(text, "without n1") {
		t.Errorf("removing one of the last two: %s", text)
	}
	member(t, exitOK, alive, "add", "n4", "--peer", n4.peer, "--wait")
	member(t, exitOK, alive, "promote", "n4")
	member(t, exitOK, alive, "remove", "n2")
	if text := member(t, exitOK, alive, "list"); strings.Count(text, "voter, lag") != 9 || !strings.Contains(text, "removed 2") {
		t.Errorf("three voters in three partitions are not shown:\n%s", text)
	}
	if text := member(t, exitFailure, alive, "add", "n2", "--peer", lost.Peer); !strings.Contains(text, "never comes back") {
		t.Errorf("a name that was used: %s", text)
	}
	sold()

	// What it was removed for: the name does not come back from nothing either.
	if err := lost.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-lost.Exited():
	case <-time.After(patience):
		t.Fatal("the removed node was let in")
	}
	if !p.logged("n2 was removed from its cluster") {
		t.Error("the refusal does not say why")
	}
	_ = n4.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-n4.exited:
	case <-time.After(patience):
		t.Fatal("n4 does not drain")
	}
	if code := n4.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("n4 ended with exit code %d", code)
	}
}

// sell sells seats through the nodes until the returned function is called, which wants that no sale failed.
func sell(t *testing.T, endpoints []string) (stop func()) {
	api, err := client.New(client.Options{Endpoints: endpoints, Attempts: 1_000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var next, sold atomic.Int64
	for i := range 4 {
		from := api.From(i % len(endpoints))
		all.Go(func() {
			for ctx.Err() == nil {
				seat := fmt.Sprintf("A-1-%d", next.Add(1))
				_, err := from.Sell(ctx, "opening", client.SaleRequest{Selection: client.Selection{Seats: []string{seat}}})
				if err != nil && ctx.Err() == nil {
					t.Errorf("%s: %v", seat, err)
					return
				}
				sold.Add(1)
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
		if sold.Load() < 20 {
			t.Errorf("only %d sales: the test saw no load", sold.Load())
		}
	}
}

func TestAGatewayProcessSellsForTheVoters(t *testing.T) {
	p := startProcesses(t)
	p.makeEvent(t, "opening", 1_000)
	g := startJoiner(t, p, "g1", "gateway")
	member(t, exitOK, p.Endpoints(), "add", "g1", "--peer", g.peer, "--role", "gateway", "--wait")
	api, err := client.New(client.Options{Endpoints: []string{"http://" + g.http}, Attempts: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	if _, err := api.Sell(t.Context(), "opening", client.SaleRequest{Selection: client.Selection{Seats: []string{"A-1-1"}}}); err != nil {
		t.Fatal(err)
	}
	if m, err := api.SeatMap(t.Context(), "opening", client.Strong()); err != nil || !strings.HasPrefix(m.States, "s") {
		t.Errorf("%+v, %v", m, err)
	}
	if text := member(t, exitFailure, p.Endpoints(), "promote", "g1"); !strings.Contains(text, "never votes") {
		t.Error(text)
	}
	member(t, exitOK, p.Endpoints(), "remove", "g1")
	deadline := time.Now().Add(patience)
	for {
		answer, err := http.Get("http://" + g.http + "/readyz?verbose")
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		_, _ = body.ReadFrom(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusServiceUnavailable && strings.Contains(body.String(), "removed from the cluster") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the removed gateway says %s", body.String())
		}
		time.Sleep(50 * time.Millisecond)
	}
}
