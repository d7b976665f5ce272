package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/httpapi/client"
)

// Options say how a run is judged.
type Options struct {
	// Endpoints are the base addresses of all nodes. None = the histories alone are judged.
	Endpoints []string
	// ClockSlack is by how much the clocks of the nodes and of the machine that drove the load may differ; default 10 ms,
	// which is for one machine.
	ClockSlack time.Duration
	// OrdersPerNode bounds how many orders are read back from each node, spread evenly; 0 = all.
	OrdersPerNode int
}

const defaultClockSlack = 10 * time.Millisecond

// Judge compares a run's history with itself and with what every node says. An error means that the audit could not be
// done, which is no verdict. The load must be over.
func Judge(ctx context.Context, run *history.Run, o Options) (*Verdict, error) {
	if o.ClockSlack <= 0 {
		o.ClockSlack = defaultClockSlack
	}
	v := newVerdict()
	l, err := collect(run, v)
	if err != nil {
		return nil, err
	}
	books := l.books(int64(o.ClockSlack))
	l.judgeClaims(int64(o.ClockSlack))
	if len(o.Endpoints) == 0 {
		for _, b := range books {
			b.judgeHistory(blocked{})
		}
		return v, nil
	}
	api, err := client.New(client.Options{Endpoints: o.Endpoints})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	defer api.Close()
	j := &nodeJudge{ledger: l, api: api, books: books, o: o}
	return v, j.judge(ctx)
}

// books settles all claims and sorts their tenures and the refusals by event; events without any have none.
func (l *ledger) books(slack int64) []*eventBook {
	events := len(l.run.Events)
	tenures, refusals, strays := make([][]tenure, events), make([][]refusal, events), make([][]stray, events)
	s := &settler{ledger: l, slack: slack}
	for i := range l.claims {
		c := &l.claims[i]
		tenures[c.event] = s.settle(int32(i), tenures[c.event])
		if !c.done && c.wanted > 0 {
			strays[c.event] = append(strays[c.event], stray{c.called, c.wanted})
		}
		switch c.order {
		case isOrder:
			l.v.Orders++
			for _, p := range l.in(c.left) {
				l.v.Places += int64(p.Quantity)
			}
		case cancelled:
			l.v.Orders++
		}
	}
	for _, r := range l.refusals {
		refusals[r.event] = append(refusals[r.event], r)
	}
	var books []*eventBook
	for e := range events {
		if len(tenures[e])+len(refusals[e])+len(strays[e]) > 0 {
			books = append(books, newEventBook(l, uint32(e), tenures[e], refusals[e], strays[e]))
		}
	}
	return books
}

// judgeHistory judges what needs no node but for what is blocked.
func (b *eventBook) judgeHistory(x blocked) {
	b.judgeOwners()
	b.judgeCapacity()
	b.judgeRefusals(x)
}

// nodeJudge judges what the nodes say.
type nodeJudge struct {
	*ledger
	api   *client.Client
	books []*eventBook
	o     Options
}

func (j *nodeJudge) judge(ctx context.Context) error {
	past, err := j.partitions(ctx)
	if err != nil {
		return err
	}
	j.v.SoldOnNodes = make([]int64, len(j.o.Endpoints))
	for _, b := range j.books {
		if err := j.pictures(ctx, b); err != nil {
			return err
		}
	}
	if err := j.byID(ctx); err != nil {
		return err
	}
	return j.v.judgeHashes(ctx, j.api, past)
}

// partitions are those of the run's events, each with the index that a checkpoint must be past to cover the run.
func (j *nodeJudge) partitions(ctx context.Context) (map[uint32]uint64, error) {
	most, err := applied(ctx, j.api)
	if err != nil {
		return nil, err
	}
	past := map[uint32]uint64{}
	for _, b := range j.books {
		event, err := j.api.Event(ctx, b.name())
		if err != nil {
			return nil, fmt.Errorf("audit: event %s: %w", b.name(), err)
		}
		past[event.Partition] = most[event.Partition]
	}
	return past, nil
}

// pictures judges an event by what each node shows of it.
func (j *nodeJudge) pictures(ctx context.Context, b *eventBook) error {
	pictures, errs := make([]*picture, len(j.o.Endpoints)), make([]error, len(j.o.Endpoints))
	var looking sync.WaitGroup
	for i := range pictures {
		looking.Go(func() { pictures[i], errs[i] = b.look(ctx, j.api.At(i)) })
	}
	looking.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	b.judgeHistory(pictures[0].blocked(b.chart))
	for i, p := range pictures {
		b.judgePicture(p)
		j.v.SoldOnNodes[i] += p.counts.Sold
	}
	return nil
}

// byID reads the orders from every node, and the holds that were given back from one node each.
func (j *nodeJudge) byID(ctx context.Context) error {
	orders, released := j.lookups()
	orders = sample(orders, j.o.OrdersPerNode)
	nodes := len(j.o.Endpoints)
	for i, endpoint := range j.o.Endpoints {
		node, err := newNodeReader(endpoint)
		if err != nil {
			return err
		}
		part := released[i*len(released)/nodes : (i+1)*len(released)/nodes]
		if err := j.readBack(ctx, node, orders); err != nil {
			return err
		}
		if err := j.readBack(ctx, node, part); err != nil {
			return err
		}
	}
	return nil
}

// sample is a list, or as many as most of it, evenly spread.
func sample(list []lookup, most int) []lookup {
	if most <= 0 || len(list) <= most {
		return list
	}
	some := make([]lookup, 0, most)
	for i := range most {
		some = append(some, list[i*len(list)/most])
	}
	return some
}
