package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/bench/many"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/venue"
	"github.com/parterre/parterre/httpapi/client"
)

// filling is a state that a cluster is given before something is measured with it: events in every partition, each with a
// share of its seats sold, and some held.
type filling struct {
	events, seats int
	sold, held    float64 // shares of the seats

	api    *client.Client
	hosts  []string
	arena  *venue.Venue
	labels []string
	cuts   []int // the party p of an event has the labels from cuts[p] to cuts[p+1]
	buyers int   // parties that buy; those after them only hold
	next   atomic.Int64
}

const (
	// fillWindow is how many events are sold at a time: several of each partition, so that all partitions are busy.
	fillWindow = 12
	// fillMakers is how many events are made at a time.
	fillMakers = 16
	// fillPatience bounds the selling.
	fillPatience = time.Hour
	// fillConnections and fillOutstanding are the streams that sell.
	fillConnections, fillOutstanding = 16, 4_096
)

func (f *filling) name(event int) string { return fmt.Sprintf("bench-%d", event) }

// fill is make, and tells what there is now.
func (f *filling) fill(ctx context.Context, cluster *nodes.Cluster, out io.Writer) error {
	begin := time.Now()
	if err := f.make(ctx, cluster); err != nil {
		return err
	}
	size, err := snapshotBytes(cluster.Nodes[0])
	if err != nil {
		f.api.Close()
		return err
	}
	fmt.Fprintf(out, "%s, made in %s; snapshots of a node: %d MiB\n", f.describe(), time.Since(begin).Round(time.Second), size/mebi)
	return nil
}

// make fills the cluster, which must be new.
func (f *filling) make(ctx context.Context, cluster *nodes.Cluster) (err error) {
	if err := cluster.WaitReady(ctx); err != nil {
		return err
	}
	if f.api, err = client.New(client.Options{Endpoints: cluster.Endpoints(), Attempts: 100}); err != nil {
		return err
	}
	if f.arena, err = arenaOf(f.seats); err != nil {
		return err
	}
	for _, row := range f.arena.Rows {
		f.labels = append(f.labels, row.Labels...)
	}
	for _, n := range cluster.Nodes {
		f.hosts = append(f.hosts, n.HTTP)
	}
	f.cut()
	if err := f.makeEvents(ctx); err != nil {
		return err
	}
	if err := f.sell(ctx); err != nil {
		return err
	}
	if err := f.hold(ctx); err != nil {
		return err
	}
	return f.snapshot(ctx)
}

// cut divides the share of each event's seats into parties.
func (f *filling) cut() {
	sold := int(f.sold * float64(len(f.labels)))
	all := min(len(f.labels), sold+int(f.held*float64(len(f.labels))))
	f.cuts = []int{0}
	for party := 0; ; party++ {
		from := f.cuts[party]
		to := from + parties[party%len(parties)]
		if to > all {
			return
		}
		if to <= sold {
			f.buyers++
		}
		f.cuts = append(f.cuts, to)
	}
}

func (f *filling) party(p int) []string { return f.labels[f.cuts[p]:f.cuts[p+1]] }

func (f *filling) makeEvents(ctx context.Context) error {
	if _, err := f.api.PutChart(ctx, "bench", f.arena.Document); err != nil {
		return err
	}
	settings := client.Settings{Chart: "bench", Currency: "CHF", Prices: f.arena.Prices(), State: "on_sale"}
	return f.each(func(event int) error {
		_, err := f.api.PutEvent(ctx, f.name(event), settings)
		return err
	})
}

// each does something for each event, several at a time.
func (f *filling) each(do func(event int) error) error {
	var next atomic.Int64
	errs := make([]error, fillMakers)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for errs[i] == nil {
				event := int(next.Add(1)) - 1
				if event >= f.events {
					return
				}
				errs[i] = do(event)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (f *filling) sell(ctx context.Context) error {
	if f.buyers == 0 {
		return nil
	}
	names := make([]string, f.events)
	for i := range names {
		names[i] = f.name(i)
	}
	windows := (f.events + fillWindow - 1) / fillWindow
	r, err := many.Run(ctx, many.Work{
		Endpoints: f.hosts, Connections: fillConnections, Outstanding: fillOutstanding, Msgpack: true,
		Duration: fillPatience, Timeout: time.Minute,
		Next: func(o *many.Order) bool {
			for {
				n := int(f.next.Add(1)) - 1
				window, n := n/(fillWindow*f.buyers), n%(fillWindow*f.buyers)
				if window >= windows {
					return false
				}
				if event := window*fillWindow + n%fillWindow; event < f.events {
					o.Event, o.Seats = names[event], f.party(n/fillWindow)
					return true
				}
			}
		},
	})
	if err == nil && r.Refused > 0 {
		err = fmt.Errorf("%d sales were refused", r.Refused)
	}
	return err
}

// hold holds the seats of the parties that do not buy.
func (f *filling) hold(ctx context.Context) error {
	return f.each(func(event int) error {
		for p := f.buyers; p < len(f.cuts)-1; {
			var batch []client.Operation
			for ; p < len(f.cuts)-1 && len(batch) < client.MaxBatch; p++ {
				body := client.HoldRequest{Selection: client.Selection{Seats: f.party(p)}}
				batch = append(batch, client.Operation{Op: client.OpHold, Event: f.name(event), Body: body})
			}
			outcomes, err := f.api.Batch(ctx, batch)
			if err != nil {
				return err
			}
			for i := range outcomes {
				if err := outcomes[i].Err(); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// snapshot has every node write its state down.
func (f *filling) snapshot(ctx context.Context) error {
	for i := range f.hosts {
		if err := f.api.At(i).Snapshot(ctx); err != nil {
			return fmt.Errorf("snapshot of %s: %w", f.hosts[i], err)
		}
	}
	return nil
}

// describe says what the state is.
func (f *filling) describe() string {
	return strconv.Itoa(f.events) + " events of " + strconv.Itoa(f.seats) + " seats, " +
		strconv.Itoa(f.events*f.cuts[f.buyers]) + " sold, " + strconv.Itoa(f.events*(f.cuts[len(f.cuts)-1]-f.cuts[f.buyers])) + " held"
}

// snapshotBytes is the size of a node's newest snapshots of all partitions.
func snapshotBytes(n *nodes.Node) (total int64, err error) {
	newest := map[string]fs.FileInfo{} // by the partition's folder
	err = filepath.WalkDir(n.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "state.bin" {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		group := filepath.Dir(filepath.Dir(path))
		if old := newest[group]; old == nil || info.ModTime().After(old.ModTime()) {
			newest[group] = info
		}
		return nil
	})
	for _, info := range newest {
		total += info.Size()
	}
	return total, err
}
