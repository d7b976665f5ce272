package cluster

import (
	"fmt"
	"slices"
	"testing"

	"github.com/parterre/parterre/raftlog"
)

// Where an event is must never change: its partition's log is all there is of it.
func TestPlacementIsFixedForEver(t *testing.T) {
	for event, want := range map[string]uint32{"opening": 1, "tour-2027:zurich": 0, "tour-2027:bern": 0, "": 0} {
		if got := partitionOfEvent(event, 3); got != want {
			t.Errorf("event %q is in partition %d of 3, was in %d", event, got, want)
		}
	}
	if got := partitionOfChart("hall:north", 7); got != 6 {
		t.Errorf("chart hall:north has its home in partition %d of 7, had it in 6", got)
	}
}

func TestEventsOfOneGroupShareAPartition(t *testing.T) {
	for i := range 100 {
		if got, want := partitionOfEvent(fmt.Sprintf("tour:%d", i), 16), partitionOfEvent("tour", 16); got != want {
			t.Fatalf("tour:%d is in partition %d, its group in %d", i, got, want)
		}
	}
}

func TestEventsSpreadOverThePartitions(t *testing.T) {
	var counts [3]int
	for i := range 3_000 {
		counts[partitionOfEvent(fmt.Sprintf("event-%d", i), 3)]++
	}
	for p, n := range counts {
		if n < 850 || n > 1_150 {
			t.Errorf("partition %d has %d of 3,000 events", p, n)
		}
	}
}

func TestTheClusterIDTellsMembersAndPartitionsApart(t *testing.T) {
	members := []raftlog.Member{{Node: "n1", Peer: "a:1"}, {Node: "n2", Peer: "b:1"}}
	text, number := clusterID(members, 3)
	slices.Reverse(members)
	if again, n := clusterID(members, 3); again != text || n != number {
		t.Error("the order of the members counts")
	}
	if other, n := clusterID(members, 4); other == text || n == number {
		t.Error("the number of partitions does not count")
	}
	members[0].Peer = "c:1"
	if other, n := clusterID(members, 3); other == text || n == number {
		t.Error("the addresses do not count")
	}
}

func TestPreferredLeadersAreSpreadEvenly(t *testing.T) {
	for n := 1; n <= 5; n++ {
		var nodes []string
		for i := range n {
			nodes = append(nodes, fmt.Sprintf("n%d", i+1))
		}
		for partitions := 1; partitions <= 16; partitions++ {
			load := map[string]int{}
			for _, leader := range preferredLeaders(nodes, partitions) {
				load[leader]++
			}
			for node, l := range load {
				if l > (partitions+n-1)/n || node == "" {
					t.Errorf("%d partitions on %d nodes: %v", partitions, n, load)
				}
			}
		}
	}
}

func TestPreferredLeadersDoNotDependOnTheOrderOfNodes(t *testing.T) {
	a, b := preferredLeaders([]string{"n1", "n2", "n3"}, 9), preferredLeaders([]string{"n3", "n1", "n2"}, 9)
	if !slices.Equal(a, b) {
		t.Errorf("%v, %v", a, b)
	}
}

func TestNobodyLeadsWhereNobodyIs(t *testing.T) {
	if got := preferredLeaders(nil, 2); !slices.Equal(got, []string{"", ""}) {
		t.Errorf("%v", got)
	}
}
