//go:build !mutant_lose_vote

package disk

// mutantLoseVote: see the other file. The compiler removes what it guards.
const mutantLoseVote = false
