package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/venue"
	"github.com/parterre/parterre/httpapi/client"
)

// stock hands out the seats of its events, each seat once, in parties of 1 to 4 (mean 2.3): one event after another, or all of
// them in turn.
type stock struct {
	api    *client.Client
	hosts  []string // host:port of all nodes
	leader string   // host:port of the node that leads the events
	arena  *venue.Venue
	labels []string
	names  []string // of the events

	mu     sync.Mutex
	event  int   // whose turn it is
	seats  []int // of each event, the first that was not handed out
	party  int
	inTurn bool
}

// The events of a measurement are made before it. Those that are sold one after another are of one group, hence of one
// partition, so that the work is that of one hot event. Those that are sold in turn are spread over all partitions.
const (
	httpEvents  = 16 // more than one measurement of some seconds can sell
	killsEvents = 96
)

// parties is the cycle of party sizes: mean 2.3.
var parties = [...]int{2, 1, 4, 2, 3, 2, 1, 4, 2, 2}

func newStock(ctx context.Context, cluster *nodes.Cluster, seats, events int) (*stock, error) {
	return makeStock(ctx, cluster, seats, events, false)
}

// newWideStock makes a stock whose events are sold in turn.
func newWideStock(ctx context.Context, cluster *nodes.Cluster, seats, events int) (*stock, error) {
	return makeStock(ctx, cluster, seats, events, true)
}

func makeStock(ctx context.Context, cluster *nodes.Cluster, seats, events int, inTurn bool) (*stock, error) {
	if err := cluster.WaitReady(ctx); err != nil {
		return nil, err
	}
	api, err := client.New(client.Options{Endpoints: cluster.Endpoints()})
	if err != nil {
		return nil, err
	}
	arena, err := arenaOf(seats)
	if err != nil {
		api.Close()
		return nil, err
	}
	name := eventName
	if inTurn {
		name = func(i int) string { return fmt.Sprintf("bench-%d", i) }
	}
	s := &stock{api: api, arena: arena, seats: make([]int, events), inTurn: inTurn}
	for _, row := range s.arena.Rows {
		s.labels = append(s.labels, row.Labels...)
	}
	if _, err := api.PutChart(ctx, "bench", s.arena.Document); err != nil {
		return nil, err
	}
	settings := client.Settings{Chart: "bench", Currency: "CHF", Prices: arena.Prices(), State: "on_sale"}
	for i := range events {
		s.names = append(s.names, name(i))
		if _, err := api.PutEvent(ctx, name(i), settings); err != nil {
			api.Close()
			return nil, err
		}
	}
	event, err := api.Event(ctx, name(0))
	if err != nil {
		api.Close()
		return nil, err
	}
	for _, n := range cluster.Nodes {
		s.hosts = append(s.hosts, n.HTTP)
		if n.Name == event.Leader {
			s.leader = n.HTTP
		}
	}
	return s, nil
}

// history is an empty history of all events of the stock.
func (s *stock) history() *history.Run {
	run := history.New()
	chart := run.AddChart(history.ChartOf(s.arena))
	for _, name := range s.names {
		run.AddEvent(name, chart)
	}
	return run
}

func eventName(i int) string { return fmt.Sprintf("bench:%d", i) }

// next is a hold of chosen seats: a party after the other, along the rows.
func (s *stock) next(body []byte) (event string, hold []byte, ok bool) {
	event, seats, ok := s.take()
	body = append(body, `{"seats":[`...)
	for i, label := range seats {
		if i > 0 {
			body = append(body, ',')
		}
		body = strconv.AppendQuote(body, label)
	}
	return event, append(body, `]}`...), ok
}

// nextWish is a hold of the best available seats for the same parties: an event has as many parties as with chosen seats.
func (s *stock) nextWish(body []byte) (event string, hold []byte, ok bool) {
	event, seats, ok := s.take()
	body = append(body, `{"best_available":{"quantity":`...)
	return event, append(strconv.AppendInt(body, int64(len(seats)), 10), `}}`...), ok
}

// take takes the next party's seats off the stock.
func (s *stock) take() (event string, seats []string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	want := parties[s.party%len(parties)]
	s.party++
	for range s.names { // an event without room for the party is sold out
		if s.event < len(s.names) && s.seats[s.event]+want <= len(s.labels) {
			break
		}
		s.event++
		if s.inTurn {
			s.event %= len(s.names)
		}
	}
	if s.event >= len(s.names) || s.seats[s.event]+want > len(s.labels) {
		return "", nil, false
	}
	i, first := s.event, s.seats[s.event]
	s.seats[i] += want
	if s.inTurn {
		s.event = (s.event + 1) % len(s.names)
	}
	return s.names[i], s.labels[first : first+want], true
}
