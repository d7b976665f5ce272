//go:build !mutant_local_clock

package raftlog

// mutantLocalClock: see the other file. The compiler removes what it guards.
const mutantLocalClock = false
