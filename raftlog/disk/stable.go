package disk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
)

// Raft's keys (raft v1.7.3, api.go), and ours for a whole vote.
var (
	keyCurrentTerm = []byte("CurrentTerm")
	keyVoteTerm    = []byte("LastVoteTerm")
	keyVoteCand    = []byte("LastVoteCand")
	keyVote        = []byte("ParterreVote") // 8 bytes term, big-endian, then the candidate's address
)

const voteTermBytes = 8

// stableStore is Raft's term and vote.
//
// Raft writes a vote in two steps: persistVote calls SetUint64(LastVoteTerm) and then Set(LastVoteCand) (upstream
// raft#661). A crash between them leaves the new term beside the candidate of an older vote; that candidate then
// counts as already voted for, and is granted without the check that its log is complete. Here the first step is
// only kept in memory and the second writes both as one value. Before it nothing is on disk, and nothing was
// answered either: the vote was not cast.
type stableStore struct {
	gate   *gate
	inner  raft.StableStore
	onTerm func(uint64)

	mu          sync.Mutex
	pendingTerm uint64
	pending     bool   // a term came, its candidate has not yet
	term        uint64 // current term as on disk, valid if termKnown
	termKnown   bool
}

func (s *stableStore) Set(key, value []byte) error {
	if !bytes.Equal(key, keyVoteCand) {
		return s.gate.write(opStable, len(value), func() error { return s.inner.Set(key, value) })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.pending {
		return ErrVoteOrder
	}
	s.pending = false
	vote := binary.BigEndian.AppendUint64(make([]byte, 0, voteTermBytes+len(value)), s.pendingTerm)
	vote = append(vote, value...)
	if mutantLoseVote {
		return nil
	}
	return s.gate.write(opStable, len(vote), func() error { return s.inner.Set(keyVote, vote) })
}

// Get answers an absent key like raft-boltdb, whose error's text Raft compares.
func (s *stableStore) Get(key []byte) ([]byte, error) {
	if !bytes.Equal(key, keyVoteCand) {
		return s.inner.Get(key)
	}
	_, candidate, err := s.vote()
	return candidate, err
}

func (s *stableStore) SetUint64(key []byte, value uint64) error {
	if bytes.Equal(key, keyVoteTerm) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pendingTerm, s.pending = value, true
		return s.gate.refusal()
	}
	if bytes.Equal(key, keyCurrentTerm) {
		return s.setTerm(value)
	}
	return s.gate.write(opStable, 8, func() error { return s.inner.SetUint64(key, value) })
}

// setTerm writes the current term. Raft writes it again unchanged when it opens and whenever a candidate hears from a
// leader of its own term; that costs no fsync here.
func (s *stableStore) setTerm(term uint64) error {
	err := s.writeTerm(term)
	if err != nil && s.gate.handed.Load() {
		// Raft answers an error here with a panic, and one more answer with the new term would be a lie. Ending its
		// main loop runs its deferred refusals; OnFatal has been told.
		runtime.Goexit()
	}
	return err
}

func (s *stableStore) writeTerm(term uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.termKnown && s.term == term {
		return s.gate.refusal()
	}
	s.onTerm(term)
	if err := s.gate.write(opStable, 8, func() error { return s.inner.SetUint64(keyCurrentTerm, term) }); err != nil {
		return err
	}
	s.term, s.termKnown = term, true
	return nil
}

func (s *stableStore) GetUint64(key []byte) (uint64, error) {
	if bytes.Equal(key, keyVoteTerm) {
		term, _, err := s.vote()
		return term, err
	}
	value, err := s.inner.GetUint64(key)
	if bytes.Equal(key, keyCurrentTerm) && (err == nil || notFound(err)) {
		s.mu.Lock()
		s.term, s.termKnown = value, true
		s.mu.Unlock()
	}
	return value, err
}

func (s *stableStore) vote() (term uint64, candidate []byte, err error) {
	vote, err := s.inner.Get(keyVote)
	if err != nil {
		return 0, nil, err
	}
	if len(vote) == 0 {
		return 0, nil, raftboltdb.ErrKeyNotFound
	}
	if len(vote) < voteTermBytes {
		return 0, nil, fmt.Errorf("disk: vote of %d bytes", len(vote))
	}
	return binary.BigEndian.Uint64(vote), vote[voteTermBytes:], nil
}

// notFound reports whether err says that a key is absent.
func notFound(err error) bool { return errors.Is(err, raftboltdb.ErrKeyNotFound) }
