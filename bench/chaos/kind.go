package chaos

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is a kind of fault.
type Kind string

// The kinds. What one does, and to whom, stands beside it; "leader" is that of a partition that the schedule names.
const (
	KillLeader   Kind = "kill-leader"   // SIGKILL, and a new start after a while
	KillFollower Kind = "kill-follower" // the same of a node that does not lead that partition
	KillMajority Kind = "kill-majority" // the same of the fewest nodes without which nothing is decided
	KillAll      Kind = "kill-all"      // the same of all at once
	StopLeader   Kind = "stop-leader"   // SIGSTOP, and SIGCONT after 0.1 to 10 s
	StopFollower Kind = "stop-follower"
	StopMajority Kind = "stop-majority"
	TermOne      Kind = "term-one"     // SIGTERM: drain, exit, and a new start
	TermRolling  Kind = "term-rolling" // the same of all, one after another

	Transfer Kind = "transfer" // leadership of a partition to another node, by the API
	Snapshot Kind = "snapshot" // a snapshot of all partitions of a node, by the API

	NetIsolate Kind = "net-isolate" // the leader is cut off, both ways
	NetSilent  Kind = "net-silent"  // nothing that the leader sends arrives; it hears the others
	NetDeaf    Kind = "net-deaf"    // the leader hears nothing; what it sends arrives
	NetPair    Kind = "net-pair"    // two nodes are cut off from each other
	NetFlap    Kind = "net-flap"    // the leader is cut off and back, again and again
	NetSlow    Kind = "net-slow"    // latency with jitter, and a narrow line, on all ways
	NetTrickle Kind = "net-trickle" // all ways of a node carry a few bytes at a time
	NetTear    Kind = "net-tear"    // connections of a node are reset in the middle of frames
	NetRefuse  Kind = "net-refuse"  // no new connections of a node
	NetSplit   Kind = "net-split"   // every node is cut off from every other

	DiskSlow     Kind = "disk-slow"      // every access waits
	DiskHang     Kind = "disk-hang"      // until the node stops itself
	DiskEIO      Kind = "disk-eio"       // a write fails
	DiskEIOFsync Kind = "disk-eio-fsync" // a write is there, and its fsync fails
	DiskFull     Kind = "disk-full"      // ENOSPC
	DiskLose     Kind = "disk-lose"      // what is not fsynced is in memory only, and the node is killed
	DiskFill     Kind = "disk-fill"      // the node's file system is full: no wrapper's, the kernel's. Needs Options.Loop

	MemberReplace Kind = "member-replace" // a node is lost with its disk, removed, and another joins and votes in its place
	MemberExtra   Kind = "member-extra"   // one more node joins and votes, and is removed again

	ClockStep  Kind = "clock-step"  // up to maxClockOffset off at once, and back
	ClockDrift Kind = "clock-drift" // faster or slower, and back
)

// groups are words for several kinds.
var groups = map[string][]Kind{
	"kill":     {KillLeader, KillFollower, KillMajority, KillAll},
	"stop":     {StopLeader, StopFollower, StopMajority},
	"term":     {TermOne, TermRolling},
	"operator": {Transfer, Snapshot},
	"net":      {NetIsolate, NetSilent, NetDeaf, NetPair, NetFlap, NetSlow, NetTrickle, NetTear, NetRefuse, NetSplit},
	"disk":     {DiskSlow, DiskHang, DiskEIO, DiskEIOFsync, DiskFull, DiskLose},
	"clock":    {ClockStep, ClockDrift},
	"member":   {MemberReplace, MemberExtra},
}

// groupOrder is the order in which kinds are listed.
var groupOrder = []string{"kill", "stop", "term", "operator", "net", "disk", "clock", "member"}

// onLoop are the kinds that need file systems of the nodes' own. No word for several kinds means them: not every machine
// allows them.
var onLoop = []Kind{DiskFill}

// Kinds are all kinds that need nothing special of the machine.
func Kinds() []Kind {
	var all []Kind
	for _, g := range groupOrder {
		all = append(all, groups[g]...)
	}
	return all
}

// named are all kinds that have a name of their own.
func named() []Kind { return append(Kinds(), onLoop...) }

// ParseKinds reads kinds and groups of kinds, separated by commas; "all" is every one, and "-kind" takes one out again.
func ParseKinds(text string) ([]Kind, error) {
	var chosen []Kind
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		less := strings.HasPrefix(word, "-")
		word = strings.TrimPrefix(word, "-")
		some := groups[word]
		switch {
		case word == "all":
			some = Kinds()
		case slices.Contains(named(), Kind(word)):
			some = []Kind{Kind(word)}
		case some == nil:
			return nil, fmt.Errorf("%w: %q; known are all, the groups %s, and %v", ErrKind, word, strings.Join(groupOrder, ", "), named())
		}
		for _, k := range some {
			at := slices.Index(chosen, k)
			switch {
			case less && at >= 0:
				chosen = slices.Delete(chosen, at, at+1)
			case !less && at < 0:
				chosen = append(chosen, k)
			}
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("%w: none is left", ErrKind)
	}
	return chosen, nil
}
