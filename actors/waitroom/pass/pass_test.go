package pass

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
)

const noon = 1_800_000_000_000

func ring(numbers ...uint32) Ring {
	var r Ring
	for i, n := range numbers {
		k := Key{Number: n, MadeMillis: noon - 3_600_000 + int64(i)*1000}
		for j := range k.Secret {
			k.Secret[j] = byte(n)*31 + byte(j)
		}
		r = append(r, k)
	}
	return r
}

func token() *Paper {
	return &Paper{
		Kind: KindToken, Lane: 2, Event: EventHash("opening"), Number: 1_234_567, IssuedMillis: noon,
		LifeSeconds: 86_400, Buyer: BuyerHash("opening", "b-81"),
	}
}

func sign(t testing.TB, r Ring, p *Paper) string {
	t.Helper()
	b, err := r.Sign(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPaperSaysWhatWasSigned(t *testing.T) {
	r := ring(1, 2)
	for _, kind := range []Kind{KindToken, KindPass, KindInvitation} {
		p := token()
		p.Kind, p.Session = kind, 99
		text := sign(t, r, p)
		if len(text) != TextBytes {
			t.Fatalf("%d characters", len(text))
		}
		got, err := r.Check(text, kind, p.Event, noon+1)
		p.Key = 2
		if err != nil || got != *p {
			t.Fatalf("%+v %v, want %+v", got, err, *p)
		}
	}
}

// The fixture is read for ever: papers are in shoppers' pockets while nodes are upgraded.
func TestPapersOfVersion1AreRead(t *testing.T) {
	const file = "testdata/token-v1.txt"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(string(want))
	if got := sign(t, ring(7), token()); got != text {
		t.Errorf("signed now: %s\nfixture:    %s", got, text)
	}
	p, err := ring(7).Check(text, KindToken, EventHash("opening"), noon)
	if err != nil || p.Number != 1_234_567 || p.Lane != 2 || p.Buyer != BuyerHash("opening", "b-81") {
		t.Fatalf("%+v %v", p, err)
	}
}

func TestTheSignatureIsHMACSHA256(t *testing.T) {
	r := ring(3)
	raw, err := base64.RawURLEncoding.DecodeString(sign(t, r, token()))
	if err != nil {
		t.Fatal(err)
	}
	h := hmac.New(sha256.New, r[0].Secret[:])
	h.Write(raw[:bodyBytes])
	if want := h.Sum(nil)[:signatureBytes]; !hmac.Equal(want, raw[bodyBytes:]) {
		t.Fatalf("got %s, want %s", hex.EncodeToString(raw[bodyBytes:]), hex.EncodeToString(want))
	}
}

func TestPromiseATamperedPaperIsRefused(t *testing.T) {
	r, p := ring(1, 2), token()
	text := sign(t, r, p)
	raw, _ := base64.RawURLEncoding.DecodeString(text)
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		tampered := base64.RawURLEncoding.EncodeToString(raw)
		raw[bit/8] ^= 1 << (bit % 8)
		if got, err := r.Check(tampered, KindToken, p.Event, noon); err == nil {
			t.Fatalf("bit %d may be changed: %+v", bit, got)
		}
	}
	for i := range text {
		for _, c := range []byte("Aa0_-=\n. ") {
			if c == text[i] {
				continue
			}
			other := text[:i] + string(c) + text[i+1:]
			if _, err := r.Check(other, KindToken, p.Event, noon); err == nil {
				t.Fatalf("character %d may be %q", i, c)
			}
		}
	}
}

func TestEachFaultHasItsOwnError(t *testing.T) {
	r, p := ring(5, 6), token()
	text := sign(t, r, p)
	other := *p
	other.Event = EventHash("closing")
	pass := *p
	pass.Kind = KindPass
	early := *p
	early.IssuedMillis += 2 * futureMillis
	for name, c := range map[string]struct {
		text string
		at   int64
		ring Ring
		want error
	}{
		"good":                          {text, noon, r, nil},
		"empty":                         {"", noon, r, ErrMalformed},
		"short":                         {text[:len(text)-1], noon, r, ErrMalformed},
		"long":                          {text + "A", noon, r, ErrMalformed},
		"a line end":                    {text[:TextBytes-1] + "\n", noon, r, ErrMalformed},
		"of another version":            {"I" + text[1:], noon, r, ErrMalformed},
		"of another kind":               {sign(t, r, &pass), noon, r, ErrKind},
		"of another event":              {sign(t, r, &other), noon, r, ErrForeign},
		"signed by nobody":              {text[:TextBytes-1] + string(text[TextBytes-1]^1), noon, r, ErrForged},
		"by another key of that number": {sign(t, Ring{{Number: 6}}, p), noon, r, ErrForged},
		"by a key to come":              {sign(t, ring(7), p), noon, r, ErrForged},
		"by a key that is gone":         {sign(t, ring(4), p), noon, r, ErrExpired},
		"at its last moment":            {text, noon + 86_400_000 - 1, r, nil},
		"too late":                      {text, noon + 86_400_000, r, ErrExpired},
		"from the future":               {sign(t, r, &early), noon, r, ErrExpired},
		"no ring":                       {text, noon, nil, ErrForged},
	} {
		if _, err := c.ring.Check(c.text, KindToken, p.Event, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestABorrowedPaperIsToldByItsBuyer(t *testing.T) {
	p := token()
	if err := p.Belongs(BuyerHash("opening", "b-81")); err != nil {
		t.Fatal(err)
	}
	for _, buyer := range []string{"", "b-82"} {
		if err := p.Belongs(BuyerHash("opening", buyer)); !errors.Is(err, ErrBorrowed) {
			t.Fatalf("%q: %v", buyer, err)
		}
	}
	p.Buyer = 0
	if err := p.Belongs(BuyerHash("opening", "anybody")); err != nil {
		t.Fatal(err)
	}
	if BuyerHash("opening", "b-81") == BuyerHash("closing", "b-81") {
		t.Fatal("a buyer can be followed from event to event")
	}
}

func TestKeysRotateWithoutAnybodyNoticing(t *testing.T) {
	old := ring(1)
	text := sign(t, old, token())
	both := append(Ring{}, old[0], Key{Number: 2, MadeMillis: noon + 10_000, Secret: [KeyBytes]byte{9}})
	if _, err := both.Check(text, KindToken, EventHash("opening"), noon+10_000); err != nil {
		t.Fatal(err)
	}
	// Until every node knows the new key, papers are signed by the old one.
	fresh := token()
	fresh.IssuedMillis = noon + 10_000 + Ripening - 1
	if _, err := old.Check(sign(t, both, fresh), KindToken, fresh.Event, fresh.IssuedMillis); err != nil {
		t.Fatal(err)
	}
	fresh.IssuedMillis++
	if p, err := both.Check(sign(t, both, fresh), KindToken, fresh.Event, fresh.IssuedMillis); err != nil || p.Key != 2 {
		t.Fatal(p, err)
	}
	if _, err := (Ring{}).Sign(nil, token()); !errors.Is(err, ErrNoKey) {
		t.Fatal(err)
	}
}

func TestCheckingAllocatesNothing(t *testing.T) {
	r := ring(1, 2, 3)
	text := sign(t, r, token())
	event := EventHash("opening")
	if n := testing.AllocsPerRun(100, func() { _, _ = r.Check(text, KindToken, event, noon) }); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}

func FuzzCheck(f *testing.F) {
	r := ring(1, 2)
	f.Add(sign(f, r, token()))
	f.Add(strings.Repeat("A", TextBytes))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := r.Check(text, KindToken, EventHash("opening"), noon)
		if err == nil && sign(t, Ring{r[p.Key-1]}, &p) != text {
			t.Fatalf("%q is taken, but was never signed", text)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	r := ring(1, 2, 3)
	text := sign(b, r, token())
	event := EventHash("opening")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Check(text, KindToken, event, noon); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	r, p, buffer := ring(1), token(), make([]byte, 0, TextBytes)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Sign(buffer, p); err != nil {
			b.Fatal(err)
		}
	}
}
