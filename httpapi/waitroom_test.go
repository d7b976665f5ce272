package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/actors/waitroom/draw"
	"github.com/parterre/parterre/actors/waitroom/pass"
	"github.com/parterre/parterre/httpapi/client"
)

// withRoom puts an event on sale, and a waiting room in front of it.
func (h *house) withRoom(event string, change ...func(*client.RoomSettings)) {
	h.t.Helper()
	h.opening(event)
	s := client.RoomSettings{Mode: "fifo", MaxInside: 2}
	for _, c := range change {
		c(&s)
	}
	r, err := h.PutRoom(h.ctx(), event, s)
	h.ok(err)
	if r.Event != event {
		h.t.Fatalf("%+v", r)
	}
}

// becomes waits until a visitor is in that state.
func (h *house) becomes(event, token, state string) (v *client.Visitor) {
	h.t.Helper()
	h.cluster.Wait("a visitor to be "+state, func() (bool, string) {
		var err error
		v, err = h.Visitor(h.ctx(), event, token)
		h.ok(err)
		return v.State == state, v.State
	})
	return v
}

// joins has somebody join.
func (h *house) joins(event, buyer string) *client.Visitor {
	h.t.Helper()
	v, err := h.JoinRoom(h.ctx(), event, client.JoinRequest{Buyer: buyer})
	h.ok(err)
	return v
}

// entersWhenCalled waits for the call and goes in.
func (h *house) entersWhenCalled(event, token string) *client.Inside {
	h.t.Helper()
	h.becomes(event, token, client.VisitorReady)
	in, err := h.EnterRoom(h.ctx(), event, token)
	h.ok(err)
	return in
}

func TestAShopperGoesThroughTheRoom(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening", func(s *client.RoomSettings) { s.MaxInside = 1; s.ShopURL = "https://shop.example/opening" })
	first, second := h.joins("opening", "ann"), h.joins("opening", "bob")
	if first.Number != 0 || second.Number != 1 || first.Token == second.Token {
		t.Fatalf("%+v %+v", first, second)
	}
	_, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "ann", Selection: seats("A-1-1")})
	h.refused(err, client.CodePassRequired)

	in := h.entersWhenCalled("opening", first.Token)
	if in.ShopURL != "https://shop.example/opening" || in.Number != 0 || !in.ExpiresAt.After(in.IdleAt.Add(-time.Hour)) {
		t.Fatalf("%+v", in)
	}
	again, err := h.EnterRoom(h.ctx(), "opening", first.Token)
	h.ok(err)
	if again.Session != in.Session {
		t.Fatal("entering twice makes two sessions")
	}
	if v := h.becomes("opening", second.Token, client.VisitorWaiting); *v.Ahead != 0 || *v.Position != 1 || *v.Place != 1 || v.Room.MaxInside != 1 {
		t.Fatalf("%+v", v)
	}
	_, err = h.EnterRoom(h.ctx(), "opening", second.Token)
	h.refused(err, client.CodeNotCalled)

	hold, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "ann", Selection: seats("A-1-1")}, client.WithPass(in.Pass))
	h.ok(err)
	_, err = h.Extend(h.ctx(), "opening", hold.Hold, 60)
	h.refused(err, client.CodePassRequired)
	_, err = h.Extend(h.ctx(), "opening", hold.Hold, 60, client.WithPass(in.Pass))
	h.ok(err)
	_, err = h.Change(h.ctx(), "opening", hold.Hold, client.ChangeRequest{Add: ptr(seats("A-1-2"))}, client.WithPass(in.Pass))
	h.ok(err)
	_, err = h.GetHold(h.ctx(), "opening", hold.Hold) // never needs a pass
	h.ok(err)
	order, err := h.Confirm(h.ctx(), "opening", client.ConfirmRequest{Hold: hold.Hold})
	h.ok(err)
	_, err = h.Order(h.ctx(), "opening", order.Order)
	h.ok(err)

	// The order ends the visit, and the place is the next visitor's. What was shown once is worth nothing now.
	h.becomes("opening", second.Token, client.VisitorReady)
	_, err = h.Sell(h.ctx(), "opening", client.SaleRequest{Buyer: "ann", Selection: seats("A-1-3")}, client.WithPass(in.Pass))
	h.refused(err, client.CodePassExpired)
	_, err = h.EnterRoom(h.ctx(), "opening", first.Token)
	h.refused(err, client.CodeSessionEnded)
	h.ok(h.LeaveRoom(h.ctx(), "opening", second.Token))
	h.ok(h.LeaveRoom(h.ctx(), "opening", second.Token))
	h.becomes("opening", second.Token, client.VisitorLeft)
}

