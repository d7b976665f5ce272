//go:build mutant_new_key

package cluster

// mutantNewKey asks again under a new key where an outcome is unknown. Never built but to show that the judge sees it: tools/mutants.
const mutantNewKey = true
