package cluster

import (
	"testing"
	"time"
)

func claims(node string, term uint64, leads bool) *report {
	return &report{Node: node, Partitions: []partitionReport{{Term: term, Leads: leads}}}
}

func TestTheNewestClaimCounts(t *testing.T) {
	table, now := newTable(1), time.Now()
	table.answered(claims("n2", 3, true), now, 0, true)
	table.answered(claims("n3", 4, true), now, 0, true)
	if c := table.claim(0); c == nil || c.node != "n3" || c.term != 4 {
		t.Fatalf("%+v", c)
	}
	table.heard(claims("n3", 4, false), now)
	if c := table.claim(0); c == nil || c.node != "n2" {
		t.Fatalf("%+v", c)
	}
}

func TestAClaimOfAnUnreachableNodeDoesNotCount(t *testing.T) {
	table, now := newTable(1), time.Now()
	table.heard(claims("n2", 3, true), now) // it reaches us, but did not answer us yet
	if c := table.claim(0); c != nil {
		t.Fatalf("%+v", c)
	}
	table.answered(claims("n2", 3, true), now, 0, true)
	table.lost("n2", now)
	if c := table.claim(0); c != nil {
		t.Fatalf("%+v", c)
	}
	if s, reachable := table.of("n2", now); reachable || s.report.Node != "n2" {
		t.Errorf("%+v, %v", s, reachable)
	}
}

func TestAPeerThatIsSilentForLongIsUnreachable(t *testing.T) {
	table, now := newTable(1), time.Now()
	table.answered(claims("n2", 3, true), now, 0, true)
	if _, reachable := table.of("n2", now.Add(reachableFor)); reachable {
		t.Error("reachable after its time")
	}
}

func TestWaitersWakeWhenAClaimChangesAndOnlyThen(t *testing.T) {
	table, now := newTable(1), time.Now()
	changed := table.changed()
	table.answered(claims("n2", 3, false), now, 0, true)
	select {
	case <-changed:
		t.Fatal("woken by nothing")
	default:
	}
	table.answered(claims("n2", 3, true), now, 0, true)
	select {
	case <-changed:
	default:
		t.Fatal("not woken by a claim")
	}
	select {
	case <-table.changed():
		t.Fatal("woken twice by one change")
	default:
	}
}

func TestPinsTravelAndTheNewestCounts(t *testing.T) {
	now := time.Now()
	a, b := pins{until: make([]pin, 1)}, pins{until: make([]pin, 1)}
	a.set(0, "n2", now)
	node, left := a.of(0, now)
	r := &report{Partitions: []partitionReport{{Pinned: node, PinnedMillis: left.Milliseconds()}}}
	b.adopt(r, now.Add(time.Second))
	if node, _ := b.of(0, now); node != "n2" {
		t.Fatalf("the pin did not travel: %q", node)
	}
	b.set(0, "n3", now.Add(time.Minute))
	b.adopt(r, now.Add(time.Minute))
	if node, _ := b.of(0, now.Add(time.Minute)); node != "n3" {
		t.Errorf("an older pin counts: %q", node)
	}
	if node, left := a.of(0, now.Add(pinFor)); node != "" || left != 0 {
		t.Errorf("the pin lasts for ever: %q, %v", node, left)
	}
}
