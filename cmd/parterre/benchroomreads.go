package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/wire"
	"github.com/parterre/parterre/httpapi/client"
)

// Existing customers: so many orders, read so often whatever else happens.
const (
	customersEvent   = "customers:were-here"
	customers        = 100
	customerInterval = 20 * time.Millisecond
	customerConns    = 16
)

// orderReads is customers who read their orders in an open loop, spread over the nodes.
type orderReads struct {
	stop func()
	all  sync.WaitGroup

	mu     sync.Mutex
	micros *hdrhistogram.Histogram
	failed int64
}

// readOrders sells some orders and has them read until end is called.
func readOrders(ctx context.Context, api *client.Client, cluster *nodes.Cluster) (*orderReads, error) {
	arena, err := arenaOf(customers * 2)
	if err != nil {
		return nil, err
	}
	if _, err := api.PutChart(ctx, "customers", arena.Document); err != nil {
		return nil, err
	}
	settings := client.Settings{Chart: "customers", Currency: "CHF", Prices: arena.Prices(), State: "on_sale"}
	if _, err := api.PutEvent(ctx, customersEvent, settings); err != nil {
		return nil, err
	}
	var paths [][]byte
	for i := range customers {
		order, err := api.Sell(ctx, customersEvent, client.SaleRequest{
			Buyer: fmt.Sprintf("c-%d", i), Reference: fmt.Sprintf("c-%d", i), BestAvailable: &client.BestAvailable{Quantity: 1},
		})
		if err != nil {
			return nil, err
		}
		paths = append(paths, []byte("/v1/events/"+customersEvent+"/orders/"+order.Order))
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &orderReads{stop: cancel, micros: hdrhistogram.New(1, 60_000_000, 3)}
	due := make(chan time.Time, 4_096)
	r.all.Go(func() {
		defer close(due)
		for at := time.Now(); ctx.Err() == nil; at = at.Add(customerInterval) {
			if sleep(ctx, time.Until(at)) == nil {
				due <- at
			}
		}
	})
	for i := range customerConns {
		r.all.Go(func() { r.read(cluster.Nodes[i%len(cluster.Nodes)].HTTP, paths, i, due) })
	}
	return r, nil
}

// read reads orders when they are due; latency counts from then. A node that is down is no reading of an order.
func (r *orderReads) read(addr string, paths [][]byte, n int, due <-chan time.Time) {
	conn := wire.New(addr, wire.Options{})
	defer conn.Close()
	for at := range due {
		n += customerConns
		answer, err := conn.Do(&wire.Request{Method: wire.Get, Path: paths[n%len(paths)]})
		took := time.Since(at)
		r.mu.Lock()
		if err != nil || answer.Status != 200 {
			r.failed++
		} else {
			_ = r.micros.RecordValue(max(1, took.Microseconds()))
		}
		r.mu.Unlock()
	}
}

// end ends the reading and tells its p99 in milliseconds.
func (r *orderReads) end() (p99 float64, err error) {
	r.stop()
	r.all.Wait()
	if r.micros.TotalCount() == 0 {
		return 0, fmt.Errorf("no order was read, %d reads failed", r.failed)
	}
	return float64(r.micros.ValueAtQuantile(99)) / 1000, nil
}
