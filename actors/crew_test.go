package actors

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/parterre/parterre/actors/seatmap"
)

// However many work at a restore, and however little of a record they read ahead, it ends alike.
func TestARestoreEndsAlikeHoweverManyWorkAtIt(t *testing.T) {
	r := soldOut(t)
	snapshot := r.snapshot()
	for _, members := range []int{1, 2, 7} {
		for _, ahead := range []int{1, 100, maxAheadBytes} {
			t.Run(fmt.Sprintf("%d members, %d bytes ahead", members, ahead), func(t *testing.T) {
				read := func(b []byte) (*staged, error) {
					s := newStaged(3, bytes.NewReader(b), Pace{Members: members})
					s.crew.ahead = ahead
					return s, s.read()
				}
				s, err := read(snapshot)
				if err != nil {
					t.Fatal(err)
				}
				again := newReplica(t)
				again.replace(s)
				if !bytes.Equal(again.snapshot(), snapshot) {
					t.Error("the restored partition writes another snapshot")
				}
				for i := members; i < len(snapshot); i += 11 { // TestADamagedByteIsFound damages every one
					damaged := slices.Clone(snapshot)
					damaged[i] ^= byte(1 << (i % 8))
					if _, err := read(damaged); !errors.Is(err, ErrSnapshot) {
						t.Fatalf("byte %d: %v", i, err)
					}
				}
			})
		}
	}
}

// Of several events that are refused the first in order is named, whichever was looked at first.
func TestTheFirstRefusedEventIsNamed(t *testing.T) {
	frames := framesOf(t, soldOut(t).snapshot())
	events := 0
	for i := range frames {
		if frames[i].kind == frameEvent {
			if events++; events > 1 { // of b, c and d
				frames[i].payload[len(frames[i].payload)-1] ^= 1
			}
		}
	}
	for range 50 {
		s := newStaged(3, bytes.NewReader(seal(frames)), Pace{Members: 4})
		err := s.read()
		if !errors.Is(err, ErrSnapshotContent) || !errors.Is(err, seatmap.ErrDamaged) || !bytes.Contains([]byte(err.Error()), []byte(`event "b"`)) {
			t.Fatal(err)
		}
	}
}