func TestABuyerHasOnePlaceInsideWhateverTheDevice(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening")
	phone, laptop := h.joins("opening", "ann"), h.joins("opening", "ann")
	in := h.entersWhenCalled("opening", phone.Token)
	other := h.entersWhenCalled("opening", laptop.Token)
	if other.Session != in.Session || other.Number != in.Number {
		t.Fatalf("%+v and %+v", in, other)
	}
	if r, err := h.Room(h.ctx(), "opening"); err != nil || r.Inside > 1 {
		t.Fatal(r, err)
	}
	_, err := h.Sell(h.ctx(), "opening", client.SaleRequest{Buyer: "ann", Selection: seats("A-1-3")}, client.WithPass(other.Pass))
	h.ok(err)
}

func TestManyOperationsShowTheirPasses(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening")
	in := h.entersWhenCalled("opening", h.joins("opening", "").Token)
	hold := func(seat, pass string) client.Operation {
		return client.Operation{Op: client.OpHold, Event: "opening", Pass: pass, Body: client.HoldRequest{Selection: seats(seat)}}
	}
	operations := []client.Operation{hold("A-1-1", in.Pass), hold("A-1-2", ""), hold("A-1-3", "nonsense"), hold("A-1-4", in.Pass)}
	want := []int{http.StatusCreated, http.StatusForbidden, http.StatusForbidden, http.StatusCreated}
	outcomes, err := h.Batch(h.ctx(), operations)
	h.ok(err)
	for i := range want {
		if outcomes[i].Status != want[i] {
			t.Errorf("batch %d: %+v", i, outcomes[i])
		}
	}
	unchecked, err := client.New(client.Options{Endpoints: h.urls}) // the contract's check waits for the end
	h.ok(err)
	defer unchecked.Close()
	s := unchecked.Stream(client.StreamOptions{})
	defer func() { _ = s.Close(h.ctx()) }()
	for i, seat := range []string{"A-1-11", "A-1-12", "A-1-13", "A-1-14"} {
		o := operations[i]
		o.Body = client.HoldRequest{Selection: seats(seat)}
		outcome, err := s.Do(h.ctx(), o)
		h.ok(err)
		if outcome.Status != want[i] {
			t.Errorf("stream %d: %+v", i, outcome)
		}
	}
}

func TestARepeatedJoinGetsTheSameNumber(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening")
	first, err := h.JoinRoom(h.ctx(), "opening", client.JoinRequest{Buyer: "ann"}, client.WithKey("k"))
	h.ok(err)
	again, err := h.JoinRoom(h.ctx(), "opening", client.JoinRequest{Buyer: "ann"}, client.WithKey("k"))
	h.ok(err)
	if again.Number != first.Number || again.Token != first.Token {
		t.Fatalf("%d and %d", first.Number, again.Number)
	}
	_, err = h.JoinRoom(h.ctx(), "opening", client.JoinRequest{Buyer: "bob"}, client.WithKey("k"))
	h.refused(err, client.CodeIdempotencyMismatch)
	other, err := h.JoinRoom(h.ctx(), "opening", client.JoinRequest{Buyer: "ann"}, client.WithKey("l"))
	h.ok(err)
	if other.Number == first.Number {
		t.Fatal("another join, the same number")
	}
}

