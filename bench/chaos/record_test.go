package chaos

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/audit"
)

// aNight is the result of a night that held.
func aNight(seed uint64, store string) *Result {
	r := newResult(&Options{Seed: seed, Nodes: 3, LogStore: store})
	r.Loaded, r.Repeated = 90*time.Second, 7
	r.Audit, r.Judged = &audit.Verdict{Operations: 1000, Unknown: 2}, []RuleCount{{Name: "linearizable", Checked: 900}}
	for range 3 {
		r.injected(KillLeader, nil)
	}
	r.injected(NetSlow, nil)
	r.injected(NetSlow, errSkipped)
	for _, ms := range []time.Duration{30, 10, 20} {
		r.recovered(ms * time.Millisecond)
	}
	return r
}

func TestNightsAreSummedFromTheirRecords(t *testing.T) {
	var file, sum bytes.Buffer
	broken := aNight(2, "wal")
	broken.problem("n1 ended by itself")
	cut := aNight(4, "wal")
	cut.Audit = nil
	for _, r := range []*Result{aNight(1, "bolt"), broken, cut} {
		if err := r.Record(&Options{Netns: r == broken, OldBinary: "old"}, "parterre bench chaos").Write(&file); err != nil {
			t.Fatal(err)
		}
	}
	records, err := ReadRecords(&file)
	if err != nil || len(records) != 3 {
		t.Fatal(records, err)
	}
	PrintSum(&sum, records)
	for _, want := range []string{
		"| 1 | 3 | bolt | proxy, two versions | 1.5 | 4 | 1000 | 2 | 3 | 20 ms, 30 ms | held |",
		"| 2 | 3 | wal | namespaces, two versions | 1.5 | 4 | 1000 | 2 | 3 | 20 ms, 30 ms | **BROKEN** |",
		"| 4 | 3 | wal | proxy, two versions | 1.5 | 4 | 0 | 0 | 3 | 20 ms, 30 ms | no verdict |",
		"| 3 runs | | | | 4.5 | 12 | 2000 | 4 | 9 | | |",
		"| fault | injected | bolt | wal | skipped |", "| kill-leader | 9 | 3 | 6 | 0 |", "| net-slow | 3 | 1 | 2 | 3 |",
		"| linearizable | judge | 2700 | 0 |", "| a retry gets the same answer | the load | 21 | |",
		"| anything else that a run complained of | all of them | | 1 |",
	} {
		if !strings.Contains(sum.String(), want+"\n") {
			t.Errorf("%q is missing in\n%s", want, sum.String())
		}
	}
}

func TestARecordThatWasCutOffIsAnError(t *testing.T) {
	if _, err := ReadRecords(strings.NewReader(`{"seed":1}` + "\n" + `{"seed":`)); err == nil {
		t.Error("half a record was read")
	}
}

func TestWhatOneFaultFeltLikeIsATable(t *testing.T) {
	r := aNight(5, "bolt")
	r.Felt = []*Felt{
		{Windows: []Window{{Gap: 90 * time.Millisecond, Operations: 100}}},
		{Kind: KillLeader, Windows: []Window{
			{Gap: 400 * time.Millisecond, Operations: 100, Failed: 1, Again: 5},
			{Gap: 300 * time.Millisecond, Operations: 100, Again: 5},
			{Gap: time.Second, Operations: 200},
		}},
	}
	var sum bytes.Buffer
	PrintSum(&sum, []*Record{r.Record(&Options{}, "")})
	for _, want := range []string{
		"| none | 1 | 90ms | 90ms | 100 | 0 (0.000 %) | 0.00 % |", "| kill-leader | 3 | 400ms | 1s | 400 | 1 (0.250 %) | 2.50 % |",
	} {
		if !strings.Contains(sum.String(), want+"\n") {
			t.Errorf("%q is missing in\n%s", want, sum.String())
		}
	}
}
