package seatmap

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// market is a crowd of impatient buyers at one small venue: everybody wants the same seats, most ask twice, some pay.
type market struct {
	m      *Map
	random *rand.Rand
	now    int64
	asked  []told
}

func newMarket(t testing.TB, seed uint64) *market {
	return &market{m: onSale(t, smallVenues(t)[0].plan), random: rand.New(rand.NewPCG(seed, 99)), now: 1_800_000_000_000}
}

func (k *market) ask(req Request) *Answer {
	k.now += k.random.Int64N(20_000)
	n := len(k.asked) + 1
	req.Key[0], req.Key[1], req.Key[2] = byte(n), byte(n>>8), byte(n>>16)
	if req.ID.IsZero() {
		req.ID = ID(req.Key)
	}
	var ans Answer
	k.m.Do(k.now, &req, &ans)
	k.asked = append(k.asked, told{k.now, req, cloneAnswer(&ans)})
	return &ans
}

// step is one buyer's next request.
func (k *market) step() *told {
	var req Request
	plan := k.m.Plan()
	switch n := k.random.IntN(10); {
	case n < 5 || len(k.asked) < 5:
		req = Request{Op: OpHold, Buyer: fmt.Sprint("b-", n)}
		for slot := uint32(k.random.IntN(plan.Seats() - 2)); len(req.Add.Seats) < 2; slot++ {
			req.Add.Seats = append(req.Add.Seats, plan.Label(slot))
		}
		if n == 0 {
			req.Add = Selection{Areas: []AreaQuantity{{"Floor", 2}}, Tables: []string{"T1"}}
		}
	case n == 9:
		req = Request{Op: OpCancel, ID: k.someID()}
	case n == 8:
		req = Request{Op: OpRelease, ID: k.someID()}
	default:
		req = Request{Op: OpConfirm, ID: k.someID(), Reference: "psp", Retake: n == 7}
	}
	k.ask(req)
	return &k.asked[len(k.asked)-1]
}

func (k *market) someID() ID {
	return k.asked[max(0, len(k.asked)-1-k.random.IntN(12))].req.ID
}

// A ledger beside the map, which knows only what was answered, never finds two owners of one place.
func TestPromise1_ASeatHasOneOwner(t *testing.T) {
	for seed := range uint64(200) {
		k := newMarket(t, seed)
		owner := map[string]ID{}    // sold places by label, or by ticket in an area
		orders := map[ID][]string{} // what each order has
		held := map[ID]int64{}      // deadline of each hold that was answered
		places := map[ID][]Place{}  // and its places
		for range 300 {
			asked := k.step()
			ans, id := &asked.ans, asked.req.ID
			if ans.Code != CodeOK {
				continue
			}
			switch asked.req.Op {
			case OpHold:
				for other, deadline := range held {
					if deadline > asked.now && overlap(places[other], ans.Places) {
						t.Fatalf("seed %d: %s was given what %s holds: %+v", seed, id, other, ans.Places)
					}
				}
				held[id], places[id] = ans.ExpiresAtMillis, ans.Places
				for _, p := range ans.Places {
					if p.Kind != PlaceArea && owner[p.Label] != (ID{}) {
						t.Fatalf("seed %d: %s holds %s, which %s has bought", seed, id, p.Label, owner[p.Label])
					}
				}
			case OpRelease:
				delete(held, id)
			case OpConfirm:
				delete(held, id)
				for _, p := range ans.Places {
					name := p.Label
					if p.Kind == PlaceArea {
						name = fmt.Sprint("ticket ", p.Ticket)
					}
					if had := owner[name]; had != (ID{}) && had != id {
						t.Fatalf("seed %d: %s was sold to %s and to %s", seed, name, had, id)
					}
					owner[name] = id
					orders[id] = append(orders[id], name)
				}
			case OpCancel:
				for _, name := range orders[id] {
					delete(owner, name)
				}
				delete(orders, id)
			}
		}
		if c := k.m.Counts(); c.Sold != len(owner) {
			t.Fatalf("seed %d: %d places sold, %d have an owner", seed, c.Sold, len(owner))
		}
	}
}

