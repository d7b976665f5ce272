package disk_test

import (
	"errors"
	"testing"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk"
	"github.com/parterre/parterre/raftlog/disk/diskfault"
)

var (
	voteTerm = []byte("LastVoteTerm")
	voteCand = []byte("LastVoteCand")
	current  = []byte("CurrentTerm")
	errCrash = errors.New("crashed here")
)

// castVote writes a vote as raft v1.7.3 does (persistVote).
func castVote(t *testing.T, stable raft.StableStore, term uint64, candidate string) {
	t.Helper()
	if err := errors.Join(stable.SetUint64(voteTerm, term), stable.Set(voteCand, []byte(candidate))); err != nil {
		t.Fatalf("vote: %v", err)
	}
}

func wantVote(t *testing.T, stable raft.StableStore, term uint64, candidate string) {
	t.Helper()
	gotTerm, err1 := stable.GetUint64(voteTerm)
	gotCandidate, err2 := stable.Get(voteCand)
	if err := errors.Join(err1, err2); err != nil || gotTerm != term || string(gotCandidate) != candidate {
		t.Fatalf("vote is for %q in term %d (%v), want %q in term %d", gotCandidate, gotTerm, err, candidate, term)
	}
}

func TestNoVoteReadsAsNotFound(t *testing.T) {
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt})
	// Raft compares the text.
	if _, err := s.Stable.GetUint64(voteTerm); err == nil || err.Error() != "not found" {
		t.Fatalf("term: %v", err)
	}
	if _, err := s.Stable.Get(voteCand); err == nil || err.Error() != "not found" {
		t.Fatalf("candidate: %v", err)
	}
}

func TestACandidateWithoutATermIsRefused(t *testing.T) {
	s := open(t, disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt})
	if err := s.Stable.Set(voteCand, []byte("n2")); !errors.Is(err, disk.ErrVoteOrder) {
		t.Fatalf("Set says: %v", err)
	}
	castVote(t, s.Stable, 4, "n2")
	if err := s.Stable.Set(voteCand, []byte("n3")); !errors.Is(err, disk.ErrVoteOrder) {
		t.Fatalf("second Set says: %v", err)
	}
	wantVote(t, s.Stable, 4, "n2")
}

func TestAnUnchangedTermCostsNoWrite(t *testing.T) {
	var faults diskfault.Faults
	var told []uint64
	s := open(t, disk.Options{
		Dir: t.TempDir(), Kind: disk.KindBolt, Wrap: faults.Wrap(),
		OnTerm: func(term uint64) { told = append(told, term) },
	})
	for _, term := range []uint64{7, 7, 8, 8} {
		if err := s.Stable.SetUint64(current, term); err != nil {
			t.Fatal(err)
		}
	}
	if got := faults.Reached(diskfault.Stable); got != 2 || len(told) != 2 || told[0] != 7 || told[1] != 8 {
		t.Fatalf("%d writes, terms told %v", got, told)
	}
}

// TestUpstream661_ACrashedVoteGrantsNoSecondOne: in term 5 the node voted for n2, in term 6 it crashes while it votes
// for n3. After that n2, whose log is far behind, must not get its vote in term 6.
func TestUpstream661_ACrashedVoteGrantsNoSecondOne(t *testing.T) {
	prepare := func(t *testing.T, s *disk.Stores) {
		bootstrap(t, s)
		store(t, s.Log, entries(2, 10, 5))
		if err := s.Stable.SetUint64(current, 5); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("bare", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, disk.Options{Dir: dir, Kind: disk.KindBolt})
		prepare(t, s)
		closeStores(t, s)

		var faults diskfault.Faults
		bare := openBare(t, dir, disk.KindBolt)
		castVote(t, bare.stable, 5, "n2")
		stable := faults.Stable(bare.stable)
		node, peers := startNode(t, bare.log, stable, bare.snapshots)
		faults.Fail(diskfault.Stable, 2, errCrash) // current term, vote's term, crash
		if askVote(t, peers, "n3", 6, 10, 5) {
			t.Fatal("granted although it crashed")
		}
		stop(t, node)
		faults.Fail(diskfault.Stable, 0, nil)

		_, peers = startNode(t, bare.log, stable, bare.snapshots)
		if !askVote(t, peers, "n2", 6, 1, 1) {
			t.Fatal("the upstream fault is gone: is the wrapper still needed?")
		}
	})
	// One vote is two writes for the guarded store: the current term, and the vote.
	for crashAt := range 3 {
		t.Run("guarded, crash at write "+string(rune('0'+crashAt)), func(t *testing.T) {
			var faults diskfault.Faults
			o := disk.Options{Dir: t.TempDir(), Kind: disk.KindBolt, Wrap: faults.Wrap()}
			s := open(t, o)
			prepare(t, s)
			castVote(t, s.Stable, 5, "n2")
			node, peers := startNode(t, s.Log, s.Stable, s.Snapshots)
			s.Handover()
			faults.Fail(diskfault.Stable, crashAt, errCrash)
			granted := askVote(t, peers, "n3", 6, 10, 5)
			if granted != (crashAt == 2) {
				t.Fatalf("granted = %v", granted)
			}
			stop(t, node)
			closeStores(t, s)
			faults.Fail(diskfault.Stable, 0, nil)

			s = open(t, o)
			_, peers = startNode(t, s.Log, s.Stable, s.Snapshots)
			if askVote(t, peers, "n2", 6, 1, 1) {
				t.Fatal("n2 got a vote with a log that is far behind")
			}
			if !askVote(t, peers, "n3", 6, 10, 5) {
				t.Fatal("n3 does not get the vote that nobody else got")
			}
			wantVote(t, s.Stable, 6, "n3")
		})
	}
}

func askVote(t *testing.T, peers *raft.InmemTransport, candidate string, term, lastIndex, lastTerm uint64) bool {
	t.Helper()
	var answer raft.RequestVoteResponse
	err := peers.RequestVote("n1", "n1", &raft.RequestVoteRequest{
		RPCHeader: header(candidate), Term: term, LastLogIndex: lastIndex, LastLogTerm: lastTerm,
	}, &answer)
	if err != nil {
		t.Fatalf("RequestVote: %v", err)
	}
	return answer.Granted
}
