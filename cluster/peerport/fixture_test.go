package peerport

import (
	"encoding/hex"
	"errors"
	"testing"
)

// TestAHeaderOfVersion1IsReadForEver: the header opens every connection between nodes.
func TestAHeaderOfVersion1IsReadForEver(t *testing.T) {
	for text, want := range map[string]Header{
		"c95041520101010203040a0b0c0d": {Kind: KindRaft, Cluster: 0x01020304, Partition: 0x0a0b0c0d},
		"c9504152010201020304ffffffff": {Kind: KindLink, Cluster: 0x01020304, Partition: 0xffffffff},
		"c950415201830102030400000000": {Kind: KindHello, Cluster: 0x01020304, Introduced: true},
	} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseHeader(b); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestAHeaderOfANewerVersionIsRefused(t *testing.T) {
	b := AppendHeader(nil, Header{Kind: KindRaft, Cluster: 1, Partition: 2})
	b[4]++
	if h, err := ParseHeader(b); !errors.Is(err, ErrVersion) {
		t.Errorf("it was read as %+v, %v", h, err)
	}
}
