package cluster

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/raftlog"
)

func founderConfig(dir string) Config {
	return Config{
		Node: "n1", Dir: dir, Partitions: 3,
		Members: []raftlog.Member{{Node: "n1", Peer: "127.0.0.1:1"}, {Node: "n2", Peer: "127.0.0.1:2"}},
	}
}

func makeFolder(t *testing.T, s stage) Config {
	t.Helper()
	c := founderConfig(t.TempDir())
	f, err := openFolder(&c)
	if err != nil {
		t.Fatal(err)
	}
	defer f.unlock()
	if err := f.advance(s); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAFolderRemembersItsNode(t *testing.T) {
	c := makeFolder(t, stageFormed)
	c.Members, c.Partitions = nil, 0 // bootstrap settings may be left out once there is data
	f, err := openFolder(&c)
	if err != nil {
		t.Fatal(err)
	}
	defer f.unlock()
	want := founderConfig("")
	id, _ := clusterID(want.Members, 3)
	if diff := cmp.Diff(&meta{
		Node: "n1", Cluster: id, Partitions: 3, Members: want.Members, LogStore: "bolt", Stage: stageFormed,
	}, f.meta); diff != "" {
		t.Error(diff)
	}
}

func TestAFolderThatIsNotThisNodesIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		words  string
	}{
		"other node":       {func(c *Config) { c.Node = "n2" }, "belongs to node n1, and this is node n2"},
		"other cluster":    {func(c *Config) { c.Members[1].Peer = "127.0.0.1:3" }, "the members named now are another cluster's"},
		"other partitions": {func(c *Config) { c.Partitions = 4 }, "has 3 partitions, and 4 were asked for"},
		"other log store":  {func(c *Config) { c.LogStore = "wal" }, `keeps its log in the store "bolt", and "wal" was asked for`},
	} {
		t.Run(name, func(t *testing.T) {
			c := makeFolder(t, stageFormed)
			test.change(&c)
			wantRefusal(t, c, test.words)
		})
	}
}

func wantRefusal(t *testing.T, c Config, words string) {
	t.Helper()
	f, err := openFolder(&c)
	if err == nil {
		f.unlock()
		t.Fatal("the folder was taken")
	}
	var refusal *StartError
	if !errors.As(err, &refusal) || refusal.Remedy == "" || !strings.Contains(err.Error(), words) {
		t.Errorf("want a StartError with a remedy that says %q, got %q", words, err)
	}
}

func TestAFolderInUseIsRefused(t *testing.T) {
	c := founderConfig(t.TempDir())
	f, err := openFolder(&c)
	if err != nil {
		t.Fatal(err)
	}
	defer f.unlock()
	wantRefusal(t, c, "in use by another process")
}

func TestAnEmptyFolderWithoutMembersIsRefused(t *testing.T) {
	c := founderConfig(t.TempDir())
	c.Members = nil
	wantRefusal(t, c, "no members were named")
}

func TestPartitionsOfNobodyAreRefused(t *testing.T) {
	c := founderConfig(t.TempDir())
	if err := os.MkdirAll(groupDir(c.Dir, 0), 0o700); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, c, "it is not known whose they are")
}

func TestADamagedFileIsRefused(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"cut":           func(b []byte) []byte { return b[:len(b)/2] },
		"empty":         func([]byte) []byte { return nil },
		"newer":         func(b []byte) []byte { return []byte(strings.Replace(string(b), `"format": 1`, `"format": 2`, 1)) },
		"unknown field": func(b []byte) []byte { return []byte(strings.Replace(string(b), `"format"`, `"formatt"`, 1)) },
		"edited": func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"partitions": 3`, `"partitions": 4`, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := makeFolder(t, stageFormed)
			path := filepath.Join(c.Dir, metaFile)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			wantRefusal(t, c, "is damaged or of a newer version")
		})
	}
}

// A crash while the file is replaced leaves the old one, and a piece of the new one beside it.
func TestAHalfWrittenFileChangesNothing(t *testing.T) {
	c := makeFolder(t, stageBootstrapped)
	if err := os.WriteFile(filepath.Join(c.Dir, metaFile+".new"), []byte(`{"format"`), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := openFolder(&c)
	if err != nil {
		t.Fatal(err)
	}
	defer f.unlock()
	if f.stage != stageBootstrapped {
		t.Errorf("stage %s", f.stage)
	}
	if err := f.advance(stageFormed); err != nil {
		t.Fatal(err)
	}
}

func TestBadSettingsAreRefusedInWords(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		words  string
	}{
		"no name":         {func(c *Config) { c.Node = "" }, "the node's name"},
		"strange name":    {func(c *Config) { c.Node = "n 1" }, "the node's name"},
		"not a member":    {func(c *Config) { c.Node = "n3" }, "not among the members"},
		"same name twice": {func(c *Config) { c.Members[1].Node = "n1" }, "two members are named n1"},
		"same address":    {func(c *Config) { c.Members[1].Peer = c.Members[0].Peer }, "two members have the address"},
		"no port":         {func(c *Config) { c.Members[1].Peer = "localhost" }, "is not host:port"},
		"partitions":      {func(c *Config) { c.Partitions = 65 }, "1 to 64 are possible"},
		"no folder":       {func(c *Config) { c.Dir = "" }, "no data folder"},
	} {
		t.Run(name, func(t *testing.T) {
			c := founderConfig(t.TempDir())
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			c.Listener = l
			test.change(&c)
			_, err = Start(t.Context(), c)
			var refusal *StartError
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), test.words) {
				t.Errorf("want a StartError that says %q, got %v", test.words, err)
			}
			if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the listener is left open: %v", err)
			}
		})
	}
}
