package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	keep   = flag.String("keep", "", "a folder to keep the pages of this test in, to look at them")
)

// page writes a run into a folder, which is kept if -keep says so.
func pageOf(t *testing.T, name string, r *Run) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), name)
	if *keep != "" {
		dir = filepath.Join(*keep, name)
	}
	if err := Write(dir, r); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheSameRunMakesTheSamePage(t *testing.T) {
	dir := pageOf(t, "small", smallRun())
	for _, name := range []string{PageFile, MarkdownFile, RunFile} {
		golden := filepath.Join("testdata", name)
		got := read(t, dir, name)
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := read(t, golden); got != want {
			t.Errorf("%s differs from %s; look at it, then go test -update", name, golden)
		}
	}
}

func TestALongRunMakesAPageThatAPhoneCanLoad(t *testing.T) {
	const limit = 3 << 20
	if page := read(t, pageOf(t, "long", longRun()), PageFile); len(page) > limit {
		t.Errorf("the page of a quarter of an hour has %d bytes, more than %d", len(page), limit)
	}
}
