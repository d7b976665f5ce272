package cluster

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/raftlog"
)

var update = flag.Bool("update", false, "write testdata/v1 anew: only before a version is released")

// fixture reads a file of testdata/v1, or with -update writes it first.
func fixture(t testing.TB, name string, now []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", "v1", name)
	if *update && now != nil {
		if err := os.WriteFile(path, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// nodeFileID is the id that version 1 made of the founders n1 and n2: it stands on the wire, too.
const nodeFileID = "6e6742b213a0311aab95adc6ca4ea6c2"

// nodeFiles are what nodes of version 1 have in their folders: a founder's, and one of a cluster whose members have changed.
func nodeFiles() map[string]*meta {
	founders := []raftlog.Member{{Node: "n1", Peer: "127.0.0.1:1"}, {Node: "n2", Peer: "127.0.0.1:2"}}
	return map[string]*meta{
		"node-founder.json": {Node: "n1", Cluster: nodeFileID, Partitions: 3, LogStore: "wal", Stage: stageFormed, Members: founders},
		"node-joined.json": {
			Node: "n3", Cluster: nodeFileID, Partitions: 3, LogStore: "bolt", Stage: stageJoining, Members: founders,
			Directory: changedDirectory(),
		},
	}
}

func changedDirectory() *directory {
	return &directory{
		Version: 4,
		Members: []memberEntry{
			{Node: "n1", Peer: "127.0.0.1:1", Role: RoleVoter, State: MemberVoter},
			{Node: "n3", Peer: "127.0.0.1:3", HTTP: "127.0.0.1:8083", Role: RoleVoter, State: MemberPromoting},
			{Node: "g1", Peer: "127.0.0.1:4", HTTP: "127.0.0.1:8084", Role: RoleGateway, State: MemberGateway},
		},
		Removed: []removedName{{Node: "n2", AtMillis: 1_790_000_000_000}},
	}
}

func TestNodesFilesOfVersion1AreReadForEver(t *testing.T) {
	for name, want := range nodeFiles() {
		dir := t.TempDir()
		if err := want.write(dir); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, metaFile)
		written, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := fixture(t, name, written)
		if !bytes.Equal(written, text) {
			t.Errorf("%s is written differently now: %s", name, written)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readMeta(dir)
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestANodesFileOfANewerVersionIsRefused(t *testing.T) {
	founder := string(fixture(t, "node-founder.json", nil))
	for _, change := range [][2]string{{`"format": 1`, `"format": 2`}, {`"stage": "formed"`, `"stage": "frozen"`}, {`"log_store"`, `"moons": 2, "log_store"`}} {
		dir := t.TempDir()
		text := strings.Replace(founder, change[0], change[1], 1)
		if text == founder {
			t.Fatalf("%s does not stand in the file", change[0])
		}
		if err := os.WriteFile(filepath.Join(dir, metaFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if m, err := readMeta(dir); err == nil {
			t.Errorf("%s was read as %+v", change[1], m)
		}
	}
}

// messages are what nodes of version 1 tell each other over a link.
func messages() map[string]*message {
	return map[string]*message{
		"message-report.json":   {Report: exampleReport()},
		"message-transfer.json": {Transfer: &transferOrder{Partition: 2, To: "n2"}},
		"message-order.json": {Order: &memberOrder{
			Kind: orderAdd, Node: "n4", Peer: "127.0.0.1:4", HTTP: "127.0.0.1:8084", Role: RoleVoter,
		}},
	}
}

func exampleReport() *report {
	return &report{
		Node: "n1", HTTP: "127.0.0.1:8081", Version: "v1", ClockMillis: 1_790_000_000_000, Ready: true, Draining: true, ClockOff: true,
		Members: true,
		Partitions: []partitionReport{
			{Applied: 7, Committed: 8, HashIndex: 5, Hash: 1 << 63, Leader: "n1", Term: 3, Leads: true, Settled: 4, Pinned: "n2", PinnedMillis: 900},
			{Applied: 6, Committed: 6, Leader: "n2", Term: 2, Halted: "an entry that cannot be read"},
		},
	}
}

// replies are what they answer.
func replies() map[string]*reply {
	return map[string]*reply{
		"reply-report.json":  {Report: exampleReport()},
		"reply-removed.json": {Error: "n2 was removed", Removed: true},
		"reply-refusal.json": {Refusal: refused(MemberNotCaughtUp, "n4 cannot vote yet: it does not answer")},
	}
}

func TestMessagesOfVersion1AreReadForEver(t *testing.T) {
	for name, want := range messages() {
		var got message
		if err := decodeMessage(fixture(t, name, encoded(t, want)), &got); err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(want, &got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, want := range replies() {
		var got reply
		if err := decodeMessage(fixture(t, name, encoded(t, want)), &got); err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(want, &got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	b, err := encodeMessage(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheMembersInALogOfVersion1AreReadForEver(t *testing.T) {
	want := changedDirectory()
	written, err := want.value()
	if err != nil {
		t.Fatal(err)
	}
	got, err := directoryOf(raftlog.Register{Version: want.Version, Value: fixture(t, "register.json", written)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAGreetingOfVersion1IsReadForEver(t *testing.T) {
	want := hello{Format: 1, Node: "n1", Cluster: nodeFileID, Partitions: 3, Stage: stageBootstrapped}
	var b bytes.Buffer
	if err := writeHello(&b, want); err != nil {
		t.Fatal(err)
	}
	text := fixture(t, "greeting.hex", []byte(hex.EncodeToString(b.Bytes())+"\n"))
	frame, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readHello(bytes.NewReader(frame)); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}
