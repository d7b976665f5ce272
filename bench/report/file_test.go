package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARunReadsAsItWasWritten(t *testing.T) {
	for _, run := range []*Run{smallRun(), longRun(), {}} {
		var text bytes.Buffer
		if err := Encode(&text, run); err != nil {
			t.Fatal(err)
		}
		got, err := Read(&text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(run, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatIsNoRunIsRefused(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       error
	}{
		{"nothing", "", ErrInvalid},
		{"no JSON", "orders", ErrInvalid},
		{"something else", `{"version":1,"orders":3}`, ErrInvalid},
		{"another version", `{"version":2,"orders":3}`, ErrVersion},
		{"a system twice", `{"version":1,"comparisons":[{"systems":[{"name":"a"},{"name":"a"}]}]}`, ErrInvalid},
		{"an entry of nobody", `{"version":1,"comparisons":[{"works":[{"entries":[{"system":"a"}]}]}]}`, ErrInvalid},
		{"counts without an interval", `{"version":1,"replays":[{"throughput":[{"counts":[1]}]}]}`, ErrInvalid},
		{"latencies without an interval", `{"version":1,"replays":[{"latency":[{"operation":"hold"}]}]}`, ErrInvalid},
		{"refusals without an interval", `{"version":1,"replays":[{"refusals":[{"counts":[1]}]}]}`, ErrInvalid},
		{"a curve that falls", `{"version":1,"replays":[{"curves":[{"count":1,"points":[{"percentile":50,"micros":9},{"percentile":60,"micros":8}]}]}]}`, ErrInvalid},
		{"a curve without points", `{"version":1,"replays":[{"curves":[{"count":1}]}]}`, ErrInvalid},
	} {
		if _, err := Read(strings.NewReader(test.text)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestMergingKeepsEverythingAndJoinsAims(t *testing.T) {
	early, late := smallRun(), smallRun()
	early.Aims = []Aim{AtLeast("a", "f", 1, "×", SpreadOf(0.5)), AtLeast("b", "f", 1, "×", SpreadOf(2))}
	late.Aims = []Aim{AtLeast("a", "f", 1, "×", nil), AtLeast("a", "f", 2, "×", nil)}
	late.Aims[0].Limit = "the two cores"
	early.Notes, late.Notes = []string{"said twice"}, []string{"said twice"}
	late.Commands[0].StartedAt = late.Commands[0].StartedAt.Add(-1)
	late.Commands[0].Line = "ran first"
	r := Merge(early, late)
	if len(r.Commands) != 2 || r.Commands[0].Line != "ran first" || len(r.Replays) != 2 || len(r.Comparisons) != 2 || len(r.Notes) != 1 {
		t.Errorf("%d commands, %d replays, %d comparisons, %d notes", len(r.Commands), len(r.Replays), len(r.Comparisons), len(r.Notes))
	}
	if len(r.Aims) != 3 || r.Aims[0].Limit != "the two cores" || r.Aims[0].Measured == nil || r.Aims[0].Measured.Median != 0.5 {
		t.Errorf("aims: %+v", r.Aims)
	}
}

func TestTheExampleOfAFileOfLimitsIsRead(t *testing.T) {
	_, rest, _ := strings.Cut(read(t, "..", "..", "docs", "bench", "README.md"), "```json\n")
	example, _, _ := strings.Cut(rest, "```")
	run, err := Read(strings.NewReader(example))
	if err != nil || len(run.Aims) != 1 || run.Aims[0].Limit == "" {
		t.Errorf("%v, %+v", err, run)
	}
}
