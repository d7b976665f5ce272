//go:build !mutant_apply_twice

package actors

// mutantApplyTwice: see the other file. The compiler removes what it guards.
const mutantApplyTwice = false
