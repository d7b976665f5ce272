//go:build !mutant_new_key

package cluster

// mutantNewKey: see the other file. The compiler removes what it guards.
const mutantNewKey = false
