//go:build !mutant_old_view

package actors

// mutantOldView: see the other file. The compiler removes what it guards.
const mutantOldView = false
