package actors

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
)

func TestTheLastChangeIsShownThoughNothingFollows(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	for n := range uint64(5) {
		r.do(hold("a", n+1, fmt.Sprintf("A-%d", n+1)), seatmap.CodeOK)
	}
	e := r.event("a")
	eventually(t, "five holds are shown", func() bool { return e.View().Counts().Holds == 5 })
	if v := e.View(); v.AppliedIndex != r.index || v.NowMillis != r.nowMillis {
		t.Errorf("view of index %d, %d ms, want %d, %d", v.AppliedIndex, v.NowMillis, r.index, r.nowMillis)
	}
}

func TestViewsThatNobodyDemandsAreRare(t *testing.T) {
	r := newReplica(t)
	r.open(200, "a")
	e := r.event("a")
	started := time.Now()
	views := map[*View]bool{}
	for n := range uint64(90) {
		r.do(hold("a", n+1, fmt.Sprintf("A-%d", n+1)), seatmap.CodeOK)
		views[e.View()] = true
	}
	if most := int(time.Since(started)/ViewInterval) + 2; len(views) > most {
		t.Errorf("%d views in %v, want at most %d", len(views), time.Since(started), most)
	}
}

func TestWhereNobodyLooksViewsAreRarerAndALookStillShowsTheNewest(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	e := r.event("a")
	r.fresh("a")
	started, views := time.Now(), map[*View]bool{}
	for n := uint64(1); time.Since(started) < 6*ViewInterval; n += 2 {
		r.do(hold("a", n, "A-1"), seatmap.CodeOK)
		r.do(release("a", n+1, n), seatmap.CodeOK)
		views[e.Latest()] = true
		time.Sleep(time.Millisecond)
	}
	if most := int(time.Since(started)/UnseenViewInterval) + 2; len(views) > most {
		t.Errorf("%d views in %v though nobody looked, want at most %d", len(views), time.Since(started), most)
	}
	if _, ok := e.Current(); ok {
		t.Error("an old view counts as current")
	}
	want := r.do(hold("a", 9_999_999, "A-9"), seatmap.CodeOK).Revision
	if got := e.Recent(soon(t)).Revision(); got < want {
		t.Errorf("a look showed revision %d, want %d", got, want)
	}
	if _, ok := e.Current(); !ok {
		t.Error("a new view does not count as current")
	}
}

func TestFreshShowsEverythingApplied(t *testing.T) {
	r := newReplica(t)
	r.open(200, "a")
	for n := range uint64(90) {
		want := r.do(hold("a", n+1, fmt.Sprintf("A-%d", n+1)), seatmap.CodeOK).Revision
		if got := r.fresh("a").Revision(); got != want {
			t.Fatalf("fresh view of revision %d, want %d", got, want)
		}
	}
	v := r.fresh("a")
	r.do(hold("a", 999, "A-1"), seatmap.CodeSeatUnavailable)
	if r.fresh("a") != v {
		t.Error("a refusal made a new view")
	}
}

func TestAReaderWaitsForARevision(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	e := r.event("a")
	first := e.View().Revision()
	found := make(chan *View)
	for n := range uint64(3) {
		go func() {
			v, err := e.ViewAt(soon(t), first+n+1)
			if err != nil {
				t.Error(err)
			}
			found <- v
		}()
	}
	for n := range uint64(3) {
		r.do(hold("a", n+1, fmt.Sprintf("A-%d", n+1)), seatmap.CodeOK)
	}
	seen := map[uint64]bool{}
	for range 3 {
		seen[(<-found).Revision()] = true
	}
	if !seen[first+3] {
		t.Errorf("views of %v, want one of %d", seen, first+3)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.ViewAt(ended, first+99); !errors.Is(err, context.Canceled) {
		t.Errorf("ViewAt: %v, want the context's error", err)
	}
	if v, err := e.ViewAt(ended, first); err != nil || v == nil {
		t.Errorf("what is there is given without waiting: %v", err)
	}
}

func TestARevisionThatAReaderWaitsForIsShownWithoutTheHerald(t *testing.T) {
	r := newReplica(t)
	r.herald.ask = func(*Event) {}
	r.open(20, "a")
	e := r.event("a")
	r.do(hold("a", 1, "A-1"), seatmap.CodeOK)
	want := r.fresh("a").Revision() + 1 // just published: the next view is not due yet
	shown := make(chan error)
	go func() {
		_, err := e.ViewAt(soon(t), want)
		shown <- err
	}()
	eventually(t, "the reader waits", func() bool { return e.wanted.Load() == want })
	r.do(hold("a", 2, "A-2"), seatmap.CodeOK)
	if err := <-shown; err != nil {
		t.Error(err)
	}
}

func TestReadersSeeRevisionsRise(t *testing.T) {
	r := newReplica(t)
	r.open(200, "a", "b")
	var readers sync.WaitGroup
	done := make(chan struct{})
	for i := range 4 {
		e := r.event([]string{"a", "b"}[i%2])
		readers.Go(func() {
			var newest uint64
			for {
				select {
				case <-done:
					return
				default:
				}
				v := e.View()
				if i < 2 {
					decided := e.revision.Load()
					var err error
					if v, err = e.Fresh(context.Background()); err != nil {
						t.Error(err)
						return
					}
					if v.Revision() < decided {
						t.Errorf("fresh view of %d, %d was decided", v.Revision(), decided)
					}
				}
				if v.Revision() < newest {
					t.Errorf("revision ran back from %d to %d", newest, v.Revision())
				}
				newest = v.Revision()
				time.Sleep(50 * time.Microsecond) // give the other half of the machine to the writer
			}
		})
	}
	for n := range uint64(300) {
		r.apply(hold("a", n+1, fmt.Sprintf("A-%d", n%100+1)), hold("b", n+1, fmt.Sprintf("B-%d", n%100+1)), release("a", n+1+1<<32, n+1))
	}
	close(done)
	readers.Wait()
}

func TestAViewIsEncodedOnceForAllReaders(t *testing.T) {
	r := newReplica(t)
	r.open(20, "a")
	v := r.fresh("a")
	var mu sync.Mutex
	made := map[string]int{}
	encode := func(key string) func(*View) []byte {
		return func(v *View) []byte {
			mu.Lock()
			defer mu.Unlock()
			made[key]++
			return append(v.AppendStates(nil), key...)
		}
	}
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for i := range MaxEncodings {
				key := fmt.Sprint(i)
				e := v.Encoding(key, encode(key))
				if want := string(v.AppendStates(nil)) + key; string(e.Plain) != want {
					t.Errorf("%q, want %q", e.Plain, want)
				}
				if once, again := e.Gzip(), e.Gzip(); &once[0] != &again[0] {
					t.Error("compressed twice")
				}
			}
		})
	}
	readers.Wait()
	for key, n := range made {
		if n != 1 {
			t.Errorf("encoding %s was made %d times", key, n)
		}
	}
	zipped, err := gzip.NewReader(bytes.NewReader(v.Encoding("3", nil).Gzip()))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zipped)
	if err != nil || !bytes.Equal(plain, v.Encoding("3", nil).Plain) {
		t.Errorf("%q, %v", plain, err)
	}
	for range 2 {
		if e := v.Encoding("one too many", encode("one too many")); !bytes.HasSuffix(e.Plain, []byte("many")) {
			t.Errorf("%q", e.Plain)
		}
	}
	if made["one too many"] != 2 || len(v.encodings) != MaxEncodings {
		t.Errorf("%d encodings are kept", len(v.encodings))
	}
}
