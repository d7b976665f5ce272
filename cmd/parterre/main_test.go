package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/httpapi/client"
)

// asNode makes this test binary be the parterre binary: the tests run real processes of the code under test, race
// detector included.
const asNode = "PARTERRE_TEST_AS_NODE"

func TestMain(m *testing.M) {
	if os.Getenv(asNode) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		os.Exit(run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr})) //nolint:gocritic // the process ends
	}
	os.Setenv(asNode, "1") // for the processes that the tests start
	os.Exit(m.Run())
}

// patience bounds whatever a test waits for.
const patience = 60 * time.Second

// processes is a cluster of three real processes for one test.
type processes struct {
	*nodes.Cluster
	api *client.Client
	mu  sync.Mutex
	log []string
}

func startProcesses(t *testing.T, args ...string) *processes {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &processes{}
	p.Cluster, err = nodes.Start(nodes.Options{
		Binary: binary, Dir: filepath.Join(t.TempDir(), "nodes"), Count: 3, Args: append([]string{"--log-format", "text"}, args...),
		Output: func(node, line string) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.log = append(p.log, node+" | "+line)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Log(strings.Join(p.log[max(0, len(p.log)-100):], "\n"))
		}
	})
	if p.api, err = client.New(client.Options{Endpoints: p.Endpoints(), Attempts: 1_000}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.api.Close)
	p.waitReady(t)
	return p
}

func (p *processes) waitReady(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := p.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
}

// logged says whether a node wrote a line with that text.
func (p *processes) logged(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.log {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// makeEvent makes an event with one row of seats, on sale.
func (p *processes) makeEvent(t *testing.T, event string, seats int) {
	t.Helper()
	drawing := fmt.Sprintf(`{"name":"Hall","focal_point":{"x":0,"y":0},"categories":[{"key":"1","name":"All","color":"#000000"}],
		"sections":[{"key":"A","name":"A","category":"1","rows":[{"key":"1","seats":{"count":%d,"first":1,"x":0,"y":10,"dx":1,"dy":0}}]}]}`, seats)
	if _, err := p.api.PutChart(t.Context(), "hall", client.Drawing(drawing)); err != nil {
		t.Fatal(err)
	}
	settings := client.Settings{Chart: "hall", Currency: "CHF", Prices: map[string]int64{"1": 5_000}, State: "on_sale"}
	if _, err := p.api.PutEvent(t.Context(), event, settings); err != nil {
		t.Fatal(err)
	}
}
