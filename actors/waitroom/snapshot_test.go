package waitroom

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// busyRoom is a room in the middle of a sale, with something of everything.
func busyRoom(t testing.TB) *Room {
	t.Helper()
	r := New()
	stock := Stock{Free: 40, Held: 3, Sold: 2}
	do := func(now int64, q Request) (a Answer) {
		r.Do(day+now, &q, stock, &a)
		return a
	}
	config := Config{
		Mode: ModeRandom, PreQueueOpensMillis: day, OpensMillis: day + 1_000, MaxInside: 9, EnterWithinSeconds: 10, IdleSeconds: 20,
		StaySeconds: 50, TokenLifeSeconds: 3600, TargetCommitMillis: 50, PublicShare: 2, ShopURL: "https://shop.example/",
		Lanes: []LaneConfig{{Key: "members", Share: 3}},
	}
	do(0, Request{Op: OpPut, Config: &config, Seed: [32]byte{1, 2, 3}, Secret: [32]byte{4, 5, 6}})
	do(1, Request{Op: OpJoin, Count: 40})
	do(2, Request{Op: OpJoin, Lane: 1, Count: 7})
	do(1_000, Request{Op: OpTick, Pressure: 700})
	do(1_001, Request{Op: OpRotate, Secret: [32]byte{7, 8, 9}})
	for number := range uint64(40) {
		if a := do(2_000, Request{Op: OpEnter, Number: number, Buyer: number % 3}); a.Code == CodeOK {
			r.Held(Pass{Lane: a.Lane, Number: a.Number, Session: a.Session, Buyer: number % 3}, number)
		}
	}
	stock = Stock{Free: 41, Held: 0, Sold: 4}
	do(11_500, Request{Op: OpAdmit, Count: 2, Key: [16]byte{1}})
	if r.inside == 0 || r.called == 0 || r.trade.lapsed == 0 || r.lanes[0].lapsed == 0 {
		t.Fatalf("not much is going on: %+v", r.Picture().Figures())
	}
	return r
}

func encoded(t testing.TB, r *Room) []byte {
	t.Helper()
	var b bytes.Buffer
	f := r.Freeze()
	if err := f.Encode(&b); err != nil {
		t.Fatal(err)
	}
	f.Release()
	return b.Bytes()
}

func TestAFrozenRoomDoesNotChange(t *testing.T) {
	r := busyRoom(t)
	want := encoded(t, r)
	f := r.Freeze()
	r.Do(day+12_000, &Request{Op: OpAdmit, Count: 5}, Stock{Free: 50}, nil)
	r.Advance(day+3_000_000, Stock{Free: 50})
	var b bytes.Buffer
	if err := f.Encode(&b); err != nil || !bytes.Equal(b.Bytes(), want) {
		t.Errorf("a frozen room changed (%v)", err)
	}
}

func TestAPictureDoesNotChange(t *testing.T) {
	r := busyRoom(t)
	p := r.Picture()
	before := make([]Status, 47)
	for i := range before {
		before[i] = p.Status(uint8(i/40), uint64(i%40), day+12_000)
	}
	r.Advance(day+3_000_000, Stock{Free: 50})
	r.Do(day+3_000_000, &Request{Op: OpAdmit, Count: 5}, Stock{Free: 50}, nil)
	for i, want := range before {
		if got := p.Status(uint8(i/40), uint64(i%40), day+12_000); got != want {
			t.Errorf("visitor %d was told %+v, and now %+v", i, want, got)
		}
	}
}

// The fixtures are read for ever after. WRITE_GOLDEN=1 writes one that is not there yet.
func TestGoldenSnapshotsAreRead(t *testing.T) {
	path := filepath.Join("testdata", "golden", "room-v1.hex")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && os.Getenv("WRITE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		text = []byte(hex.EncodeToString(encoded(t, busyRoom(t))) + "\n")
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Restore(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if again := encoded(t, r); !bytes.Equal(again, b) {
		t.Errorf("read and written again it is\n%x", again)
	}
	if now := encoded(t, busyRoom(t)); !bytes.Equal(now, b) {
		t.Errorf("the same story is told with other bytes now\n%x", now)
	}
}

func TestEveryDamageIsRefused(t *testing.T) {
	whole := encoded(t, busyRoom(t))
	refused := func(what string, b []byte) {
		if _, err := Restore(bytes.NewReader(b)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for n := range len(whole) {
		refused("cut short", whole[:n])
		for _, flip := range []byte{1, 0x80, 0xff} {
			b := bytes.Clone(whole)
			b[n] ^= flip
			refused("altered", b)
		}
	}
	refused("longer", append(bytes.Clone(whole), 0))
}

func FuzzRestore(f *testing.F) {
	f.Add(encoded(f, New()))
	f.Add(encoded(f, busyRoom(f)))
	random := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		b := encoded(f, busyRoom(f))
		b[random.IntN(len(b))] ^= byte(1 + random.IntN(255))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Restore(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if again := encoded(t, r); !bytes.Equal(again, b) {
			t.Fatalf("%x was read, and is written as %x", b, again)
		}
		r.Do(day, &Request{Op: OpJoin, Count: 1}, Stock{Free: 1}, nil)
		r.Advance(1<<53, Stock{Free: 1})
	})
}
