//go:build mutant_apply_twice

package actors

// mutantApplyTwice decides every change twice, as if a node had asked again under a new name and key. Never built but to show that the judge sees it: tools/mutants.
const mutantApplyTwice = true
