package trace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/parterre/parterre/bench/venue"
)

// hall is a small house: 40 rows of 50 seats, 200 standing places, two tables.
func hall(t testing.TB) *venue.Venue {
	t.Helper()
	var rows []string
	for row := range 40 {
		rows = append(rows, fmt.Sprintf(`{"key":"%d","seats":{"count":50,"y":%d,"dx":50}}`, row+1, 500+90*row))
	}
	v, err := venue.Read([]byte(`{"name":"Hall","categories":[{"key":"1"},{"key":"2"}],
		"sections":[{"key":"A","rows":[` + strings.Join(rows, ",") + `]}],
		"areas":[{"key":"Pit","category":"1","capacity":50},{"key":"Floor","category":"2","capacity":150}],
		"tables":[{"key":"T1","category":"1","seats":8,"book":"whole"},{"key":"T2","category":"1","seats":8,"book":"whole"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func generate(t testing.TB, p Parameters) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Generate(t.Context(), &b, p, "hall", hall(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// usual is made once: most tests look at it.
var usual struct {
	once sync.Once
	all  []Record
}

func generated(t testing.TB, change func(*Parameters)) []Record {
	t.Helper()
	p := DefaultParameters()
	p.Seed, p.UsersPerTicket = 7, 8
	if change != nil {
		change(&p)
		return records(t, generate(t, p))
	}
	usual.once.Do(func() {
		usual.all = records(t, generate(t, p))
	})
	return usual.all
}

func records(t testing.TB, file []byte) []Record {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var all []Record
	for {
		var rec Record // a fresh one, whose slices stay
		if err := r.Next(&rec); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %.4f, want %.4f ± %.4f", what, got, want, tolerance)
	}
}

// golden changes only when what is generated changes on purpose.
const golden = "97ac9f08cd35e0d973829f43209c4cd77f4e194e4e6e92706ebcce2dcbfca770"

func TestTheSameSeedMakesTheSameBytes(t *testing.T) {
	p := DefaultParameters()
	p.Seed, p.UsersPerTicket = 7, 5
	first := generate(t, p)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if !bytes.Equal(first, generate(t, p)) {
		t.Error("two runs differ")
	}
	sum := sha256.Sum256(first)
	if got := hex.EncodeToString(sum[:]); got != golden {
		t.Errorf("%d bytes of hash %s, want %s", len(first), got, golden)
	}
	p.Seed = 8
	if bytes.Equal(first, generate(t, p)) {
		t.Error("another seed makes the same bytes")
	}
}

func TestATraceThatIsCutIsTheFrontOfTheWholeOne(t *testing.T) {
	whole := generated(t, nil)
	front := generated(t, func(p *Parameters) { p.WriteSeconds = 60 })
	if len(front) == 0 || len(front) >= len(whole) || front[len(front)-1].AtMicros >= 60e6 || whole[len(front)].AtMicros < 60e6 {
		t.Fatalf("%d records, %d in the whole trace", len(front), len(whole))
	}
	for i := range front {
		if !reflect.DeepEqual(front[i], whole[i]) {
			t.Fatalf("record %d: %+v, want %+v", i, front[i], whole[i])
		}
	}
}

func TestArrivalsPeakAtTheOpening(t *testing.T) {
	arrivals, atOpen, early, tail := 0.0, 0.0, 0.0, 0.0
	for _, r := range generated(t, nil) {
		if r.Action != Look || r.If != Always || r.Slot >= roundSlot || r.AtMicros > 0 && r.Shopper > 1e9 {
			continue
		}
		arrivals++
		if r.AtMicros < 30e6 {
			atOpen++
		}
		if r.AtMicros < 180e6 {
			early++
		}
		if r.AtMicros > 20*60e6 {
			tail++
		}
	}
	// 60 % at the opening; of 35 % the half in each half-life (2^(-1/6) after 30 s); 5 % evenly over 40 minutes.
	near(t, "arrivals in the first 30 s", atOpen/arrivals, 0.60+0.35*0.1091+0.05*30/2400, 0.02)
	near(t, "arrivals in the first half-life", early/arrivals, 0.60+0.35*0.5+0.05*180/2400, 0.02)
	near(t, "arrivals in the second half", tail/arrivals, 0.35*math.Pow(2, -20.0/3)+0.05/2, 0.008)
}

func TestThereAreTwentySessionsForEveryTicket(t *testing.T) {
	var b bytes.Buffer
	s, err := Generate(t.Context(), &b, DefaultParameters(), "hall", hall(t))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "sessions for each place", float64(s.Sessions)/2202, 20, 0.2)
}

// parties are the holds of shoppers' first clicks, one for each shopper, bots apart.
func parties(all []Record) (humans, bots map[uint64]Record) {
	humans, bots = map[uint64]Record{}, map[uint64]Record{}
	for _, r := range all {
		if r.Action != Hold {
			continue
		}
		of := humans
		if r.Bot {
			of = bots
		}
		if _, seen := of[r.Shopper]; !seen {
			of[r.Shopper] = r
		}
	}
	return humans, bots
}

func size(r Record) int {
	n := int(r.Quantity)
	for _, p := range r.Places {
		n += int(p.Quantity)
	}
	return n
}

func TestPartiesAreAsLargeAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Parameters)
		mean   float64
		most   int
	}{
		{"usual", nil, 3.04, 6},
		{"cap of four", (*Parameters).CapFour, 259.0 / 92, 4},
	} {
		humans, _ := parties(generated(t, c.change))
		sum, n, most := 0, 0, 0
		for _, r := range humans {
			if places := size(r); places > 0 { // a table has no quantity
				sum, n, most = sum+places, n+1, max(most, places)
			}
		}
		near(t, c.name, float64(sum)/float64(n), c.mean, 0.03)
		if most != c.most {
			t.Errorf("%s: a party of %d, want %d at most", c.name, most, c.most)
		}
	}
}

func TestHalfAskForTheBestAndHalfPickFrontRowsFirst(t *testing.T) {
	humans, _ := parties(generated(t, nil))
	best, wanted, one, front, categories := 0.0, 0.0, 0.0, 0.0, 0.0
	for _, r := range humans {
		switch r.Way {
		case WayBest:
			best++
			if len(r.Categories) > 0 {
				categories++
			}
		case WayWanted:
			wanted++
			if r.Row == 0 {
				one++
			}
			if r.Row < 10 {
				front++
			}
			if r.Row >= 40 || r.Seat >= 50 {
				t.Fatalf("there is no row %d with seat %d", r.Row, r.Seat)
			}
		}
	}
	near(t, "best available", best/(best+wanted), 0.5, 0.01)
	near(t, "of these in one category", categories/best, 0.3, 0.01)
	near(t, "first row", one/wanted, 1/4.2785, 0.02)            // 1 / H(40)
	near(t, "first ten rows", front/wanted, 2.929/4.2785, 0.02) // H(10) / H(40)
}

func TestStandingPlacesAndTablesAreWantedAsSeatsAre(t *testing.T) {
	humans, _ := parties(generated(t, nil))
	standing, floor, tables := 0.0, 0.0, 0.0
	for _, r := range humans {
		if len(r.Places) == 1 && r.Places[0].Kind == Area {
			standing++
			floor += float64(r.Places[0].Index)
		}
		if len(r.Places) == 1 && r.Places[0].Kind == Table {
			tables++
		}
	}
	near(t, "standing", standing/float64(len(humans)), 200.0/2202, 0.01)
	near(t, "of these on the floor", floor/standing, 0.75, 0.03)
	if tables == 0 {
		t.Error("nobody wants a table")
	}
}

func TestMapPickersClickTwoToFiveTimesIfRefused(t *testing.T) {
	clicks := map[uint64]int{}
	for _, r := range generated(t, nil) {
		if r.Action != Hold || r.Way != WayWanted || r.Slot != 0 {
			continue
		}
		if clicks[r.Shopper]++; (clicks[r.Shopper] == 1) != (r.If == Always) || clicks[r.Shopper] > 1 && r.If != IfRefused {
			t.Fatalf("click %d of shopper %d is made %s", clicks[r.Shopper], r.Shopper, r.If)
		}
	}
	counts := map[int]float64{}
	for _, n := range clicks {
		counts[n]++
	}
	for n := 2; n <= 5; n++ {
		near(t, fmt.Sprintf("%d clicks", n), counts[n]/float64(len(clicks)), 0.25, 0.02)
	}
}

func TestOutcomesAreThoseOfTheWave(t *testing.T) {
	humans, _ := parties(generated(t, func(p *Parameters) { p.Devices = 0 }))
	first, later := map[Fate]float64{}, map[Fate]float64{}
	firsts, laters := 0.0, 0.0
	for _, r := range humans {
		if r.AtMicros < 480e6 {
			first[r.Fate]++
			firsts++
		} else {
			later[r.Fate]++
			laters++
		}
	}
	near(t, "bought at first", (first[FateBought]+first[FateDeclined]+first[FateLate])/firsts, 0.40, 0.01)
	near(t, "released at first", first[FateReleased]/firsts, 0.25, 0.01)
	near(t, "lapsed at first", first[FateLapsed]/firsts, 0.35, 0.01)
	near(t, "bought later", (later[FateBought]+later[FateDeclined]+later[FateLate])/laters, 0.60, 0.05)
	near(t, "declined", first[FateDeclined]/(first[FateBought]+first[FateDeclined]+first[FateLate]), 0.03, 0.01)
	if first[FateLate] == 0 {
		t.Error("no payment is late")
	}
}

func TestPaymentsComeWithinTheHoldUnlessTheyAreLate(t *testing.T) {
	held := map[uint64]int64{}
	var waits []float64
	for _, r := range generated(t, func(p *Parameters) { p.Devices, p.Waves = 0, 0 }) {
		switch {
		case r.Action == Hold && held[r.Shopper] == 0:
			held[r.Shopper] = r.AtMicros
		case r.Action == Confirm || r.Action == Decline:
			wait := r.AtMicros - held[r.Shopper]
			if late := wait > 480e6; late != r.Retake {
				t.Errorf("a payment %d µs after the hold, taking places again: %v", wait, r.Retake)
			}
			waits = append(waits, float64(wait)/1e6)
		}
	}
	below := 0.0
	for _, w := range waits {
		if w < 95 { // the checkout's median and the payment's
			below++
		}
	}
	near(t, "half of the payments are done after 95 s", below/float64(len(waits)), 0.5, 0.05)
}

func TestAQuarterOfThePartiesRunSeveralDevicesAndKeepOne(t *testing.T) {
	devices, spare := map[uint64]uint8{}, map[uint64]bool{}
	for _, r := range generated(t, nil) {
		if r.Bot || r.Slot >= roundSlot {
			continue
		}
		if r.Action == Look {
			devices[r.Shopper]++
		}
		if r.If == IfSpare {
			spare[r.Shopper] = true
		}
		if r.Device != r.Slot {
			t.Fatalf("device %d holds in slot %d", r.Device, r.Slot)
		}
	}
	several := 0.0
	for s, n := range devices {
		if n > 1 {
			several++
		}
		if n > 4 || (n > 1) != spare[s] {
			t.Fatalf("%d devices, gives spare holds back: %v", n, spare[s])
		}
	}
	near(t, "parties with several devices", several/float64(len(devices)), 0.25, 0.01)
}

func TestBotsMakeTheirShareOfRequestsAndHoldToTheLimit(t *testing.T) {
	requests, bots, botSessions, sessions := 0.0, 0.0, 0.0, 0.0
	hoards := map[uint64]bool{}
	all := generated(t, nil)
	for _, r := range all {
		asks := r.Action == Look || r.Action == LookAgain || r.Action == Hold
		if asks {
			requests++
		}
		if asks && r.Bot {
			bots++
		}
		if r.Bot && r.Action == Hold {
			hoards[r.Shopper] = true
			if r.Quantity != 8 || r.Fate != FateHoarded || r.If != Always {
				t.Fatalf("a bot: %+v", r)
			}
		}
		if r.Bot && r.Action != Look && r.Action != LookAgain && r.Action != Hold {
			t.Fatalf("a bot does %s", r.Action)
		}
	}
	for _, r := range all {
		if r.Action == Look && r.Slot < roundSlot && (!r.Bot || hoards[r.Shopper]) {
			sessions++
			if r.Bot {
				botSessions++
			}
		}
	}
	near(t, "requests of bots", bots/requests, 0.40, 0.001)
	near(t, "sessions that hoard", botSessions/sessions, 0.05, 0.005)
}

func TestThoseWhoWereRefusedComeBackWhenHoldsLapse(t *testing.T) {
	back := map[uint8]float64{}
	shoppers := map[uint64]bool{}
	for _, r := range generated(t, nil) {
		if !r.Bot {
			shoppers[r.Shopper] = true
		}
		if r.Bot || r.Slot < roundSlot {
			continue
		}
		if r.Action == Look {
			wave := int64(r.Slot-roundSlot) + 1
			if lapse := wave * 480e6; r.If != IfEmptyHanded || r.AtMicros < lapse || r.AtMicros > lapse+120e6 || r.Device != 0 {
				t.Fatalf("comes back in wave %d: %+v", wave, r)
			}
			back[r.Slot]++
		}
	}
	for wave := range uint8(4) {
		near(t, fmt.Sprintf("come back in wave %d", wave+1), back[roundSlot+wave]/float64(len(shoppers)), 0.25, 0.03)
	}
}

func TestBuyersReadTheirOrderTwice(t *testing.T) {
	confirms, reads, paid := 0.0, 0.0, map[string]int64{}
	for _, r := range generated(t, nil) {
		key := fmt.Sprint(r.Shopper, r.Slot)
		switch r.Action {
		case Confirm:
			confirms++
			paid[key] = r.AtMicros
		case ReadOrder:
			reads++
			if r.If != IfOrdered || paid[key] == 0 || r.AtMicros > paid[key]+600e6 {
				t.Fatalf("an order paid at %d is read: %+v", paid[key], r)
			}
		}
	}
	if confirms == 0 || reads != 2*confirms {
		t.Errorf("%v confirmations, %v reads", confirms, reads)
	}
}

func TestAWaitingRoomLetsInSoManyASecond(t *testing.T) {
	looks := make([]int, 0, 60)
	for _, r := range generated(t, func(p *Parameters) { p.AdmitPerSecond, p.WriteSeconds, p.BotRequests = 40, 60, 0 }) {
		if r.Action == Look {
			for int64(len(looks)) <= r.AtMicros/1e6 {
				looks = append(looks, 0)
			}
			looks[len(looks)-1]++
		}
	}
	for second, n := range looks[5:] { // the first press a moment after the opening
		if n < 39 || n > 41 {
			t.Errorf("%d were let in in second %d", n, second+5)
		}
	}
}

func TestTheLastRecordOfAShopperSaysSo(t *testing.T) {
	last := map[uint64]bool{}
	hoards := map[uint64]bool{}
	for _, r := range generated(t, nil) {
		if last[r.Shopper] {
			t.Fatalf("shopper %d does more after the last: %+v", r.Shopper, r)
		}
		last[r.Shopper] = r.Last
		hoards[r.Shopper] = hoards[r.Shopper] || !r.Bot || r.Action == Hold
	}
	for s, done := range last {
		if hoards[s] && !done {
			t.Fatalf("shopper %d has no last record", s)
		}
	}
}

func TestTheTraceCarriesItsVenueAndItsSettings(t *testing.T) {
	p := DefaultParameters()
	p.Seed, p.UsersPerTicket, p.HoldTTLSeconds = 9, 1, 240
	r, err := NewReader(bytes.NewReader(generate(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	h := r.Header()
	if h.Made != Generated || h.Seed != 9 || h.Parameters.HoldTTLSeconds != 240 || h.Retry != DefaultRetry() {
		t.Errorf("%+v", h)
	}
	if len(r.Charts()) != 1 || len(r.Events()) != 1 || r.Events()[0].HoldTTLSeconds != 240 ||
		!strings.Contains(string(r.Events()[0].Settings), `"hold_ttl_seconds":240`) {
		t.Fatalf("%d charts, events %+v", len(r.Charts()), r.Events())
	}
	v, err := venue.Read(r.Charts()[0].Document)
	if err != nil || v.Places() != 2202 {
		t.Errorf("%v", err)
	}
}

func TestImpossibleParametersAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Parameters){
		"share above one":      func(p *Parameters) { p.BestAvailable = 1.1 },
		"shares above one":     func(p *Parameters) { p.AtOpen, p.Tail = 0.9, 0.2 },
		"not a number":         func(p *Parameters) { p.Zipf = math.NaN() },
		"no users":             func(p *Parameters) { p.UsersPerTicket = 0 },
		"no parties":           func(p *Parameters) { p.Parties = nil },
		"weightless parties":   func(p *Parameters) { p.Parties = []float64{0, 0} },
		"fewer than a party":   func(p *Parameters) { p.MostPlaces = 5 },
		"clicks the wrong way": func(p *Parameters) { p.ClicksMost = 1 },
		"too many devices":     func(p *Parameters) { p.MostDevices = 5 },
		"too many waves":       func(p *Parameters) { p.Waves = 13 },
		"outcomes above one":   func(p *Parameters) { p.First.Released = 0.7 },
		"spread without end":   func(p *Parameters) { p.Think.High = math.Inf(1) },
		"spread upside down":   func(p *Parameters) { p.Think.High = 1 },
		"no event":             func(p *Parameters) { p.Event = "" },
	} {
		p := DefaultParameters()
		change(&p)
		if _, err := Generate(t.Context(), io.Discard, p, "hall", hall(t)); !errors.Is(err, ErrParameter) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOwnFunctionsAgreeWithTheLibrarys(t *testing.T) {
	for x := -40.0; x < 40; x += 0.37 {
		if got, want := exp(x), math.Exp(x); math.Abs(got/want-1) > 1e-14 {
			t.Errorf("exp(%g) = %g, want %g", x, got, want)
		}
		if got, want := log(math.Exp(x)), math.Log(math.Exp(x)); math.Abs(got-want) > 1e-14*max(1, math.Abs(want)) {
			t.Errorf("log of exp(%g) = %g, want %g", x, got, want)
		}
	}
	for u := 0.0005; u < 1; u += 0.0005 {
		if got, want := normal(u), math.Sqrt2*math.Erfinv(2*u-1); math.Abs(got-want) > 1e-8 {
			t.Errorf("normal(%g) = %g, want %g", u, got, want)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	p := DefaultParameters()
	p.Users = 60_000
	v := hall(b)
	records := int64(0)
	for b.Loop() {
		s, err := Generate(b.Context(), io.Discard, p, "hall", v)
		if err != nil {
			b.Fatal(err)
		}
		records += s.Records
		b.SetBytes(s.Bytes)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
}
