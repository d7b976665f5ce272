package raftlog

import (
	"bufio"
	"bytes"
	"io"
	"testing"
)

// FuzzRegister is the beginning of a snapshot: nothing panics, what is read is what is written, and what is no register is
// left to the reader of the state, whole.
func FuzzRegister(f *testing.F) {
	whole := appendRegister(nil, Register{Version: 7, Value: []byte("who is a member")})
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte("PARTERRE"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufio.NewReader(bytes.NewReader(b))
		register, err := readRegister(r)
		if err != nil {
			return
		}
		rest, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if register.Version == 0 {
			return
		}
		if again := append(appendRegister(nil, register), rest...); !bytes.Equal(again, b) {
			t.Errorf("%x was read as %+v and %x", b, register, rest)
		}
	})
}
