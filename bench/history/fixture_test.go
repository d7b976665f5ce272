package history

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var writeMissing = flag.Bool("write-missing", false, "write the fixtures that do not exist yet; never changes one")

// fixtureRun is a run whose file is the same at any time.
func fixtureRun() *Run {
	r := New()
	r.start = time.Unix(1_800_000_000, 5)
	r.AddEvent("opening", r.AddChart(hall()))
	r.Allow(0, 6, 480)
	log := r.NewLog()
	log.Add(fullOp())
	for kind := KindHold; kind < kinds; kind++ {
		o := &Op{}
		o.Begin(kind, 0, int64(kind)*1000)
		o.Broke(int64(kind)*1000 + 7)
		log.Add(o)
	}
	return r
}

// TestFilesOfEveryVersionAreReadForEver: v1 was written before operations had sessions, keys, nodes and a min revision.
func TestFilesOfEveryVersionAreReadForEver(t *testing.T) {
	for _, version := range []int{1, 2} {
		path := filepath.Join("testdata", fmt.Sprintf("v%d.history", version))
		if _, err := os.Stat(path); os.IsNotExist(err) && *writeMissing && version == 2 {
			if err := errors.Join(os.MkdirAll("testdata", 0o755), fixtureRun().Save(path)); err != nil {
				t.Fatal(err)
			}
		}
		run, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if run.Start().UnixNano() != 1_800_000_000_000_000_005 || run.Events[0].Name != "opening" || run.ChartOf(0).Label(3) != "T1" {
			t.Errorf("version %d: begun %s, %+v", version, run.Start(), run.Events)
		}
		want := fixtureRun()
		if version == 1 {
			want.Events[0].MaxPlacesPerBuyer, want.Events[0].HoldTTLSeconds = 0, 0
		}
		if run.Events[0] != want.Events[0] {
			t.Errorf("version %d: %+v", version, run.Events[0])
		}
		wants := collect(t, want)
		for i, o := range collect(t, run) {
			w := wants[i]
			if version == 1 {
				if o.Kind >= KindBlock {
					break
				}
				w.Session, w.Node, w.Key, w.MinRevision = 0, 0, 0, 0
			}
			if got, want := fmt.Sprintf("%+v", *o), fmt.Sprintf("%+v", *w); got != want {
				t.Errorf("version %d, operation %d:\n got %s\nwant %s", version, i, got, want)
			}
		}
	}
}

func TestTheNewestVersionIsWrittenTheSame(t *testing.T) {
	var b bytes.Buffer
	if err := fixtureRun().Write(&b); err != nil {
		t.Fatal(err)
	}
	if then, err := os.ReadFile(filepath.Join("testdata", "v2.history")); err != nil || !bytes.Equal(then, b.Bytes()) {
		t.Errorf("written differently now (%v)", err)
	}
}
