package compare

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/peers"
)

// drive drives a peer in memory for a moment.
func drive(ctx context.Context, t *testing.T, m *memory, clients int, l Load) (*Measured, error) {
	t.Helper()
	if err := m.Fresh(ctx, "", 1, false); err != nil {
		t.Fatal(err)
	}
	list, err := m.Open(ctx, "", clients, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.Picker, l.Ledger = NewPicker(hall, Chosen, 10, false, 1), NewLedger(hall, 10)
	measured, err := Drive(ctx, list, l)
	if err == nil {
		totals, totalsErr := m.Totals(ctx)
		err = errors.Join(totalsErr, l.Ledger.Check(totals))
	}
	return measured, err
}

func TestTheClientsCountWhatTheServerHas(t *testing.T) {
	for _, width := range []int{1, 16} {
		m, err := drive(t.Context(), t, newMemory("memory"), 4, Load{Width: width, Duration: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		// The hall sells out long before the time is over; each contest has one loser.
		if m.Orders == 0 || m.Refused == 0 || m.Tickets < m.Orders || m.Elapsed > 5*time.Second {
			t.Errorf("width %d: %+v", width, m)
		}
		if holds := m.Hold.TotalCount(); width == 1 && (holds != m.Orders+m.Refused || m.Confirm.TotalCount() != m.Orders) {
			t.Errorf("%d holds and %d confirmations were timed, of %d orders and %d refusals",
				holds, m.Confirm.TotalCount(), m.Orders, m.Refused)
		}
	}
}

func TestALieIsFoundOut(t *testing.T) {
	for fault, want := range map[string]error{"twice": ErrTwice, "forgets": ErrTotals, "error": errBroken} {
		m := newMemory("memory")
		m.fault = fault
		if _, err := drive(t.Context(), t, m, 4, Load{Duration: 5 * time.Second}); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", fault, err, want)
		}
	}
}

func TestARunThatIsInterruptedSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := drive(ctx, t, newMemory("memory"), 2, Load{Duration: time.Second}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnOpenLoopKeepsItsRateAndCountsFromTheIntendedStart(t *testing.T) {
	fast, err := drive(t.Context(), t, newMemory("fast"), 8, Load{Duration: 500 * time.Millisecond, Rate: 200})
	if err != nil {
		t.Fatal(err)
	}
	if n := fast.Orders + fast.Refused; n < 10 || n > 101 { // a machine that is busy elsewhere starts fewer, none starts more
		t.Errorf("%d orders in half a second at 200 a second", n)
	}
	// One client and answers of 20 ms cannot keep up with 200 a second: the wait of those behind must show.
	slow := newMemory("slow")
	slow.delay = 20 * time.Millisecond
	m, err := drive(t.Context(), t, slow, 1, Load{Duration: 500 * time.Millisecond, Rate: 200})
	if err != nil {
		t.Fatal(err)
	}
	if worst := time.Duration(m.Hold.Max()) * time.Microsecond; worst < 200*time.Millisecond {
		t.Errorf("the longest hold took %s from its intended start", worst)
	}
}

func TestASeatTwiceInTheLedgerIsFoundWhateverTheServerSays(t *testing.T) {
	l := NewLedger(hall, 2)
	for _, p := range []*peers.Party{{Event: 1, Seats: []int32{3, 4}}, {Event: 0, Seats: []int32{4, 5}}} {
		l.Sold(p)
	}
	if err := l.Check(peers.Totals{Orders: 2, Tickets: 4}); err != nil {
		t.Error(err)
	}
	l.Sold(&peers.Party{Event: 1, Seats: []int32{4}})
	if err := l.Check(peers.Totals{Orders: 3, Tickets: 5}); !errors.Is(err, ErrTwice) {
		t.Errorf("got %v", err)
	}
}