func TestPromiseTheDrawIsTheOneThatWasPromised(t *testing.T) {
	h := newHouse(t, 1)
	opens := time.Now().Add(1500 * time.Millisecond)
	h.withRoom("opening", func(s *client.RoomSettings) { s.Mode, s.OpensAt = "random", &opens })
	before, err := h.Room(h.ctx(), "opening")
	h.ok(err)
	if before.Phase != "pre_queue" || len(before.SeedHash) != 64 || before.Seed != "" {
		t.Fatalf("%+v", before)
	}
	tokens := make([]string, 40)
	for i := range tokens {
		v := h.joins("opening", "")
		if tokens[i] = v.Token; v.Number != uint64(i) {
			t.Fatalf("%+v", v)
		}
	}
	if v, err := h.Visitor(h.ctx(), "opening", tokens[0]); err != nil || (v.State == client.VisitorPreQueue) != (v.Room.Seed == "") || v.Room.Seed == "" && v.Position != nil {
		t.Fatal(v, err)
	}
	var after *client.Room
	h.cluster.Wait("the draw", func() (bool, string) {
		after, err = h.Room(h.ctx(), "opening")
		h.ok(err)
		return after.Seed != "", after.Phase
	})
	raw, err := hex.DecodeString(after.Seed)
	h.ok(err)
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != before.SeedHash || after.SeedHash != before.SeedHash {
		t.Fatal("another seed was drawn with")
	}
	d := draw.New((*[draw.SeedBytes]byte)(raw), waitroom.PublicLane, after.Lanes[0].Drawn)
	for i, token := range tokens {
		v, err := h.Visitor(h.ctx(), "opening", token)
		h.ok(err)
		if v.Place != nil && *v.Place != d.Place(uint64(i)) {
			t.Fatalf("number %d has place %d, drawn was %d", i, *v.Place, d.Place(uint64(i)))
		}
		if called := d.Place(uint64(i)) < after.Lanes[0].CalledUpTo; called != (v.Place == nil) {
			t.Fatalf("number %d with place %d is %s", i, d.Place(uint64(i)), v.State)
		}
	}
}

func TestOperatorsSteerTheRoom(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening", func(s *client.RoomSettings) { s.MaxInside = 20; s.AdmitPerMinute = 1 })
	h.joins("opening", "")
	r, err := h.PauseRoom(h.ctx(), "opening")
	h.ok(err)
	if r.Phase != "paused" {
		t.Fatalf("%+v", r)
	}
	r, err = h.ResumeRoom(h.ctx(), "opening")
	h.ok(err)
	if r.Phase != "selling" {
		t.Fatalf("%+v", r)
	}
	admitted := h.joins("opening", "")
	_, err = h.AdmitToRoom(h.ctx(), "opening", 2)
	h.ok(err)
	h.becomes("opening", admitted.Token, client.VisitorReady)
	late := h.joins("opening", "")
	_, err = h.SetRoomRate(h.ctx(), "opening", 60_000)
	h.ok(err)
	h.becomes("opening", late.Token, client.VisitorReady)
	_, err = h.CloseRoom(h.ctx(), "opening")
	h.ok(err)
	_, err = h.EnterRoom(h.ctx(), "opening", late.Token)
	h.refused(err, client.CodeRoomClosed)
	_, err = h.JoinRoom(h.ctx(), "opening", client.JoinRequest{})
	h.refused(err, client.CodeRoomClosed)
	_, err = h.PutRoom(h.ctx(), "opening", client.RoomSettings{Mode: "open"})
	h.ok(err)
	_, err = h.Sell(h.ctx(), "opening", client.SaleRequest{Selection: seats("A-1-3")}) // nobody needs a pass now
	h.ok(err)
}

