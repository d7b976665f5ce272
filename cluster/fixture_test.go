package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/raftlog"
)

// nodeFile is what a founder of version 1 had in its folder.
const nodeFile = `{
  "format": 1,
  "node": "n1",
  "cluster": "ID",
  "partitions": 3,
  "members": [
    {
      "node": "n1",
      "peer": "127.0.0.1:1"
    },
    {
      "node": "n2",
      "peer": "127.0.0.1:2"
    }
  ],
  "log_store": "wal",
  "stage": "formed"
}
`

// nodeFileID is the id that version 1 made of these members: it stands on the wire, too.
const nodeFileID = "6e6742b213a0311aab95adc6ca4ea6c2"

func TestANodesFileOfVersion1IsReadForEver(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, metaFile)
	if err := os.WriteFile(path, []byte(strings.Replace(nodeFile, "ID", nodeFileID, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := readMeta(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := &meta{
		Node: "n1", Cluster: nodeFileID, Partitions: 3, LogStore: "wal", Stage: stageFormed,
		Members: []raftlog.Member{{Node: "n1", Peer: "127.0.0.1:1"}, {Node: "n2", Peer: "127.0.0.1:2"}},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	if err := m.write(dir); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != strings.Replace(nodeFile, "ID", nodeFileID, 1) {
		t.Errorf("it is written differently now: %s, %v", b, err)
	}
}

func TestANodesFileOfANewerVersionIsRefused(t *testing.T) {
	for _, change := range [][2]string{{`"format": 1`, `"format": 2`}, {`"stage": "formed"`, `"stage": "frozen"`}, {`"log_store"`, `"moons": 2, "log_store"`}} {
		dir := t.TempDir()
		text := strings.Replace(strings.Replace(nodeFile, "ID", nodeFileID, 1), change[0], change[1], 1)
		if err := os.WriteFile(filepath.Join(dir, metaFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if m, err := readMeta(dir); err == nil {
			t.Errorf("%s was read as %+v", change[1], m)
		}
	}
}
