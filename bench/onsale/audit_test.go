package onsale

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/venue"
	"github.com/parterre/parterre/httpapi/client"
)

// The audit must be able to see what it looks for: here it is shown each broken promise once.

func order(id string, seats ...string) *client.Order {
	o := &client.Order{Order: id, State: "confirmed", Reference: "psp-" + id}
	for _, s := range seats {
		o.Places = append(o.Places, client.Place{Seat: s})
	}
	return o
}

// smallArena has ten standing places.
func smallArena(t *testing.T) *venue.Venue {
	t.Helper()
	v, err := venue.Read([]byte(`{"sections":[{"key":"A","rows":[{"key":"1","seats":{"count":100}}]}],
		"areas":[{"key":"Floor","capacity":10}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestASeatInTwoOrdersIsSeen(t *testing.T) {
	sale := &Sale{Arena: smallArena(t)}
	v := &Verdict{}
	v.ownersFromAnswers(sale, &Outcome{Orders: []*client.Order{order("a", "A-1-1", "A-1-2"), order("b", "A-1-2")}})
	if v.DoubleSold != 1 || len(v.Broken) != 1 || !strings.Contains(v.Broken[0], "A-1-2") {
		t.Errorf("%d double-sold, %q", v.DoubleSold, v.Broken)
	}
}

func TestAnAreaSoldPastItsCapacityIsSeen(t *testing.T) {
	sale := &Sale{Arena: smallArena(t)}
	o := &client.Order{Order: "a"}
	for range 11 {
		o.Places = append(o.Places, client.Place{Area: "Floor", Quantity: 1})
	}
	v := &Verdict{}
	v.ownersFromAnswers(sale, &Outcome{Orders: []*client.Order{o}})
	if v.DoubleSold != 1 {
		t.Errorf("%d double-sold, want 1", v.DoubleSold)
	}
}

func TestALostAndAChangedOrderAreSeen(t *testing.T) {
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/lost"):
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"code":"unknown_order","status":404}`))
		case strings.HasSuffix(r.URL.Path, "/changed"):
			_ = json.NewEncoder(w).Encode(order("changed", "A-1-9"))
		default:
			_ = json.NewEncoder(w).Encode(order("kept", "A-1-1"))
		}
	}))
	defer node.Close()
	api, err := client.New(client.Options{Endpoints: []string{node.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	v := &Verdict{}
	orders := []*client.Order{order("kept", "A-1-1"), order("lost", "A-1-2"), order("changed", "A-1-3")}
	if err := v.ordersOn(context.Background(), api, "opening", 0, orders); err != nil {
		t.Fatal(err)
	}
	if v.Lost != 2 || len(v.Broken) != 2 {
		t.Errorf("%d lost, %q; want the lost and the changed one", v.Lost, v.Broken)
	}
}

func TestReplicasThatDifferAreSeen(t *testing.T) {
	status := &client.ClusterStatus{Partitions: []client.PartitionStatus{
		{Partition: 0, Replicas: []client.ReplicaStatus{{Node: "n1", HashIndex: 9, StateHash: "a"}, {Node: "n2", HashIndex: 9, StateHash: "b"}}},
		{Partition: 1, Replicas: []client.ReplicaStatus{{Node: "n1"}, {Node: "n2", Halted: "panic"}}},
	}}
	v := &Verdict{}
	v.compareHashes(status)
	if !v.HashesDiffer || len(v.Broken) != 2 || v.HashesCompared != 1 {
		t.Errorf("differ %v, compared %d, %q", v.HashesDiffer, v.HashesCompared, v.Broken)
	}
}

func TestOnlyACheckpointPastTheLastOrderCounts(t *testing.T) {
	at := func(index uint64) *client.ClusterStatus {
		replica := client.ReplicaStatus{HashIndex: index}
		return &client.ClusterStatus{
			Nodes:      make([]client.NodeStatus, 2),
			Partitions: []client.PartitionStatus{{Replicas: []client.ReplicaStatus{replica, replica}}},
		}
	}
	if settled(at(10), 0, 10) || !settled(at(11), 0, 10) {
		t.Error("a checkpoint counts although it was made before the last order, or the other way round")
	}
}
