package actors

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/actors/waitroom/pass"
)

func roomAsk(event string, q waitroom.Request) command.Command {
	return command.Command{Kind: command.KindRoom, Event: event, Room: &q}
}

// firstCome is a room without a draw in which so many may be inside.
func firstCome(inside uint32) waitroom.Request {
	return waitroom.Request{
		Op: waitroom.OpPut, Seed: [32]byte{1}, Secret: [32]byte{2},
		Config: &waitroom.Config{
			Mode: waitroom.ModeFIFO, MaxInside: inside, EnterWithinSeconds: 60, IdleSeconds: 60, StaySeconds: 600,
			TokenLifeSeconds: 86_400, TargetCommitMillis: 20,
		},
	}
}

// ask has one operation of a room decided.
func (r *replica) ask(event string, q waitroom.Request) *waitroom.Answer {
	r.t.Helper()
	result := r.apply(roomAsk(event, q))[0]
	if result.Room == nil {
		r.t.Fatalf("%v: no answer of the room: %+v", q.Op, result)
	}
	if (result.Answer.Code == seatmap.CodeOK) != (result.Room.Code == waitroom.CodeOK) {
		r.t.Fatalf("%v: code %v, the room's %v", q.Op, result.Answer.Code, result.Room.Code)
	}
	return result.Room
}

// enter joins, and goes inside.
func (r *replica) enter(event string, buyer uint64) waitroom.Pass {
	r.t.Helper()
	number := r.ask(event, waitroom.Request{Op: waitroom.OpJoin, Count: 1}).First
	a := r.ask(event, waitroom.Request{Op: waitroom.OpEnter, Number: number, Buyer: buyer})
	if a.Code != waitroom.CodeOK {
		r.t.Fatalf("number %d may not enter: %v", number, a.Code)
	}
	return waitroom.Pass{Number: number, Session: a.Session, Buyer: buyer}
}

func within(c command.Command, p waitroom.Pass) command.Command {
	c.Pass = p
	return c
}

func TestBehindARoomWhoBuysNeedsAPass(t *testing.T) {
	r := newReplica(t)
	r.open(6, "a", "b")
	if a := r.ask("a", waitroom.Request{Op: waitroom.OpJoin, Count: 1}); a.Code != waitroom.CodeNoRoom {
		t.Fatalf("an event without a room: %v", a.Code)
	}
	r.do(hold("a", 1, "A-1"), seatmap.CodeOK)
	if a := r.ask("a", firstCome(2)); !a.Created {
		t.Fatalf("%+v", a)
	}
	refused := r.apply(hold("a", 2, "A-2"))[0]
	if refused.Answer.Code != seatmap.CodeWaitingRoom || refused.Room == nil || refused.Room.Code != waitroom.CodePassRequired {
		t.Fatalf("%+v %+v", refused.Answer, refused.Room)
	}
	r.do(hold("a", 1, "A-1"), seatmap.CodeOK) // it was decided before: its first answer again
	r.do(confirm("a", 3, 1), seatmap.CodeOK)  // a payment needs no pass
	r.do(hold("b", 4, "A-2"), seatmap.CodeOK) // another event has no room
	inside := r.enter("a", 81)
	r.do(within(hold("a", 5, "A-2"), inside), seatmap.CodeOK)
	foreign := inside
	foreign.Session++
	if got := r.apply(within(hold("a", 6, "A-3"), foreign))[0]; got.Answer.Code != seatmap.CodeWaitingRoom {
		t.Errorf("a session that nobody has: %+v", got.Answer)
	}
}

func TestAnOrderGivesThePlaceInsideToTheNext(t *testing.T) {
	r := newReplica(t)
	r.open(6, "a")
	r.ask("a", firstCome(1))
	inside := r.enter("a", 1)
	next := r.ask("a", waitroom.Request{Op: waitroom.OpJoin, Count: 1}).First
	enter := waitroom.Request{Op: waitroom.OpEnter, Number: next}
	if a := r.ask("a", enter); a.Code != waitroom.CodeNotCalled {
		t.Fatalf("the place is taken: %v", a.Code)
	}
	r.do(within(hold("a", 1, "A-1"), inside), seatmap.CodeOK)
	r.do(confirm("a", 2, 1), seatmap.CodeOK)
	if a := r.ask("a", enter); a.Code != waitroom.CodeOK {
		t.Fatalf("the place is free: %v", a.Code)
	}
	if got := r.apply(within(hold("a", 3, "A-2"), inside))[0]; got.Room == nil || got.Room.Code != waitroom.CodePassEnded {
		t.Errorf("who has bought is not inside any more: %+v", got.Room)
	}
	if got := r.apply(within(hold("a", 1, "A-1"), inside))[0]; got.Answer.Code != seatmap.CodeOK || !got.Answer.Replayed {
		t.Errorf("a retry of what was decided: %+v", got.Answer)
	}
}

// Whoever holds twice and pays for the first is gone all the same, if the shop says who it is.
func TestAnOrderOfAnEarlierHoldEndsTheBuyersSession(t *testing.T) {
	r := newReplica(t)
	r.open(6, "a")
	r.ask("a", firstCome(1))
	inside := r.enter("a", pass.BuyerHash("a", "b-81")) // as hold has it
	r.do(within(hold("a", 1, "A-1"), inside), seatmap.CodeOK)
	r.do(within(hold("a", 2, "A-2"), inside), seatmap.CodeOK)
	r.do(confirm("a", 3, 1), seatmap.CodeOK)
	if got := r.apply(within(hold("a", 4, "A-3"), inside))[0]; got.Room == nil || got.Room.Code != waitroom.CodePassEnded {
		t.Errorf("the buyer is still inside: %+v", got.Room)
	}
}

