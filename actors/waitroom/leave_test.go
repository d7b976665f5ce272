package waitroom

import "testing"

// A visitor's token names the number only; what a session was called, its device may have lost.
func TestANumberIsEnoughToLeave(t *testing.T) {
	const now = 1_800_000_000_000
	r, stock, a := New(), Stock{Free: 100}, Answer{}
	do := func(q Request) Answer {
		a = Answer{}
		r.Do(now, &q, stock, &a)
		return a
	}
	do(Request{Op: OpPut, Config: &Config{Mode: ModeFIFO, MaxInside: 1, EnterWithinSeconds: 60, IdleSeconds: 60, StaySeconds: 60, TokenLifeSeconds: 60}})
	do(Request{Op: OpJoin, Count: 2})
	in := do(Request{Op: OpEnter, Number: 0})
	if in.Code != CodeOK {
		t.Fatalf("%+v", in)
	}
	if a := do(Request{Op: OpLeave, Number: 0, Session: in.Session + 1}); a.Code != CodePassForeign {
		t.Fatalf("another session: %+v", a)
	}
	if a := do(Request{Op: OpLeave, Number: 0}); a.Code != CodeOK {
		t.Fatalf("%+v", a)
	}
	if a := do(Request{Op: OpEnter, Number: 1}); a.Code != CodeOK {
		t.Fatalf("the place is not the next visitor's: %+v", a)
	}
}
