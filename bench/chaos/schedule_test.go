package chaos

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/chaos/proxy"
)

func TestASeedMakesTheSameScheduleForEver(t *testing.T) {
	s := Schedule{Seed: 7, Kinds: Kinds(), Partitions: 3}
	// The second round by itself: it does not depend on the first.
	const want = "round 2, "
	got := s.Round(2).String()
	if !strings.HasPrefix(got, want) || got != s.Round(2).String() {
		t.Fatal(got)
	}
	if first := strings.SplitN(got, "\n", 3)[1]; first != firstFaultOfSeed7 {
		t.Errorf("the first fault is %q; schedules that are published would not be made again", first)
	}
	other := s
	other.Seed = 8
	if other.Round(2).String() == got {
		t.Error("another seed makes the same round")
	}
}

func TestEveryKindComesUp(t *testing.T) {
	seen := map[Kind]bool{}
	s := Schedule{Seed: 1, Kinds: Kinds(), Partitions: 3}
	for n := range 100 {
		for _, f := range s.Round(n + 1).Faults {
			seen[f.Kind] = true
		}
	}
	for _, k := range Kinds() {
		if !seen[k] {
			t.Errorf("%s never came up in 100 rounds", k)
		}
	}
}

func TestNoKindComesTwiceInARoundBeforeAllHaveComeOnce(t *testing.T) {
	s := Schedule{Seed: 2, Kinds: Kinds(), Partitions: 3, Gap: 100 * time.Millisecond}
	for n := range 30 {
		counts := map[Kind]int{}
		for i, f := range s.Round(n + 1).Faults {
			if counts[f.Kind]++; counts[f.Kind] > 1+i/len(s.Kinds) {
				t.Errorf("round %d: the %dth fault is %s for the %dth time", n+1, i+1, f.Kind, counts[f.Kind])
			}
		}
	}
}

func TestMostFoundersBeginOnTheOlderVersion(t *testing.T) {
	for count, want := range map[int]string{3: "old old  ", 5: "old old old   "} {
		o, got := Options{Nodes: count, OldBinary: "old"}, ""
		for _, n := range []string{"n1", "n2", "n3", "n4", "n5"}[:count] {
			got += o.binaryOf(n) + " "
		}
		if got != want {
			t.Errorf("%d nodes: %q, want %q", count, got, want)
		}
	}
}

func TestFaultsOfARoundAloneDoNotOverlap(t *testing.T) {
	s := Schedule{Seed: 3, Kinds: Kinds(), Partitions: 3}
	alone, together := 0, 0
	for n := range 50 {
		r := s.Round(n + 1)
		if len(r.Faults) == 0 || len(r.Faults) > maxRoundPlan {
			t.Fatalf("round %d has %d faults", r.Number, len(r.Faults))
		}
		if !r.Alone {
			together++
			continue
		}
		alone++
		for i, f := range r.Faults[1:] {
			if before := r.Faults[i]; f.At < before.At+before.For {
				t.Errorf("round %d: %s begins before %s is over", r.Number, f, before)
			}
		}
	}
	if alone == 0 || together == 0 {
		t.Errorf("%d rounds alone, %d together", alone, together)
	}
}

func TestStopsLastFromATenthOfASecondToTen(t *testing.T) {
	s := Schedule{Seed: 5, Kinds: []Kind{StopLeader}, Partitions: 3}
	least, most := time.Hour, time.Duration(0)
	for n := range 200 {
		for _, f := range s.Round(n + 1).Faults {
			least, most = min(least, f.For), max(most, f.For)
		}
	}
	if least < 100*time.Millisecond || most > 10*time.Second || most < 5*time.Second {
		t.Errorf("from %s to %s", least, most)
	}
}

func TestKindsAreNamedByGroupsAndLeftOut(t *testing.T) {
	got, err := ParseKinds("kill, net-slow,-kill-all,snapshot")
	if err != nil || !slices.Equal(got, []Kind{KillLeader, KillFollower, KillMajority, NetSlow, Snapshot}) {
		t.Error(got, err)
	}
	for _, bad := range []string{"", "earthquake", "kill,-kill"} {
		if _, err := ParseKinds(bad); !errors.Is(err, ErrKind) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAFaultThatNeedsLoopDevicesIsMeantByItsNameOnly(t *testing.T) {
	all, err := ParseKinds("all,disk")
	if err != nil || slices.Contains(all, DiskFill) {
		t.Error(all, err)
	}
	kinds, err := ParseKinds("kill-all,disk-fill")
	if err != nil || !slices.Equal(kinds, []Kind{KillAll, DiskFill}) {
		t.Fatal(kinds, err)
	}
	o := Options{Nodes: 3, Kinds: kinds, Duration: time.Second, Singles: 1}
	if err := o.check(); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), "disk-fill") {
		t.Errorf("without file systems of the nodes' own: %v", err)
	}
	o.Loop = true
	if err := o.check(); err != nil {
		t.Error(err)
	}
}

// recorded are wires that note what is set.
type recorded struct {
	wires
	rules map[way]proxy.Rule
}

func (r *recorded) Set(from, to string, rule proxy.Rule) { r.rules[way{from, to}] = rule }
func (r *recorded) Heal()                                { clear(r.rules) }

func TestAWayIsAsBadAsAllFaultsThatLieOnIt(t *testing.T) {
	r := &recorded{rules: map[way]proxy.Rule{}}
	n, ab, ba := newNetwork(r), way{"a", "b"}, way{"b", "a"}
	slow := proxy.Rule{Delay: time.Second, PieceBytes: 10}
	lift := n.lay(slow, ab, ba)
	over := n.lay(proxy.Rule{Block: true, PieceBytes: 3}, ab)
	if r.rules[ab] != (proxy.Rule{Block: true, Delay: time.Second, PieceBytes: 3}) || r.rules[ba] != slow {
		t.Errorf("%+v", r.rules)
	}
	over()
	if r.rules[ab] != slow {
		t.Errorf("%+v", r.rules)
	}
	lift()
	if r.rules[ab] != (proxy.Rule{}) {
		t.Errorf("%+v", r.rules)
	}
}

// firstFaultOfSeed7 is the first fault of the second round that seed 7 makes of all kinds.
const firstFaultOfSeed7 = "  kill-all at 200ms for 612ms (partition 1, pick 412862911, strength 481)"
