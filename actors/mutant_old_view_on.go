//go:build mutant_old_view

package actors

// mutantOldView shows who asked for a revision whatever there is. Never built but to show that the judge sees it: tools/mutants.
const mutantOldView = true
