package peerport

import (
	"bytes"
	"errors"
	"testing"
)

func TestHeaderIsFourteenBytesForEver(t *testing.T) {
	got := AppendHeader(nil, Header{Kind: KindRaft, Cluster: 0x01020304, Partition: 0x0a0b0c0d})
	want := []byte{0xc9, 'P', 'A', 'R', 1, 1, 1, 2, 3, 4, 0xa, 0xb, 0xc, 0xd}
	if !bytes.Equal(got, want) || len(got) != HeaderBytes {
		t.Errorf("got % x, want % x", got, want)
	}
}

func FuzzHeader(f *testing.F) {
	good := AppendHeader(nil, Header{Kind: KindLink, Cluster: testCluster, Partition: 3})
	f.Add(good)
	f.Add(good[:HeaderBytes-1])
	f.Add(append(bytes.Clone(good), 0))
	f.Add([]byte("GET / HTTP/1.1"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ParseHeader(b)
		if err != nil {
			if !errors.Is(err, ErrMagic) && !errors.Is(err, ErrVersion) {
				t.Errorf("unexpected error %v", err)
			}
			return
		}
		if again := AppendHeader(nil, h); !bytes.Equal(again, b) {
			t.Errorf("% x was read as %+v, which is written % x", b, h, again)
		}
	})
}