func TestWhatIsSettledStays(t *testing.T) {
	h := newHouse(t, 1)
	soon, later := time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
	h.withRoom("opening", func(s *client.RoomSettings) { s.Mode, s.OpensAt = "random", &soon })
	h.joins("opening", "") // until then an operator may think again
	p := h.refused(second(h.PutRoom(h.ctx(), "opening", client.RoomSettings{Mode: "fifo", OpensAt: &soon})), client.CodeRoomFixed)
	if len(p.Errors) != 1 || p.Errors[0].Field != "mode" {
		t.Fatalf("%+v", p)
	}
	h.opening("evening")
	_, err := h.PutRoom(h.ctx(), "evening", client.RoomSettings{Mode: "random", PreQueueOpensAt: &soon, OpensAt: &later})
	h.ok(err)
	_, err = h.JoinRoom(h.ctx(), "evening", client.JoinRequest{})
	h.refused(err, client.CodeRoomNotOpen)
	h.refusedField(second(h.PutRoom(h.ctx(), "evening", client.RoomSettings{Mode: "random", PreQueueOpensAt: &later, OpensAt: &soon})), "opens_at")
	h.refusedField(second(h.PutRoom(h.ctx(), "evening", client.RoomSettings{Mode: "lottery"})), "mode")
	h.refusedField(second(h.PutRoom(h.ctx(), "evening", client.RoomSettings{Mode: "fifo", ShopURL: "javascript:alert(1)"})), "shop_url")
	h.refusedField(second(h.PutRoom(h.ctx(), "evening", client.RoomSettings{Mode: "fifo", Lanes: []client.RoomLane{{Lane: "public"}}})), "lanes[0].lane")

	h.opening("matinee")
	_, err = h.Room(h.ctx(), "matinee")
	h.refused(err, client.CodeUnknownRoom)
	_, err = h.PauseRoom(h.ctx(), "matinee")
	h.refused(err, client.CodeUnknownRoom)
	_, err = h.Room(h.ctx(), "nowhere")
	h.refused(err, client.CodeUnknownEvent)
}

func second[T any](_ T, err error) error { return err }

func TestALaneTakesAnInvitation(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening", func(s *client.RoomSettings) { s.Lanes = []client.RoomLane{{Lane: "members", Share: 3}} })
	_, err := h.JoinRoom(h.ctx(), "opening", client.JoinRequest{Lane: "members"})
	h.refused(err, client.CodeInvitationRequired)
	_, err = h.JoinRoom(h.ctx(), "opening", client.JoinRequest{Lane: "press"})
	h.refusedField(err, "lane")
	i, err := h.Invite(h.ctx(), "opening", client.InviteRequest{Lane: "members", Buyer: "ann"})
	h.ok(err)
	v, err := h.JoinRoom(h.ctx(), "opening", client.JoinRequest{Buyer: "ann", Lane: "members", Invitation: i.Invitation})
	h.ok(err)
	if v.Lane != "members" || v.LaneIndex != 1 || v.Number != 0 {
		t.Fatalf("%+v", v)
	}
	h.entersWhenCalled("opening", v.Token)
	h.refusedField(second(h.Invite(h.ctx(), "opening", client.InviteRequest{Lane: "public"})), "lane")
}

// ring is the room's keys, as only a node has them.
func (h *house) ring(event string) pass.Ring {
	h.t.Helper()
	e, found := h.cluster.Node(0).Event(event)
	if !found || e.Room() == nil {
		h.t.Fatal("no room")
	}
	return appendRing(nil, e.Room().Figures().Ring)
}

// forged is a paper with another letter in its signature, one that any paper may have there.
func forged(paper string) string {
	at, letter := pass.TextBytes-2, "A"
	if paper[at] == 'A' {
		letter = "B"
	}
	return paper[:at] + letter + paper[at+1:]
}

