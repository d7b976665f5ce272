package seatmap

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/golden and the seeds of the fuzz tests anew")

// Snapshots outlive the program that wrote them, and state hashes are compared between builds: neither may change
// unnoticed. A change on purpose is a new snapshotVersion, and `go test -run TestGolden -update`.
func TestGoldenSnapshotAndHash(t *testing.T) {
	const path = "testdata/golden/worn.snapshot"
	const hash = 0xcba4f6e755351f1f
	m, v := wornMap(t)
	code := encoded(t, m)
	if *update {
		writeSeed(t, path, code)
		fresh, err := New(v.plan, m.Config())
		if err != nil {
			t.Fatal(err)
		}
		writeSeed(t, "testdata/fuzz/FuzzRestore/worn", seedOf(code))
		writeSeed(t, "testdata/fuzz/FuzzRestore/fresh", seedOf(encoded(t, fresh)))
		writeSeed(t, "testdata/fuzz/FuzzRestore/cut", seedOf(code[:len(code)/2]))
		writeSeed(t, "testdata/fuzz/FuzzRestore/magic", seedOf([]byte(snapshotMagic)))
		for i, v := range smallVenues(t) {
			writeSeed(t, fmt.Sprint("testdata/fuzz/FuzzDecodePlan/venue", i), seedOf(v.plan.AppendBinary(nil)))
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(golden, code) {
		t.Error("the same commands make another snapshot than before")
	}
	if m.Hash() != hash {
		t.Errorf("the same commands make the state hash %#x, before it was %#x", m.Hash(), uint64(hash))
	}
}

func seedOf(b []byte) []byte { return fmt.Appendf(nil, "go test fuzz v1\n[]byte(%q)\n", b) }

func writeSeed(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
