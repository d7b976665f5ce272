package history

import (
	"bytes"
	"testing"
)

// FuzzFile is a whole file, in which every checksum may be right: what is read can be written, and is read as the same again.
func FuzzFile(f *testing.F) {
	var b bytes.Buffer
	if err := fixtureRun().Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:40])
	f.Fuzz(func(t *testing.T, b []byte) {
		run, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := run.Write(&again); err != nil {
			t.Fatal(err)
		}
		if other, err := Read(&again); err != nil || other.Len() != run.Len() {
			t.Fatalf("%d operations were read again as %v, %v", run.Len(), other, err)
		}
	})
}
