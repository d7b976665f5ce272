package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// resolved parses args, environment and file as serve does.
func resolved(t *testing.T, file string, env map[string]string, args ...string) (*serveConfig, error) {
	t.Helper()
	cmd := &cobra.Command{}
	c, path := serveFlags(cmd)
	if file != "" {
		name := filepath.Join(t.TempDir(), "parterre.yaml")
		if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", name)
	}
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	err := c.resolve(cmd.Flags(), *path, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	return c, err
}

func TestAFlagIsStrongerThanTheEnvironmentThanTheFileThanTheDefault(t *testing.T) {
	file := "node: from-file\npartitions: 5\nlog-store: wal\nraft-heartbeat: 1s\n"
	env := map[string]string{"PARTERRE_NODE": "from-env", "PARTERRE_PARTITIONS": "7"}
	c, err := resolved(t, file, env, "--node", "from-flag")
	if err != nil {
		t.Fatal(err)
	}
	if c.Node != "from-flag" || c.Partitions != 7 || c.LogStore != "wal" || c.RaftHeartbeat != time.Second {
		t.Errorf("got node=%s partitions=%d log-store=%s heartbeat=%s", c.Node, c.Partitions, c.LogStore, c.RaftHeartbeat)
	}
	if want := defaultServeConfig().RaftElection; c.RaftElection != want {
		t.Errorf("a setting that nobody made is %s, want its default %s", c.RaftElection, want)
	}
}

func TestAnUnknownSettingInTheFileIsRefused(t *testing.T) {
	if _, err := resolved(t, "nod: n1\n", nil); err == nil || !strings.Contains(err.Error(), "nod") {
		t.Errorf("got %v, want an error that names the setting", err)
	}
}

func TestABadEnvironmentVariableIsNamed(t *testing.T) {
	_, err := resolved(t, "", map[string]string{"PARTERRE_PARTITIONS": "many"})
	if err == nil || !strings.Contains(err.Error(), "partitions") {
		t.Errorf("got %v, want an error that names the setting", err)
	}
}

func TestEverySettingThatBreaksARuleIsTold(t *testing.T) {
	c := defaultServeConfig()
	c.Node, c.LogStore, c.Partitions, c.RaftLease, c.Cluster = "n1", "paper", 0, time.Hour, "n2=127.0.0.1:1"
	err := c.validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, flag := range []string{"--log-store", "--partitions", "--raft-lease", "--cluster"} {
		if !strings.Contains(err.Error(), flag) {
			t.Errorf("%v\ndoes not name %s", err, flag)
		}
	}
}

func TestMembersOfTheClusterFlag(t *testing.T) {
	for _, test := range []struct{ cluster, wrong string }{
		{"n1=127.0.0.1:7001,n2=127.0.0.1:7002,n3=127.0.0.1:7003", ""},
		{"", ""},
		{"n2=127.0.0.1:7002", "does not name this node"},
		{"n1=127.0.0.1:7001,n1=127.0.0.1:7002", "twice"},
		{"n1=127.0.0.1:7001,n2=127.0.0.1:7001", "twice"},
		{"n1", "not name=host:port"},
		{"n1=here", "n1"},
	} {
		c := defaultServeConfig()
		c.Node, c.Cluster = "n1", test.cluster
		_, err := c.members()
		if test.wrong == "" && err != nil || test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)) {
			t.Errorf("--cluster %q: got %v, want %q", test.cluster, err, test.wrong)
		}
	}
}

func TestWhatConfigPrintsConfigReads(t *testing.T) {
	var out, errs strings.Builder
	if code := run(t.Context(), []string{"config", "print", "--node", "n1", "--raft-election", "1s"}, streams{&out, &errs}); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	c, err := resolved(t, out.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Node != "n1" || c.RaftElection != time.Second {
		t.Errorf("read back node=%s election=%s", c.Node, c.RaftElection)
	}
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"version"}, exitOK},
		{[]string{"sell-everything"}, exitUsage},
		{[]string{"serve", "--no-such-flag"}, exitUsage},
		{[]string{"config", "check"}, exitUsage}, // no --node
		{[]string{"config", "check", "--node", "n1"}, exitOK},
		{[]string{"status", "--endpoints", "http://127.0.0.1:1", "--timeout", "1s"}, exitUnreachable},
	} {
		var out, errs strings.Builder
		if got := run(t.Context(), test.args, streams{&out, &errs}); got != test.want {
			t.Errorf("%v: exit code %d, want %d (%s)", test.args, got, test.want, errs.String())
		}
	}
}
