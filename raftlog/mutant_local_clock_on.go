//go:build mutant_local_clock

package raftlog

// mutantLocalClock lets every replica take its own clock for log time. Never built but to show that the judge sees it: tools/mutants.
const mutantLocalClock = true
