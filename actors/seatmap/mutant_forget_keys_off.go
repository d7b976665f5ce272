//go:build !mutant_forget_keys

package seatmap

// mutantForgetKeys: see the other file. The compiler removes what it guards.
const mutantForgetKeys = false
