package command_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/parterre/parterre/actors/command"
)

// Decoding may allocate a small multiple of the bytes it reads: a string takes 16 bytes and at least one of the buffer,
// a place 72 and at least 7. The slack is for the decoder, errors and the test itself.
const (
	allocatedPerByte = 40
	allocatedSlack   = 1 << 20
)

// bounded fails if f allocates more than input of n bytes justifies.
func bounded(t *testing.T, n int, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > uint64(n)*allocatedPerByte+allocatedSlack {
		t.Fatalf("%d bytes allocated for %d bytes of input", got, n)
	}
}

func FuzzDecodeCommand(f *testing.F) {
	for _, c := range sampleCommands() {
		f.Add(command.AppendCommand(nil, &c))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var first command.Command
		var err error
		bounded(t, len(b), func() { err = command.NewDecoder(b).Command(&first) })
		if err != nil {
			return
		}
		if err := first.Validate(); err != nil {
			t.Fatalf("decoded what Validate refuses: %v", err)
		}
		once := command.AppendCommand(nil, &first)
		var second command.Command
		if err := command.NewDecoder(once).Command(&second); err != nil {
			t.Fatal(err)
		}
		if diff := same(first, second); diff != "" {
			t.Fatal(diff)
		}
		if twice := command.AppendCommand(nil, &second); !bytes.Equal(once, twice) {
			t.Fatalf("encoded again: %x, want %x", twice, once)
		}
		if command.Fingerprint(&first) != command.Fingerprint(&second) {
			t.Fatal("another fingerprint after decoding")
		}
	})
}

func FuzzDecodeResult(f *testing.F) {
	for _, r := range sampleResults() {
		f.Add(command.AppendResult(nil, &r))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var first command.Result
		var err error
		bounded(t, len(b), func() { err = command.NewDecoder(b).Result(&first) })
		if err != nil {
			return
		}
		once := command.AppendResult(nil, &first)
		var second command.Result
		if err := command.NewDecoder(once).Result(&second); err != nil {
			t.Fatal(err)
		}
		if diff := same(first, second); diff != "" {
			t.Fatal(diff)
		}
		if twice := command.AppendResult(nil, &second); !bytes.Equal(once, twice) {
			t.Fatalf("encoded again: %x, want %x", twice, once)
		}
	})
}