func TestPromiseEachFaultOfAPaperHasItsOwnCode(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening", func(s *client.RoomSettings) { s.Lanes = []client.RoomLane{{Lane: "members"}} })
	ring, now := h.ring("opening"), time.Now().UnixMilli()
	show := map[pass.Kind]func(paper string) error{
		pass.KindToken: func(paper string) error {
			_, err := h.Visitor(h.ctx(), "opening", paper)
			return err
		},
		pass.KindPass: func(paper string) error {
			_, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "bob", Selection: seats("A-1-1")}, client.WithPass(paper))
			return err
		},
		pass.KindInvitation: func(paper string) error {
			_, err := h.JoinRoom(h.ctx(), "opening", client.JoinRequest{Buyer: "bob", Lane: "members", Invitation: paper})
			return err
		},
	}
	for kind, show := range show {
		sign := func(change func(*pass.Paper)) string {
			p := pass.Paper{Kind: kind, Lane: 1, Event: pass.EventHash("opening"), IssuedMillis: now, LifeSeconds: 600}
			change(&p)
			text, err := ring.Sign(nil, &p)
			h.ok(err)
			return string(text)
		}
		good := sign(func(*pass.Paper) {})
		for fault, paper := range map[string]string{
			"malformed":  "x" + good[1:],
			"forged":     forged(good),
			"foreign":    sign(func(p *pass.Paper) { p.Event = pass.EventHash("closing") }),
			"wrong_kind": sign(func(p *pass.Paper) { p.Kind = kind%3 + 1 }),
			"expired":    sign(func(p *pass.Paper) { p.IssuedMillis -= 600_000 }),
			"borrowed":   sign(func(p *pass.Paper) { p.Buyer = pass.BuyerHash("opening", "ann") }),
		} {
			if fault == "borrowed" && kind == pass.KindToken {
				continue // a token is shown without a buyer; see below
			}
			h.refused(show(paper), paperWords[kind]+"_"+fault)
		}
	}
	r := h.raw("GET", "/v1/events/opening/room/visitors/me", "")
	if p := r.problem(t); p.Code != codeTokenRequired {
		t.Fatalf("%+v", p)
	}
	token := h.joins("opening", "ann").Token
	r = h.raw("POST", "/v1/events/opening/room/visitors/me/enter", `{"buyer":"bob"}`, asJSON, headerVisitor+": "+token)
	if p := r.problem(t); p.Code != "token_borrowed" {
		t.Fatalf("%+v", p)
	}
	if r := h.raw("GET", "/v1/events/opening/room/visitors/me", "", "Authorization: Bearer "+token); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	// A number that was never given, under a signature that is good: only a log that was lost can make one.
	lost, err := ring.Sign(nil, &pass.Paper{Kind: pass.KindToken, Event: pass.EventHash("opening"), Number: 1 << 30, IssuedMillis: now, LifeSeconds: 600})
	h.ok(err)
	_, err = h.EnterRoom(h.ctx(), "opening", string(lost))
	h.refused(err, codeUnknownNumber)
}

func TestACallThatNobodyFollowsLapses(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening", func(s *client.RoomSettings) { s.MaxInside, s.EnterWithinSeconds = 1, 1 })
	absent, next := h.joins("opening", ""), h.joins("opening", "")
	h.becomes("opening", next.Token, client.VisitorReady)
	_, err := h.EnterRoom(h.ctx(), "opening", absent.Token)
	h.refused(err, client.CodeCallLapsed)
}

func TestKeysRotateWithoutThrowingAnybodyOut(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening")
	outside, in := h.joins("opening", "ann"), h.entersWhenCalled("opening", h.joins("opening", "bob").Token)
	for range 3 {
		_, err := h.RotateRoomKeys(h.ctx(), "opening")
		h.ok(err)
	}
	h.cluster.Wait("the new keys to be known", func() (bool, string) { return len(h.ring("opening")) == 4, "" })
	h.entersWhenCalled("opening", outside.Token)
	_, err := h.Hold(h.ctx(), "opening", client.HoldRequest{Buyer: "bob", Selection: seats("A-1-1")}, client.WithPass(in.Pass))
	h.ok(err)
	h.joins("opening", "carl")
	text := h.raw("GET", "/v1/events/opening/room", "").body
	for _, key := range h.ring("opening") {
		if bytes.Contains(text, []byte(hex.EncodeToString(key.Secret[:8]))) {
			t.Fatal("a key is public")
		}
	}
}

func TestRoomsAreTheSameInBothFormats(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening")
	token := h.joins("opening", "").Token
	h.becomes("opening", token, client.VisitorReady)
	for path, header := range map[string]string{"/v1/events/opening/room": "X-None: 1", "/v1/events/opening/room/visitors/me": headerVisitor + ": " + token} {
		h.cluster.Wait(path+" to be the same in both formats", func() (bool, string) {
			j, m := h.raw("GET", path, "", header), h.raw("GET", path, "", header, inMsgpack)
			a, b := fmt.Sprint(valueOfJSON(t, j.body)), fmt.Sprint(valueOfMsgpack(t, m.body))
			return a == b, a + " and " + b
		})
	}
	r := h.raw("GET", "/v1/events/opening/room", "")
	if r := h.raw("GET", "/v1/events/opening/room", "", "If-None-Match: "+r.header.Get("ETag")); r.status != http.StatusNotModified || r.header.Get("Cache-Control") != roomFigures[0] {
		t.Fatalf("%d %v", r.status, r.header)
	}
}

