package cluster_test

import (
	"strings"
	"testing"

	"github.com/parterre/parterre/cluster/clustertest"
)

// What a peer says is looked at before it is believed.
func TestReportsOfStrangersAreNotBelieved(t *testing.T) {
	c := clustertest.Start(t, 2)
	n := c.Node(0)
	three := `[{},{},{}]`
	for name, payload := range map[string]string{
		"garbage":          `{"report":`,
		"nothing":          ``,
		"a stranger":       `{"report":{"node":"n9","partitions":` + three + `}}`,
		"itself":           `{"report":{"node":"n1","partitions":` + three + `}}`,
		"other partitions": `{"report":{"node":"n2","partitions":[{}]}}`,
		"a newer message":  `{"gift":{}}`,
		"too much":         `{"report":{"node":"` + strings.Repeat("n", 70_000) + `"}}`,
		"no such transfer": `{"transfer":{"partition":7,"to":"n2"}}`,
		"no such node":     `{"transfer":{"partition":0,"to":"n9"}}`,
	} {
		if got := n.Answer(payload); !strings.HasPrefix(got, `{"error":`) {
			t.Errorf("%s: answered %s", name, got)
		}
	}
	c.WaitReady()
	if got := n.Answer(`{"report":{"node":"n2","partitions":` + three + `,"new_field":1}}`); !strings.HasPrefix(got, `{"report":{"node":"n1"`) {
		t.Errorf("a peer's report is answered by %s", got)
	}
}
