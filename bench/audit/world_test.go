package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/httpapi/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a run that went well, as its clients saw it, and three nodes that say so. Tests then change one thing.
type world struct {
	run   *history.Run
	log   *history.Log
	chart *history.Chart
	nodes []*node
}

const far = 3_600_000 // ms: the deadline of a hold that outlives the test

// Seats 0 to 7 are; then the table and the area.
const (
	table = 8
	floor = 9
)

// emptyWorld is a run of one event in which nothing happened yet.
func emptyWorld() *world {
	w := &world{run: history.New(), chart: &history.Chart{Name: "hall", Tables: []string{"T1"}, Areas: []history.Area{{Key: "Floor", Capacity: 10}}}}
	for i := range 8 {
		w.chart.Seats = append(w.chart.Seats, fmt.Sprintf("A-%d", i+1))
	}
	w.run.AddEvent("opening", w.run.AddChart(w.chart))
	w.log = w.run.NewLog()
	for i := range 3 {
		w.nodes = append(w.nodes, &node{
			w: w, name: fmt.Sprintf("n%d", i+1), states: []byte("fffffffff"), floor: client.Counts{Free: 10},
			orders: map[history.ID]*order{}, holds: map[history.ID]string{}, hashes: []string{"aa", "aa", "aa"},
		})
	}
	return w
}

// goodWorld is a run with something of everything.
func goodWorld() *world {
	w := emptyWorld()
	w.hold(1, 1, 2, 0, 1)
	w.confirm(1, 3, 4)
	w.hold(2, 5, 6, 2)
	w.release(2, 7, 8)
	w.hold(3, 9, 10, 2)
	w.sale(4, 11, 12, table, floor, floor)
	w.hold(5, 13, 14, 3, 4)
	w.confirm(5, 15, 16)
	w.cancel(5, 17, 18)
	w.refused(19, 20, history.CodeSeatUnavailable, nil, 0)
	w.hold(6, 21, 22, floor, floor, floor)
	w.refused(23, 24, history.CodeNotEnoughSeats, []history.Place{{Number: floor, Quantity: 6}}, floor)
	w.unknown(history.KindHold, 25, 26, 0, 5)
	w.wishRefused(27, 28, 8)
	w.hold(7, 29, 30, 6, 7)
	w.act(history.KindChange, 7, 31, 32, func(o *history.Op) { o.Take(7) })
	w.act(history.KindExtend, 7, 33, 34, func(o *history.Op) { o.Deadline, o.TTLSeconds = w.deadline(far+7), 600 })
	w.sale(8, 35, 36, 7, floor)
	w.act(history.KindCancel, 8, 37, 38, func(o *history.Op) { o.TakePlaces(floor, 1) })
	w.act(history.KindReadOrder, 8, 39, 40, func(o *history.Op) { o.State = history.StateConfirmed })
	for _, n := range w.nodes {
		copy(n.states, "sshffhhss")
		n.floor = client.Counts{Free: 5, Held: 3, Sold: 2}
		n.orders[id(1)] = &order{state: "confirmed", places: []int{0, 1}}
		n.orders[id(4)] = &order{state: "confirmed", places: []int{table, floor, floor}}
		n.orders[id(5)] = &order{state: "cancelled"}
		n.orders[id(8)] = &order{state: "confirmed", places: []int{7}}
		n.holds[id(2)] = "released"
	}
	return w
}

func id(n byte) history.ID { return history.ID{15: n} }

const ms = int64(time.Millisecond)

func (w *world) deadline(millis int64) int64 { return w.run.Start().UnixMilli() + millis }

// op adds an operation that was done, unless change says otherwise. Its revision is the time of its call.
func (w *world) op(kind history.Kind, number byte, called, returned int64, change func(o *history.Op)) {
	o := &history.Op{}
	o.Begin(kind, 0, called*ms)
	if number > 0 {
		o.ID = id(number)
	}
	o.Answered(200, history.CodeNone, returned*ms)
	o.Revision = uint64(called)
	if change != nil {
		change(o)
	}
	w.log.Add(o)
}

func (w *world) act(kind history.Kind, number byte, called, returned int64, change func(o *history.Op)) {
	w.op(kind, number, called, returned, change)
}

func give(o *history.Op, places []int) {
	for _, p := range places {
		o.GivePlaces(uint32(p), 1)
	}
}

func (w *world) hold(number byte, called, returned int64, places ...int) {
	w.holdUntil(number, called, returned, far, places...)
}

func (w *world) holdUntil(number byte, called, returned, deadline int64, places ...int) {
	w.op(history.KindHold, number, called, returned, func(o *history.Op) {
		give(o, places)
		o.Deadline = w.deadline(deadline)
	})
}

func (w *world) confirm(number byte, called, returned int64) {
	w.op(history.KindConfirm, number, called, returned, func(o *history.Op) { o.Reference = history.Digest("psp") })
}

func (w *world) sale(number byte, called, returned int64, places ...int) {
	w.op(history.KindSale, number, called, returned, func(o *history.Op) { give(o, places) })
}

func (w *world) release(number byte, called, returned int64) {
	w.op(history.KindRelease, number, called, returned, nil)
}

func (w *world) cancel(number byte, called, returned int64) {
	w.op(history.KindCancel, number, called, returned, nil)
}

func (w *world) refused(called, returned int64, code history.Code, asked []history.Place, named ...int) {
	w.op(history.KindHold, 0, called, returned, func(o *history.Op) {
		o.Answered(409, code, returned*ms)
		for _, p := range asked {
			o.AskPlaces(p.Number, p.Quantity)
		}
		give(o, named)
	})
}

