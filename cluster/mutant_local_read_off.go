//go:build !mutant_local_read

package cluster

// mutantLocalRead: see the other file. The compiler removes what it guards.
const mutantLocalRead = false
