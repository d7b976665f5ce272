package waitroom

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// The scenarios in testdata/scenarios are told in a doorkeeper's words; testdata/README.md explains them.
// `go test -run TestScenarios -rewrite` writes down what the room does now.
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &scenario{t: t, room: New(), passes: map[string]Pass{}, stock: Stock{Free: 1000}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			s.t = t
			if d.Cmd != "at" {
				d.Fatalf(t, "unknown command %q", d.Cmd)
			}
			s.clock(d.CmdArgs[0].Key)
			var out strings.Builder
			for line := range strings.Lines(d.Input) {
				fmt.Fprintln(&out, s.run(strings.Fields(line)))
			}
			if err := s.room.Verify(); err != nil {
				d.Fatalf(t, "%v", err)
			}
			return out.String()
		})
	})
}

type scenario struct {
	t      *testing.T
	room   *Room
	now    int64
	stock  Stock
	passes map[string]Pass
}

var scenarioDay = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)

func (s *scenario) moment(clock string) int64 {
	at, err := time.Parse("15:04:05", clock)
	if err != nil {
		s.t.Fatal(err)
	}
	return scenarioDay.Add(at.Sub(at.Truncate(24 * time.Hour))).UnixMilli()
}

func (s *scenario) clock(clock string) {
	s.now = s.moment(clock)
	s.room.Advance(s.now, s.stock)
}

func clockOf(millis int64) string { return time.UnixMilli(millis).UTC().Format("15:04:05.9") }

