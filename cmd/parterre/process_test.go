package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/httpapi/client"
)

func TestPromise2_AllThreeKilledAtOnceLoseNothing(t *testing.T) {
	p := startProcesses(t)
	const seats, sellers = 3_000, 16
	p.makeEvent(t, "opening", seats)
	var (
		mu     sync.Mutex
		acked  = map[string]string{} // order → seat
		next   atomic.Int64
		enough = make(chan struct{})
		all    sync.WaitGroup
	)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for i := range sellers {
		api := p.api.From(i % 3)
		all.Go(func() {
			for ctx.Err() == nil {
				seat := fmt.Sprintf("A-1-%d", next.Add(1))
				order, err := api.Sell(ctx, "opening", client.SaleRequest{Reference: seat, Selection: client.Selection{Seats: []string{seat}}})
				if err != nil {
					return // the lights went out: this one was not acknowledged
				}
				mu.Lock()
				if acked[order.Order] = seat; len(acked) == 300 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(patience):
		t.Fatal("fewer than 300 orders in a minute")
	}
	var kills sync.WaitGroup
	for _, n := range p.Nodes {
		kills.Go(func() { _ = n.Kill() })
	}
	kills.Wait()
	stop()
	all.Wait()
	for _, n := range p.Nodes {
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
	}
	p.waitReady(t)
	for order, seat := range acked {
		got, err := p.api.Order(t.Context(), "opening", order)
		if err != nil {
			t.Fatalf("order %s for %s was acknowledged, then lost: %v", order, seat, err)
		}
		if got.Reference != seat || len(got.Places) != 1 || got.Places[0].Seat != seat {
			t.Errorf("order %s was acknowledged for %s and is now %+v", order, seat, got)
		}
	}
}

func TestTheDemoHoldsEveryPromiseWithALeaderKilledHalfWay(t *testing.T) {
	for _, store := range []string{"bolt", "wal"} {
		t.Run(store, func(t *testing.T) {
			var out, errs strings.Builder
			code := run(t.Context(), []string{"demo", "--seats", "1200", "--buyers", "24", "--log-store", store}, streams{&out, &errs})
			if code != exitOK {
				t.Fatalf("exit code %d\n%s\n%s", code, out.String(), errs.String())
			}
			for _, want := range []string{"was killed with SIGKILL", "is back", "every promise held"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is missing in:\n%s", want, out.String())
				}
			}
		})
	}
}

func TestAWipedNodeIsRefusedInWordsThatSayWhatToDo(t *testing.T) {
	p := startProcesses(t)
	wiped := p.Nodes[2]
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := wiped.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(wiped.Dir); err != nil {
		t.Fatal(err)
	}
	if err := wiped.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-wiped.Exited():
	case <-ctx.Done():
		t.Fatal("a node with an empty folder was let in under its old name")
	}
	if wiped.ExitErr().Error() == "exit code 0" {
		t.Error("the refusal ended with exit code 0")
	}
	for _, want := range []string{"--data", "n3"} {
		if !p.logged(want) {
			t.Errorf("the refusal does not speak of %q", want)
		}
	}
	p.makeEvent(t, "still-selling", 10) // the other two are a majority
}

func TestSIGTERMDrainsWithoutAFailedRequest(t *testing.T) {
	p := startProcesses(t)
	p.makeEvent(t, "opening", 60_000)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var next, failed atomic.Int64
	var all sync.WaitGroup
	for i := range 8 {
		api := p.api.From(i % 3)
		all.Go(func() {
			for ctx.Err() == nil {
				seat := fmt.Sprintf("A-1-%d", next.Add(1))
				_, err := api.Sell(ctx, "opening", client.SaleRequest{Selection: client.Selection{Seats: []string{seat}}})
				if err != nil && ctx.Err() == nil {
					t.Errorf("%s: %v", seat, err)
					failed.Add(1)
					return
				}
			}
		})
	}
	for _, n := range p.Nodes {
		draining, cancel := context.WithTimeout(t.Context(), patience)
		if err := n.Stop(draining); err != nil { // exit code 0 is part of the promise
			t.Error(err)
		}
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
		if err := n.WaitReady(draining); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
	stop()
	all.Wait()
	if failed.Load() == 0 && next.Load() < 24 {
		t.Errorf("only %d sales were tried: the test saw no load", next.Load())
	}
}

func TestMetricsOfEveryLayerAreScraped(t *testing.T) {
	p := startProcesses(t)
	p.makeEvent(t, "opening", 10)
	if _, err := p.api.Hold(t.Context(), "opening", client.HoldRequest{Selection: client.Selection{Seats: []string{"A-1-1"}}}); err != nil {
		t.Fatal(err)
	}
	// What the views show follows within their interval.
	if _, err := p.api.SeatMap(t.Context(), "opening", client.Strong()); err != nil {
		t.Fatal(err)
	}
	scraped := ""
	for _, n := range p.Nodes {
		answer, err := http.Get("http://" + n.Admin + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		scraped += string(body)
	}
	// raft_ comes only with build tag hashicorpmetrics, and nothing else would say so.
	for _, series := range []string{
		"\nraft_", "\ngo_goroutines", "\nparterre_build_info", "\nparterre_http_requests_total", "\nparterre_raftlog_",
		"\nparterre_raftlog_commands_total{", "\nparterre_raftlog_batch_commands_count", "\nparterre_raftlog_entry_bytes_count",
		"\nparterre_raftlog_propose_seconds_count", "\nparterre_raftlog_apply_seconds_count", "\nparterre_raftlog_queue_commands",
		"\nparterre_raftlog_term_number", "\nparterre_actors_places{", "state=\"held\"} 1", "\nparterre_actors_claims{",
		"\nparterre_disk_store_seconds", "\nparterre_cluster_", "\nparterre_raftlog_leader_state",
	} {
		if !strings.Contains("\n"+scraped, series) {
			t.Errorf("no series %q", strings.TrimSpace(series))
		}
	}
}

func TestStatusShowsEveryNodeAndPartition(t *testing.T) {
	p := startProcesses(t)
	deadline := time.Now().Add(patience)
	for {
		var out, errs strings.Builder
		code := run(t.Context(), []string{"status", "--endpoints", strings.Join(p.Endpoints(), ",")}, streams{&out, &errs})
		text := out.String()
		if code == exitOK && strings.Count(text, "yes") == 3 && strings.Contains(text, "STATE HASH") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("exit code %d\n%s\n%s", code, text, errs.String())
		}
		time.Sleep(100 * time.Millisecond) // the nodes have not all told each other of themselves yet
	}
	if err := p.Nodes[1].Kill(); err != nil {
		t.Fatal(err)
	}
	for {
		var out, errs strings.Builder
		if run(t.Context(), []string{"status", "-o", "json", "--endpoints", p.Endpoints()[0]}, streams{&out, &errs}) == exitFailure &&
			strings.Contains(errs.String(), "n2 is unreachable") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("a dead node is not told: %s %s", out.String(), errs.String())
		}
		time.Sleep(100 * time.Millisecond)
	}
}