func (w *world) wishRefused(called, returned int64, wanted uint32) {
	w.op(history.KindWish, 0, called, returned, func(o *history.Op) {
		o.Answered(409, history.CodeNotEnoughSeats, returned*ms)
		o.Wanted = wanted
	})
}

func (w *world) unknown(kind history.Kind, called, returned int64, wanted uint32, asked ...int) {
	w.op(kind, 0, called, returned, func(o *history.Op) {
		o.Broke(returned * ms)
		o.Revision, o.Wanted = 0, wanted
		for _, p := range asked {
			o.Ask(uint32(p))
		}
	})
}

// judge has the run judged against its nodes, when all of it is over.
func (w *world) judge(t *testing.T) *Verdict {
	t.Helper()
	return w.judgeWith(t, Options{Endpoints: endpoints(t, w)})
}

func endpoints(t *testing.T, w *world) (urls []string) {
	t.Helper()
	for _, n := range w.nodes {
		server := httptest.NewServer(n)
		t.Cleanup(server.Close)
		urls = append(urls, server.URL)
	}
	return urls
}

// over is when everything of a world is over, in ms since its start.
const over = 60

func (w *world) judgeWith(t *testing.T, o Options) *Verdict {
	t.Helper()
	time.Sleep(time.Duration(over*ms - w.run.Now())) // what the nodes say must be said after the load, which is real time
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	v, err := Judge(ctx, w.run, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// node answers as a node would.
type node struct {
	w       *world
	name    string
	states  []byte // of seats and the table
	floor   client.Counts
	counts  func(*client.Counts) // what its counts say otherwise than its map
	orders  map[history.ID]*order
	holds   map[history.ID]string
	hashes  []string // of the three replicas
	halted  string   // reason for which the last replica is
	busy    int      // so many operations of a batch are turned away first
	refuses int      // status of every answer, 0 = it answers
}

type order struct {
	state     string
	places    []int
	reference string // "" = psp
	id        history.ID
}

func (n *node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n.refuses != 0 {
		w.WriteHeader(n.refuses)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	var answer any
	switch path := strings.TrimPrefix(r.URL.Path, "/v1/"); path {
	case "events/opening":
		answer = client.Event{Event: "opening", Partition: 1}
	case "events/opening/seats":
		answer = n.seatMap()
	case "events/opening/availability":
		answer = n.availability()
	case "cluster":
		answer = n.cluster()
	case "batch":
		answer = n.batch(r)
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (n *node) seatMap() *client.SeatMap {
	words := map[byte]string{'f': "free", 'h': "held", 's': "sold", 'b': "blocked"}
	return &client.SeatMap{
		Revision: 99, States: string(n.states[:table]), Tables: []client.TableState{{Table: "T1", State: words[n.states[table]]}},
		Areas: []client.AreaCounts{{Area: "Floor", Capacity: 10, Counts: n.floor}},
	}
}

func (n *node) availability() *client.Availability {
	total := n.floor
	for _, letter := range n.states {
		count(&total, letter, 1)
	}
	if n.counts != nil {
		n.counts(&total)
	}
	return &client.Availability{Revision: 99, Total: total}
}

func (n *node) cluster() *client.ClusterStatus {
	s := &client.ClusterStatus{}
	p := client.PartitionStatus{Partition: 1}
	for i, hash := range n.hashes {
		name := fmt.Sprintf("n%d", i+1)
		s.Nodes = append(s.Nodes, client.NodeStatus{Node: name})
		p.Replicas = append(p.Replicas, client.ReplicaStatus{Node: name, Applied: 100, HashIndex: 101, StateHash: hash})
	}
	p.Replicas[len(p.Replicas)-1].Halted = n.halted
	empty := client.PartitionStatus{Partition: 0, Replicas: make([]client.ReplicaStatus, len(s.Nodes))}
	s.Partitions = []client.PartitionStatus{empty, p}
	return s
}

func (n *node) batch(r *http.Request) any {
	var asked struct {
		Operations []struct {
			Op, Event string
			Body      struct{ Order, Hold string }
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&asked)
	results := []any{}
	for _, o := range asked.Operations {
		key, _ := history.ParseID(o.Body.Order + o.Body.Hold)
		body, status := any(nil), http.StatusOK
		switch found, state := n.orders[key], n.holds[key]; {
		case n.busy > 0:
			n.busy--
			status, body = http.StatusTooManyRequests, map[string]any{"code": "overloaded"}
		case o.Op == "get_order" && found != nil:
			body = found.json(n.w, key)
		case o.Op == "get_hold" && state != "":
			body = map[string]any{"hold": o.Body.Hold, "state": state, "places": []any{}}
		default:
			status, body = http.StatusNotFound, map[string]any{"code": "unknown_" + strings.TrimPrefix(o.Op, "get_")}
		}
		results = append(results, map[string]any{"status": status, "body": body})
	}
	return map[string]any{"results": results}
}

func (o *order) json(w *world, key history.ID) *client.Order {
	if !o.id.IsZero() {
		key = o.id
	}
	out := &client.Order{Order: key.String(), Hold: key.String(), State: o.state, Reference: "psp", Places: []client.Place{}}
	if o.reference != "" {
		out.Reference = o.reference
	}
	for _, p := range o.places {
		switch label := w.chart.Label(uint32(p)); p {
		case table:
			out.Places = append(out.Places, client.Place{Table: label})
		case floor:
			out.Places = append(out.Places, client.Place{Area: label, Quantity: 1})
		default:
			out.Places = append(out.Places, client.Place{Seat: label})
		}
	}
	return out
}