func (s *scenario) number(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

var codeWords = [Codes]string{
	"ok", "no room", "invalid", "not open", "closed", "unknown lane", "full", "not called", "call lapsed", "session ended",
	"unknown number", "pass required", "pass ended", "pass foreign", "fixed",
}

var phaseWords = [Phases]string{"", "before", "pre-queue", "selling", "paused", "sold out", "closed", "open"}

var stateWords = [...]string{"unknown", "pre-queue", "waiting", "ready", "inside", "left", "lapsed", "sold out", "closed", "open"}

// visitor reads "7" or "members:7", with "buyer=b" anywhere behind.
func (s *scenario) visitor(words []string) (lane uint8, number uint64, buyer uint64) {
	name, digits, found := strings.Cut(words[0], ":")
	if !found {
		name, digits = "", name
	}
	for i, l := range s.room.config.Lanes {
		if l.Key == name {
			lane = uint8(i + 1)
		}
	}
	for _, word := range words[1:] {
		if id, ok := strings.CutPrefix(word, "buyer="); ok {
			buyer = foldText(1, id)
		}
	}
	return lane, s.number(digits), buyer
}

func (s *scenario) do(q Request) (Answer, string) {
	var a Answer
	s.room.Do(s.now, &q, s.stock, &a)
	word := codeWords[a.Code]
	if a.Field != "" {
		word += ": " + a.Field + " " + a.Reason
	}
	return a, word
}

func (s *scenario) run(words []string) string {
	switch words[0] {
	case "room":
		return s.put(words[1:])
	case "stock":
		s.stock = Stock{Free: uint32(s.number(words[1])), Held: uint32(s.number(words[2])), Sold: uint32(s.number(words[3]))}
		s.room.Advance(s.now, s.stock)
		return s.figures()
	case "figures":
		return s.figures()
	case "due":
		at, ok := s.room.NextDueMillis()
		if !ok {
			return "nothing"
		}
		return clockOf(at)
	case "status":
		lane, number, _ := s.visitor(words[1:])
		return s.status(lane, number)
	case "hold", "buy", "sell", "look":
		return s.command(words)
	}
	return s.operate(words)
}

func (s *scenario) operate(words []string) string {
	q := Request{}
	switch words[0] {
	case "join":
		var lane uint64
		q.Op = OpJoin
		if len(words) > 2 {
			lane = s.number(words[2])
		}
		q.Lane, q.Count = uint8(lane), uint32(s.number(words[1]))
		a, word := s.do(q)
		if a.Code == CodeOK {
			return fmt.Sprintf("from %d", a.First)
		}
		return word
	case "enter":
		return s.enter(words[1:])
	case "leave":
		q.Op = OpLeave
		q.Lane, q.Number, _ = s.visitor(words[1:])
		q.Session = s.passes[words[1]].Session
	case "pause", "resume", "close":
		q.Op = map[string]Op{"pause": OpPause, "resume": OpResume, "close": OpClose}[words[0]]
	case "rate":
		q.Op, q.PerMinute = OpRate, uint32(s.number(words[1]))
	case "admit":
		q.Op, q.Count = OpAdmit, uint32(s.number(words[1]))
		if len(words) > 2 {
			q.Key[0] = byte(s.number(words[2]))
		}
	case "pressure":
		q.Op, q.Pressure = OpTick, uint32(s.number(words[1]))
	case "rotate":
		q.Op, q.Secret[0] = OpRotate, byte(s.number(words[1]))
	default:
		s.t.Fatalf("unknown words %q", words)
	}
	_, word := s.do(q)
	if q.Op == OpRotate {
		word += s.ring()
	}
	return word
}

func (s *scenario) ring() string {
	var b strings.Builder
	for _, k := range s.room.ring {
		fmt.Fprintf(&b, " %d", k.Number)
		if k.RetiredMillis > 0 {
			b.WriteString("r")
		}
	}
	return ", keys" + b.String()
}

func (s *scenario) enter(words []string) string {
	lane, number, buyer := s.visitor(words)
	a, word := s.do(Request{Op: OpEnter, Lane: lane, Number: number, Buyer: buyer})
	if a.Code != CodeOK || a.Session == 0 {
		return word
	}
	s.passes[words[0]] = Pass{Lane: a.Lane, Number: a.Number, Session: a.Session, Buyer: buyer}
	return fmt.Sprintf("session %d of %d:%d, idle at %s, ends at %s", a.Session, a.Lane, a.Number, clockOf(a.IdleAtMillis), clockOf(a.EndsAtMillis))
}

// command is what a visitor does in the shop: looks around, holds, buys what is held, buys at once.
func (s *scenario) command(words []string) string {
	s.room.Advance(s.now, s.stock)
	var p Pass
	if len(words) > 1 {
		p = s.passes[words[1]]
	}
	for _, word := range words {
		if word == "forged" {
			p.Session++
		}
	}
	if words[0] == "buy" {
		s.room.Ordered(s.now, p.Number+1_000_000*uint64(p.Lane+1), 0)
		s.room.Advance(s.now, s.stock)
		return s.figures()
	}
	code := s.room.Check(s.now, p)
	if code == CodeOK && words[0] == "hold" {
		s.room.Held(p, p.Number+1_000_000*uint64(p.Lane+1))
	}
	if code == CodeOK && words[0] == "sell" {
		s.room.Sold(s.now, p)
	}
	s.room.Advance(s.now, s.stock)
	return codeWords[code]
}

func (s *scenario) status(lane uint8, number uint64) string {
	st := s.room.Picture().Status(lane, number, s.now)
	word := stateWords[st.State]
	switch st.State {
	case StateWaiting, StateSoldOut, StatePreQueue:
		word += fmt.Sprintf(", place %d, %d ahead", st.Place, st.Ahead)
	case StateReady:
		word += ", until " + clockOf(st.EnterByMillis)
	}
	if st.WaitHighSeconds > 0 {
		word += fmt.Sprintf(", %d s (%d to %d)", st.WaitSeconds, st.WaitLowSeconds, st.WaitHighSeconds)
	}
	return word + fmt.Sprintf(", ask in %d s", st.PollAfterSeconds)
}

func (s *scenario) figures() string {
	f := s.room.Picture().Figures()
	var lanes []string
	for i := range f.Lanes {
		lanes = append(lanes, fmt.Sprintf("%d/%d", f.Frontier[i], f.Given[i]))
	}
	return fmt.Sprintf("%s: called %s, %d inside, %d to come, %d a minute", phaseWords[f.Phase], strings.Join(lanes, " "), f.Inside, f.Called, f.RatePerMinute)
}

// put reads "mode=fifo inside=3 rate=60 opens=10:00:00 prequeue=09:00:00 enter=60 idle=120 stay=600 target=50 party=1000
// lane=members:3 share=2".
func (s *scenario) put(words []string) string {
	c := Config{
		Mode: ModeFIFO, MaxInside: 10, EnterWithinSeconds: 60, IdleSeconds: 300, StaySeconds: 900, TokenLifeSeconds: 3600,
		PlacesPerVisitor: 1000,
	}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "mode":
			c.Mode = map[string]Mode{"random": ModeRandom, "fifo": ModeFIFO, "open": ModeOpen, "closed": ModeClosed}[value]
		case "opens":
			c.OpensMillis = s.moment(value)
		case "prequeue":
			c.PreQueueOpensMillis = s.moment(value)
		case "lane":
			key, share, _ := strings.Cut(value, ":")
			c.Lanes = append(c.Lanes, LaneConfig{Key: key, Share: uint32(s.number(share))})
		default:
			field := map[string]*uint32{
				"inside": &c.MaxInside, "rate": &c.AdmitPerMinute, "enter": &c.EnterWithinSeconds, "idle": &c.IdleSeconds,
				"stay": &c.StaySeconds, "life": &c.TokenLifeSeconds, "target": &c.TargetCommitMillis, "party": &c.PlacesPerVisitor, "share": &c.PublicShare,
			}[name]
			*field = uint32(s.number(value))
		}
	}
	a, word := s.do(Request{Op: OpPut, Config: &c, Seed: [32]byte{7}, Secret: [32]byte{1}})
	if a.Created {
		word += ", new"
	}
	return word + ", " + phaseWords[a.Phase]
}
