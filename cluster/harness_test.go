package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/cluster/clustertest"
)

// long is a deadline that a healthy cluster never comes near.
const long = time.Minute

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// decided submits a command and wants the given decision.
func decided(t *testing.T, n *cluster.Node, c *command.Command, want seatmap.Code) *command.Result {
	t.Helper()
	r, err := n.Submit(within(t, long), c)
	if err != nil {
		t.Fatalf("through %s: %v", n.Name(), err)
	}
	if r.Answer.Code != want {
		t.Fatalf("through %s: %v (%+v), want %v", n.Name(), r.Answer.Code, r.Answer, want)
	}
	return r
}

// held is a hold that was acknowledged.
type held struct {
	id   seatmap.ID
	seat string
}

// crowd is buyers that hold one seat after the other, each seat wanted by one of them, until stop is called.
type crowd struct {
	event string
	next  atomic.Int64
	done  atomic.Int64
	wg    sync.WaitGroup
	end   chan struct{}

	mu     sync.Mutex
	acked  []held
	errors []error
}

// rush lets buyers loose on each of the nodes. A request may take long, and must not fail.
func rush(t *testing.T, event string, buyersPerNode, seats int, nodes ...*cluster.Node) *crowd {
	t.Helper()
	c := &crowd{event: event, end: make(chan struct{})}
	for _, n := range nodes {
		for range buyersPerNode {
			c.wg.Go(func() { c.buy(n, seats) })
		}
	}
	t.Cleanup(c.stop)
	return c
}

func (c *crowd) buy(n *cluster.Node, seats int) {
	for {
		select {
		case <-c.end:
			return
		default:
		}
		i := int(c.next.Add(1)) - 1
		if i >= seats {
			return
		}
		seat := clustertest.Seat(i)
		h := clustertest.Hold(c.event, seat)
		ctx, cancel := context.WithTimeout(context.Background(), long)
		r, err := n.Submit(ctx, h)
		cancel()
		if err == nil && (r.Answer.Code != seatmap.CodeOK || r.Answer.ID != h.Request.ID) {
			err = fmt.Errorf("seat %s: %+v", seat, r.Answer)
		}
		c.mu.Lock()
		if err != nil {
			c.errors = append(c.errors, fmt.Errorf("through %s: %w", n.Name(), err))
		} else {
			c.acked = append(c.acked, held{id: h.Request.ID, seat: seat})
		}
		c.mu.Unlock()
		c.done.Add(1)
	}
}

// waitFor waits until so many requests of the crowd have ended.
func (c *crowd) waitFor(cl *clustertest.Cluster, n int64) {
	cl.Wait("the crowd to get on", func() (bool, string) { return c.done.Load() >= n, fmt.Sprint(c.done.Load(), " of ", n) })
}

func (c *crowd) stop() {
	select {
	case <-c.end:
	default:
		close(c.end)
	}
	c.wg.Wait()
}

// audit stops the crowd, and wants that no request failed and that the event holds exactly what was acknowledged.
func (c *crowd) audit(t *testing.T, n *cluster.Node) {
	t.Helper()
	c.stop()
	if err := errors.Join(c.errors...); err != nil {
		t.Fatalf("requests failed: %v", err)
	}
	var wg sync.WaitGroup
	for at := range auditors {
		wg.Go(func() {
			for i := at; i < len(c.acked); i += auditors {
				c.acked[i].check(t, n, c.event)
			}
		})
	}
	wg.Wait()
	view := freshView(t, n, c.event)
	if counts := view.Counts(); counts.Holds != len(c.acked) || counts.Held != len(c.acked) {
		t.Fatalf("%d holds were acknowledged, the event has %+v", len(c.acked), counts)
	}
}

const auditors = 32

// check reads the hold back through the log.
func (h held) check(t *testing.T, n *cluster.Node, event string) {
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	r, err := n.Submit(ctx, clustertest.GetHold(event, h.id))
	if err != nil {
		t.Errorf("the hold of %s: %v", h.seat, err)
		return
	}
	if a := r.Answer; a.Code != seatmap.CodeOK || len(a.Places) != 1 || a.Places[0].Label != h.seat || a.State != seatmap.HoldHeld {
		t.Errorf("the hold of %s is %+v", h.seat, a)
	}
}

// metric is the sum over a counter's or gauge's series.
func metric(t *testing.T, g prometheus.Gatherer, name string) float64 {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			sum := 0.0
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
			return sum
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}
