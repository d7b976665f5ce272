package raftlog

import "testing"

func TestASnapshotWaitsForAFollowerOnlyUntilTheLogIsLong(t *testing.T) {
	b := newBacklog(1_000, 1_000_000)
	asked := func() bool {
		select {
		case <-b.due:
			return true
		default:
			return false
		}
	}
	b.add(999)
	if asked() {
		t.Error("asked for before its time")
	}
	b.add(251) // more than the limit and its chance of a quarter
	if !asked() || b.overdue.Load() {
		t.Error("not asked for in time, or overdue at once")
	}
	b.add(overdueFactor*1_000 - 1_251)
	if !asked() || b.overdue.Load() {
		t.Error("overdue too early, or not asked for again")
	}
	if b.add(1); !b.overdue.Load() {
		t.Error("not overdue")
	}
	if b.reset(); b.overdue.Load() {
		t.Error("overdue after a snapshot")
	}
}