func overlap(a, b []Place) bool {
	return slices.ContainsFunc(a, func(p Place) bool {
		return p.Kind != PlaceArea && slices.ContainsFunc(b, func(q Place) bool { return p.Label == q.Label })
	})
}

// Every request of a whole day, asked again at its end, has its first answer again, and nothing changes.
func TestPromise3_ARetryIsHarmless(t *testing.T) {
	for seed := range uint64(100) {
		k := newMarket(t, seed)
		for range 200 {
			k.step()
		}
		k.ask(Request{Op: OpExpire, Limit: 1 << 20})
		revision, hash := k.m.Revision(), k.m.Hash()
		for i, first := range k.asked {
			if !first.ans.Created {
				continue // changed nothing, and the key was a node's: nothing is remembered
			}
			var again Answer
			k.m.Do(k.now, &first.req, &again)
			if !again.Replayed {
				t.Fatalf("seed %d: request %d was decided twice", seed, i)
			}
			again.Replayed, again.Lapsed = false, first.ans.Lapsed
			if !sameAnswer(&again, &first.ans) {
				t.Fatalf("seed %d: request %d was answered\n%+v, then\n%+v", seed, i, first.ans, again)
			}
		}
		if k.m.Revision() != revision || k.m.Hash() != hash {
			t.Fatalf("seed %d: retries changed the state", seed)
		}
	}
}

// Whoever asks for places that nobody has is given them: at any moment, on every seat, to the millisecond of a deadline.
func TestPromise4_AFreeSeatCanBeHad(t *testing.T) {
	for seed := range uint64(100) {
		k := newMarket(t, seed)
		for range 100 {
			k.step()
		}
		for slot := range uint32(k.m.Plan().Seats()) {
			label := k.m.Plan().Label(slot)
			wish := Request{Op: OpHold, ID: ID{200, byte(slot)}, Add: Selection{Seats: []string{label}}}
			free := k.m.Picture().Status(slot) == StatusFree
			var ans Answer
			k.m.Do(k.now, &wish, &ans)
			if free != (ans.Code == CodeOK) {
				t.Fatalf("seed %d: %s is free: %t, and the answer is %s", seed, label, free, ans.Code)
			}
		}
	}
	k := newMarket(t, 1)
	first := k.ask(Request{Op: OpHold, Add: Selection{Seats: []string{"A-1-1"}}})
	wish := Request{Op: OpHold, ID: ID{200}, Add: Selection{Seats: []string{"A-1-1"}}}
	var ans Answer
	if k.m.Do(first.ExpiresAtMillis-1, &wish, &ans); ans.Code != CodeSeatUnavailable {
		t.Fatalf("a millisecond before the deadline: %s", ans.Code)
	}
	if k.m.Do(first.ExpiresAtMillis, &wish, &ans); ans.Code != CodeOK || ans.Lapsed != 1 {
		t.Fatalf("at the deadline: %s", ans.Code)
	}
}

// Replicas that answer, that do not, and that come from a snapshot in the middle have the same hash after every command
// and the same bytes at the end.
func TestPromise6_EveryReplicaIsTheSame(t *testing.T) {
	for seed := range uint64(60) {
		k := newMarket(t, seed)
		plan := k.m.Plan()
		follower := onSale(t, plan)
		var late *Map
		for i := range 200 {
			asked := k.step()
			follower.Do(asked.now, &asked.req, nil)
			if late != nil {
				late.Do(asked.now, &asked.req, nil)
			}
			if i == 50+int(seed) {
				var err error
				if late, err = Restore(plan, bytes.NewReader(encoded(t, follower))); err != nil {
					t.Fatal(err)
				}
			}
			if k.m.Hash() != follower.Hash() || (late != nil && late.Hash() != k.m.Hash()) {
				t.Fatalf("seed %d: replicas differ after command %d", seed, i)
			}
		}
		want := encoded(t, k.m)
		if !bytes.Equal(want, encoded(t, follower)) || !bytes.Equal(want, encoded(t, late)) {
			t.Fatalf("seed %d: equal hashes, other bytes", seed)
		}
	}
}
