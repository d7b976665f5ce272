package replay

import (
	"errors"
	"sync"
	"testing"

	"github.com/parterre/parterre/bench/venue"
	"github.com/parterre/parterre/bench/wire"
)

func TestAPictureIsReadOnceByAllWhoComeAtOnce(t *testing.T) {
	maps := hallStage(t, 8, 1).Events[0].maps
	unread := &wire.Answer{Revision: 7, ETag: []byte(`"7"`), Body: []byte(`{"states":`)}
	if _, err := maps.of(unread); !errors.Is(err, errMap) {
		t.Fatalf("a map without states: %v", err)
	}
	var together sync.WaitGroup
	shown := make([]*venue.Picture, 16)
	for i := range shown {
		together.Go(func() {
			p, err := maps.of(&wire.Answer{Revision: 7, ETag: []byte(`"7"`), Body: []byte(`{"states":"ffssffff"}`)})
			if err != nil {
				t.Error(err)
				return
			}
			shown[i] = p.Picture // as it is now: a later reading would replace it
		})
	}
	together.Wait()
	for _, p := range shown {
		if p == nil || p != shown[0] || p.Free() != 6 {
			t.Fatalf("different pictures of one revision: %+v, %+v", p, shown[0])
		}
	}
	if again, err := maps.of(unread); err != nil || again.Picture != shown[0] {
		t.Errorf("a revision that was read is read again: %v", err)
	}
	if next, err := maps.of(&wire.Answer{Revision: 8, ETag: []byte(`"8"`), Body: []byte(`{"states":"ssssffff"}`)}); err != nil || next.Free() != 4 {
		t.Errorf("the next revision: %+v, %v", next, err)
	}
}
