package actors

import (
	"bytes"
	"testing"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

// wornRooms is a partition with two rooms among its events: one in the middle of its sale, one before its draw.
func wornRooms(t *testing.T) *replica {
	r := newReplica(t)
	r.open(12, "a", "b", "c")
	r.ask("b", firstCome(3))
	pass := r.enter("b", 1)
	r.do(within(hold("b", 1, "A-1"), pass), seatmap.CodeOK)
	buyer := r.enter("b", 2)
	r.do(within(hold("b", 2, "A-2", "A-3"), buyer), seatmap.CodeOK)
	r.do(confirm("b", 3, 2), seatmap.CodeOK)
	r.ask("b", waitroom.Request{Op: waitroom.OpJoin, Count: 5})
	r.ask("b", waitroom.Request{Op: waitroom.OpTick, Pressure: 800})
	draw := firstCome(2)
	draw.Config.Mode, draw.Config.OpensMillis = waitroom.ModeRandom, r.nowMillis+60_000
	draw.Config.Lanes = []waitroom.LaneConfig{{Key: "members", Share: 2}}
	r.ask("c", draw)
	r.ask("c", waitroom.Request{Op: waitroom.OpJoin, Count: 9})
	r.ask("c", waitroom.Request{Op: waitroom.OpJoin, Lane: 1, Count: 4})
	return r
}

func TestASnapshotWithRoomsIsReadForEver(t *testing.T) {
	worn := wornRooms(t)
	then := fixture(t, "partition-rooms.snapshot", worn.snapshot())
	r := newReplica(t)
	if err := r.Restore(bytes.NewReader(then)); err != nil {
		t.Fatal(err)
	}
	if r.Hash() != worn.Hash() {
		t.Errorf("state hash %016x, and the same commands make %016x now", r.Hash(), worn.Hash())
	}
	if !bytes.Equal(r.snapshot(), then) {
		t.Error("what was read is written differently now")
	}
	// The figures stand here and not only in the file, so that reading it wrong and comparing it wrong cannot agree.
	selling, before := r.event("b").Room().Figures(), r.event("c").Room().Figures()
	if selling.Phase != waitroom.PhaseSelling || selling.Inside != 1 || selling.Called != 2 || selling.Given[0] != 7 || selling.Pressure != 800 {
		t.Errorf("the room of b: %+v", selling)
	}
	if before.Phase != waitroom.PhasePreQueue || before.Given != [waitroom.MaxLanes]uint64{9, 4} || before.Seed != [32]byte{} {
		t.Errorf("the room of c: %+v", before)
	}
	r.index, r.nowMillis = worn.index, worn.nowMillis
	for _, step := range []int64{0, 60_000, 1_000} {
		worn.nowMillis, r.nowMillis = worn.nowMillis+step, r.nowMillis+step
		worn.apply(expire("b"), expire("c"))
		r.apply(expire("b"), expire("c"))
		if r.Hash() != worn.Hash() {
			t.Fatalf("%d ms later the restored partition is another", step)
		}
	}
}

// Nobody asks anything: the leader's tick finds what is due, each tenth of a second.
func TestPromise_AFreedPlaceIsGivenWithin300Milliseconds(t *testing.T) {
	const tickMillis, bound = 100, 300
	r := newReplica(t)
	r.open(12, "a")
	put := firstCome(2)
	put.Config.IdleSeconds, put.Config.EnterWithinSeconds = 7, 3
	r.ask("a", put)
	r.enter("a", 1)
	r.enter("a", 2)
	r.ask("a", waitroom.Request{Op: waitroom.OpJoin, Count: 40})
	called := r.door("a").Frontier[0]
	freeAt := r.nowMillis + 7_000 // both sessions lapse, and then nobody of those called comes
	for called < 42 {
		for r.nowMillis += tickMillis; len(r.Due(r.nowMillis, 8)) == 0; r.nowMillis += tickMillis {
			if r.nowMillis > freeAt+bound {
				t.Fatalf("%d called, and nothing is due %d ms after a place came free", called, r.nowMillis-freeAt)
			}
		}
		r.apply(expire("a"))
		if now := r.door("a").Frontier[0]; now > called {
			if r.nowMillis > freeAt+bound {
				t.Fatalf("place %d was called %d ms after one came free", called, r.nowMillis-freeAt)
			}
			called, freeAt = now, r.nowMillis+3_000
		}
	}
}

// door is the room's figures as of now.
func (r *replica) door(event string) *waitroom.Figures {
	r.t.Helper()
	v, err := r.event(event).FreshRoom(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return v.Figures()
}