func TestASessionThatLapsesIsDueThoughNobodyAsks(t *testing.T) {
	r := newReplica(t)
	r.open(6, "a")
	r.ask("a", firstCome(1))
	r.enter("a", 1)
	next := r.ask("a", waitroom.Request{Op: waitroom.OpJoin, Count: 1}).First
	r.nowMillis += 60_000
	if due := r.Due(r.nowMillis+10, 5); !slices.Equal(due, []string{"a"}) {
		t.Fatalf("due: %v", due)
	}
	r.apply(expire("a"))
	if a := r.ask("a", waitroom.Request{Op: waitroom.OpEnter, Number: next}); a.Code != waitroom.CodeOK {
		t.Fatalf("the place is free: %v", a.Code)
	}
}

func TestReplicasWithAndWithoutListenersAreTheSame(t *testing.T) {
	a, b := newReplica(t), newReplica(t)
	a.open(6, "a")
	b.open(6, "a")
	entries := [][]command.Command{
		{roomAsk("a", firstCome(2)), hold("a", 1, "A-1")},
		{roomAsk("a", waitroom.Request{Op: waitroom.OpJoin, Count: 5})},
		{roomAsk("a", waitroom.Request{Op: waitroom.OpEnter, Number: 0, Buyer: 7}), roomAsk("a", waitroom.Request{Op: waitroom.OpEnter, Number: 1})},
		{within(hold("a", 2, "A-1"), waitroom.Pass{Number: 0, Session: 1, Buyer: 7}), confirm("a", 3, 2)},
		{roomAsk("a", waitroom.Request{Op: waitroom.OpLeave, Number: 1, Session: 2}), expire("a")},
	}
	for i, commands := range entries {
		a.apply(commands...)
		if err := b.try(commands, nil); err != nil {
			t.Fatal(err)
		}
		if a.Hash() != b.Hash() {
			t.Fatalf("entry %d: hashes differ", i)
		}
	}
	for _, r := range []*replica{a, b} {
		if again, err := r.Rehash(); err != nil || again != r.Hash() {
			t.Errorf("hash %016x, from scratch %016x, %v", r.Hash(), again, err)
		}
	}
}

func TestARestoredPartitionHasItsRooms(t *testing.T) {
	r := newReplica(t)
	r.open(6, "a", "b", "c")
	r.ask("b", firstCome(1))
	inside := r.enter("b", 1)
	r.do(within(hold("b", 1, "A-1"), inside), seatmap.CodeOK)
	r.ask("b", waitroom.Request{Op: waitroom.OpJoin, Count: 3})
	snapshot := r.snapshot()
	again := newReplica(t)
	if err := again.Restore(bytes.NewReader(snapshot)); err != nil {
		t.Fatal(err)
	}
	if again.Hash() != r.Hash() || !bytes.Equal(again.snapshot(), snapshot) {
		t.Fatal("the restored partition is another")
	}
	if again.event("a").Room() != nil || again.event("b").Room() == nil {
		t.Fatal("the wrong event has the room")
	}
	if due, want := again.Due(1<<62, 5), r.Due(1<<62, 5); !slices.Equal(due, want) || len(due) != 1 {
		t.Errorf("due %v, want %v", due, want)
	}
	if rooms := again.SteeredRooms(5); len(rooms) != 1 || rooms[0].Event != "b" || rooms[0].Target != 20*time.Millisecond {
		t.Errorf("steered: %+v", rooms)
	}
	again.index, again.nowMillis = r.index, r.nowMillis
	for _, c := range []command.Command{confirm("b", 9, 1), roomAsk("b", waitroom.Request{Op: waitroom.OpEnter, Number: inside.Number + 1})} {
		r.apply(c)
		again.apply(c)
	}
	if again.Hash() != r.Hash() {
		t.Error("the restored partition goes another way")
	}
}

func TestASnapshotWithADamagedRoomIsRefused(t *testing.T) {
	r := newReplica(t)
	r.open(6, "a")
	r.ask("a", firstCome(1))
	r.enter("a", 1)
	snapshot := r.snapshot()
	again := newReplica(t)
	at := bytes.LastIndex(snapshot, []byte{frameRoom, flagLast})
	for _, cut := range []int{at + 20, len(snapshot) - 60} {
		damaged := bytes.Clone(snapshot)
		damaged[cut] ^= 0x40
		if err := again.Restore(bytes.NewReader(damaged)); err == nil {
			t.Errorf("byte %d was changed and nobody noticed", cut)
		}
	}
	if _, ok := again.Event("a"); ok {
		t.Error("something of a damaged snapshot was kept")
	}
}

func TestARoomIsShownWithoutAnotherViewOfItsEvent(t *testing.T) {
	r := newReplica(t)
	r.open(6, "a")
	e := r.event("a")
	before := e.View()
	if e.Room() != nil {
		t.Fatal("there is no room yet")
	}
	r.ask("a", firstCome(1))
	v, err := e.FreshRoom(t.Context())
	if err != nil || v == nil {
		t.Fatalf("%v, %v", v, err)
	}
	r.ask("a", waitroom.Request{Op: waitroom.OpJoin, Count: 4})
	next, newer, err := e.NextRoom(t.Context(), v)
	if err != nil || next != e || newer.Revision() <= v.Revision() {
		t.Fatalf("%v", err)
	}
	if e.View() != before {
		t.Error("the seat map was shown anew though it is the same")
	}
}
