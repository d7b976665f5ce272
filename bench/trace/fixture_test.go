package trace

import (
	"bytes"
	"errors"
	goflag "flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

var writeMissing = goflag.Bool("write-missing", false, "write the fixtures that do not exist yet; never changes one")

func TestATraceOfThisVersionIsReadForEver(t *testing.T) {
	path := filepath.Join("testdata", "everything.trace")
	now := written(t, everything())
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && *writeMissing {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, now, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	then, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(then))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range everything() {
		var got Record
		if err := r.Next(&got); err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("record %d is %+v, want %+v", i, got, want)
		}
	}
	if err := r.Next(&Record{}); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
	if !bytes.Equal(now, then) {
		t.Error("the same records are written differently now")
	}
}