func TestThePageIsServedInTheShoppersLanguage(t *testing.T) {
	h := newHouse(t, 1, func(o *Options) { o.PublicURLs = []string{"https://a.example", "https://b.example"} })
	h.withRoom("opening", func(s *client.RoomSettings) { s.ShopURL = "https://shop.example/x" })
	for accept, lang := range map[string]string{"": "en", "de-CH,de;q=0.9,en;q=0.8": "de", "it,fr;q=0.5": "fr", "*": "en", "fr;q=0.1, en;q=0.2": "en"} {
		r := h.raw("GET", "/room/opening", "", "Accept-Language: "+accept, "Accept: text/html,*/*;q=0.8")
		if r.status != http.StatusOK || !bytes.Contains(r.body, []byte(`<html lang="`+lang+`">`)) || len(r.body) > 30<<10 {
			t.Errorf("%q: %d, %d bytes, %.60s", accept, r.status, len(r.body), r.body)
		}
		if policy := r.header.Get("Content-Security-Policy"); !strings.Contains(policy, "connect-src 'self' https://a.example https://b.example; frame-ancestors 'self' https://shop.example") {
			t.Error(policy)
		}
	}
	if r := h.raw("GET", "/room/nowhere", ""); r.problem(t).Code != codeUnknownEvent {
		t.Fatalf("%s", r.body)
	}
}

func TestPagesOfOtherNodesMayUseTheRoom(t *testing.T) {
	h := newHouse(t, 1)
	h.withRoom("opening")
	h.http = http.DefaultClient // the contract has no OPTIONS
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	for path, allowed := range map[string]bool{
		"/v1/events/opening/room": true, "/v1/events/opening/room/visitors": true, "/v1/events/opening/room/visitors/me/enter": true,
		"/v1/events/opening/room/pause": false, "/v1/events/opening/holds": false, "/v1/cluster": false,
	} {
		r := h.raw("OPTIONS", path, "", "Origin: https://other.example", "Access-Control-Request-Method: POST")
		if got := r.header.Get("Access-Control-Allow-Origin") == "*"; got != allowed || allowed != (r.status == http.StatusNoContent) {
			t.Errorf("%s: %d %v", path, r.status, r.header)
		}
	}
	if r := h.raw("POST", "/v1/events/opening/room/visitors", "{}", asJSON); r.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v", r.header)
	}
}

func TestARoomIsTheSameAtEveryNode(t *testing.T) {
	h := newHouse(t, 3)
	h.withRoom("opening", func(s *client.RoomSettings) { s.MaxInside = 1 })
	var tokens []string
	for i := range 6 {
		v, err := h.At(i%3).JoinRoom(h.ctx(), "opening", client.JoinRequest{})
		h.ok(err)
		if v.Number != uint64(i) {
			t.Fatalf("joined as number %d, got %d", i, v.Number)
		}
		tokens = append(tokens, v.Token)
	}
	for i, token := range tokens {
		for node := range 3 {
			h.cluster.Wait("every node to tell the place", func() (bool, string) {
				v, err := h.At(node).Visitor(h.ctx(), "opening", token)
				h.ok(err)
				return i == 0 && v.State == client.VisitorReady || i > 0 && v.Position != nil && *v.Position == uint64(i) && *v.Place == uint64(i), v.State
			})
		}
	}
	in, err := h.At(1).EnterRoom(context.Background(), "opening", tokens[0])
	h.ok(err)
	_, err = h.At(2).Hold(h.ctx(), "opening", client.HoldRequest{Selection: seats("A-1-1")}, client.WithPass(in.Pass))
	h.ok(err)
}
