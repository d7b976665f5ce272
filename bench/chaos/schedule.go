package chaos

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Fault is one fault of a schedule. Who it meets is decided when it is its turn: nobody knows before who leads then.
type Fault struct {
	Kind Kind
	At   time.Duration // since the round's start
	For  time.Duration // how long it lasts; of a kill, how long the node is away
	// Partition is the partition whose leader or follower is meant, and Pick chooses among several nodes.
	Partition uint32
	Pick      uint32
	// Strength is the fault's own measure, 0 to 999: how slow, how far off, after how many bytes.
	Strength int

	place place // in the line for nodes, once it is due
}

func (f Fault) String() string {
	return fmt.Sprintf("%s at %s for %s (partition %d, pick %d, strength %d)", f.Kind, f.At, f.For, f.Partition, f.Pick, f.Strength)
}

// Round is a stretch of faults that begins and ends with a sound cluster.
type Round struct {
	Number int
	// Alone says that no two faults of the round overlap by its plan.
	Alone  bool
	Faults []Fault
}

func (r Round) String() string {
	var b strings.Builder
	way := "together"
	if r.Alone {
		way = "alone"
	}
	fmt.Fprintf(&b, "round %d, %s", r.Number, way)
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "\n  %s", f)
	}
	return b.String()
}

// Schedule makes the rounds of a run. Equal schedules make equal rounds, on every machine.
type Schedule struct {
	Seed       uint64
	Kinds      []Kind
	Partitions uint32
	// Length is about how long faults of one round begin; 0 = roundLength.
	Length time.Duration
	// Gap is the mean time between two faults that may overlap; 0 = togetherGap.
	Gap time.Duration
	// Alone is how many of 100 rounds have one fault at a time; 0 = aloneShare.
	Alone int
}

// How rounds are made.
const (
	roundLength  = 12 * time.Second
	aloneShare   = 40
	aloneGap     = 600 * time.Millisecond
	togetherGap  = 700 * time.Millisecond
	maxRoundPlan = 64 // faults in a round
)

// Round makes a round; rounds of one schedule do not depend on each other.
func (s Schedule) Round(number int) Round {
	random := rand.New(rand.NewPCG(s.Seed, uint64(number)))
	length := s.Length
	if length <= 0 {
		length = roundLength
	}
	gap := s.Gap
	if gap <= 0 {
		gap = togetherGap
	}
	alone := s.Alone
	if alone <= 0 {
		alone = aloneShare
	}
	r := Round{Number: number, Alone: random.IntN(100) < alone}
	var deck []Kind
	for at := 200 * time.Millisecond; at < length && len(r.Faults) < maxRoundPlan; {
		if len(deck) == 0 { // every kind once before any comes twice: counts of kinds stay close
			deck = slices.Clone(s.Kinds)
			random.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		}
		f := Fault{
			Kind: deck[0], At: at.Round(time.Millisecond),
			Partition: random.Uint32N(max(1, s.Partitions)), Pick: random.Uint32(), Strength: random.IntN(1000),
		}
		deck = deck[1:]
		f.For = duration(f.Kind, random)
		r.Faults = append(r.Faults, f)
		if r.Alone {
			at += f.For + aloneGap
		} else {
			at += time.Duration(random.ExpFloat64() * float64(gap))
		}
	}
	return r
}

// duration is how long a fault of a kind lasts: mostly short, seldom long.
func duration(k Kind, random *rand.Rand) time.Duration {
	least, most := 100*time.Millisecond, 2*time.Second
	switch k {
	case KillLeader, KillFollower, KillMajority, KillAll, DiskEIO, DiskEIOFsync, DiskFull, DiskLose:
		least, most = 0, 800*time.Millisecond
	case StopLeader, StopFollower, StopMajority:
		most = 1500 * time.Millisecond
		if random.IntN(12) == 0 {
			least, most = 2*time.Second, 10*time.Second
		}
	case Transfer, Snapshot, TermOne, TermRolling, DiskHang, MemberExtra:
		return 0 // as long as it takes
	case MemberReplace:
		least, most = 0, time.Second // until anybody does anything about it
	case NetIsolate, NetSilent, NetDeaf, NetPair, NetSplit:
		if random.IntN(10) == 0 {
			least, most = 2*time.Second, 6*time.Second
		}
	}
	return (least + time.Duration(random.Int64N(int64(most-least)+1))).Round(time.Millisecond)
}
