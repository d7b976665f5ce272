package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/history"
)

// nodeLogs are logs of nodes that won elections: partition and term.
func nodeLogs(t *testing.T, wins map[string][][2]int) (paths []string) {
	for node, list := range wins {
		text := ""
		for _, w := range list {
			text += fmt.Sprintf("00:26:10.700 time=2026-11-22T00:26:10.700Z level=INFO msg=\"election won\" node=%s partition=%d component=raft term=%d tally=2\n", node, w[0], w[1])
		}
		path := filepath.Join(t.TempDir(), node+".log")
		if err := os.WriteFile(path, []byte("Raft says hello\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestTwoWinnersOfOneTermAreNamed(t *testing.T) {
	v, err := Judge(history.New(), Options{Logs: nodeLogs(t, map[string][][2]int{"n1": {{0, 2}, {1, 2}}, "n2": {{1, 2}}})})
	if err != nil {
		t.Fatal(err)
	}
	if v.Violations() != 1 || !strings.Contains(v.Elections.Details[0].Says, "both won the election of term 2") {
		t.Errorf("%+v", v.Elections)
	}
}

func TestOneWinnerOfEachTermIsAccepted(t *testing.T) {
	v, err := Judge(history.New(), Options{Logs: nodeLogs(t, map[string][][2]int{"n1": {{0, 2}, {1, 3}}, "n2": {{1, 2}, {0, 3}}})})
	if err != nil || v.Err() != nil || v.Elections.Checked != 4 {
		t.Errorf("%+v, %v", v.Elections, err)
	}
}

func TestALogThatIsNotThereIsNoVerdict(t *testing.T) {
	if _, err := Judge(history.New(), Options{Logs: []string{filepath.Join(t.TempDir(), "n1.log")}}); err == nil {
		t.Error("a verdict without the log")
	}
}
