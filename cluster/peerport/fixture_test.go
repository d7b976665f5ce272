package peerport

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/v1 anew: only before a version is released")

// fixture reads the bytes of a file of testdata/v1, or with -update writes them first.
func fixture(t *testing.T, name string, now []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", "v1", name+".hex")
	if *update {
		if err := os.WriteFile(path, []byte(hex.EncodeToString(now)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The header opens every connection between nodes.
func TestHeadersOfVersion1AreReadForEver(t *testing.T) {
	for name, want := range map[string]Header{
		"header-raft":  {Kind: KindRaft, Cluster: 0x01020304, Partition: 0x0a0b0c0d},
		"header-link":  {Kind: KindLink, Cluster: 0x01020304, Partition: 0xffffffff},
		"header-hello": {Kind: KindHello, Cluster: 0x01020304, Introduced: true},
	} {
		b := fixture(t, name, AppendHeader(nil, want))
		if got, err := ParseHeader(b); err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if now := AppendHeader(nil, want); !bytes.Equal(now, b) {
			t.Errorf("%s is written as %x now, it was %x", name, now, b)
		}
	}
}

func TestAnIntroductionOfVersion1IsReadForEver(t *testing.T) {
	want := Introduction{From: "n1", To: "n2", Directory: 0x0102030405060708}
	b := fixture(t, "introduction", AppendIntroduction(nil, want))
	if got, err := ReadIntroduction(bytes.NewReader(b)); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if now := AppendIntroduction(nil, want); !bytes.Equal(now, b) {
		t.Errorf("it is written as %x now, it was %x", now, b)
	}
}

func TestAHeaderOfANewerVersionIsRefused(t *testing.T) {
	b := AppendHeader(nil, Header{Kind: KindRaft, Cluster: 1, Partition: 2})
	b[4]++
	if h, err := ParseHeader(b); !errors.Is(err, ErrVersion) {
		t.Errorf("it was read as %+v, %v", h, err)
	}
}
