package history

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

func file(t *testing.T) []byte {
	t.Helper()
	r, _ := newRun()
	for range 3 {
		log := r.NewLog()
		for range 5 {
			log.Add(fullOp())
		}
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestARunComesBackFromItsFile(t *testing.T) {
	r, _ := newRun()
	log := r.NewLog()
	for range 10_000 { // several chunks
		log.Add(fullOp())
	}
	path := filepath.Join(t.TempDir(), "run.history")
	if err := r.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Len() != 10_000 || !got.Start().Equal(r.Start()) || got.Events[0] != r.Events[0] || got.ChartOf(0).Label(3) != "T1" ||
		Number(got.ChartOf(0), "Floor") != 4 {
		t.Errorf("%d operations of %+v, begun %s", got.Len(), got.Events, got.Start())
	}
	want := fmt.Sprintf("%+v", *fullOp())
	for _, o := range collect(t, got) {
		if g := fmt.Sprintf("%+v", *o); g != want {
			t.Fatalf("got %s\nwant %s", g, want)
		}
	}
}

func TestACutFileIsAnErrorWhereverItIsCut(t *testing.T) {
	whole := file(t)
	for n := range whole {
		if _, err := Read(bytes.NewReader(whole[:n])); !errors.Is(err, ErrCut) && !errors.Is(err, ErrNoHistory) {
			t.Fatalf("cut after %d of %d bytes: %v", n, len(whole), err)
		}
	}
}

func TestADamagedFileIsAnErrorWhereverItIsDamaged(t *testing.T) {
	whole := file(t)
	for n := range whole {
		damaged := bytes.Clone(whole)
		damaged[n] ^= 0x40
		if _, err := Read(bytes.NewReader(damaged)); err == nil {
			t.Fatalf("byte %d of %d was changed, and nobody noticed", n, len(whole))
		}
	}
}

func TestAFileOfAnotherVersionIsSaidToBeOne(t *testing.T) {
	other := file(t)
	other[6]++
	if _, err := Read(bytes.NewReader(other)); !errors.Is(err, ErrVersion) {
		t.Errorf("%v", err)
	}
}

func FuzzRecordsNeverPanic(f *testing.F) {
	called := int64(0)
	f.Add(appendOp(nil, fullOp(), &called))
	f.Fuzz(func(t *testing.T, b []byte) {
		var o Op
		called := int64(0)
		for len(b) > 0 {
			rest, err := readOp(b, &o, &called)
			if err != nil {
				return
			}
			if len(rest) >= len(b) {
				t.Fatal("a record took no bytes")
			}
			b = rest
		}
	})
}

func FuzzAnswersNeverPanic(f *testing.F) {
	_, c := newRun()
	f.Add(201, []byte(holdAnswer))
	f.Fuzz(func(_ *testing.T, status int, body []byte) {
		var o Op
		o.Begin(KindHold, 0, 1)
		_, _ = o.AnsweredWith(c, status, body, 2)
	})
}
