//go:build mutant_answer_early

package cluster

// mutantAnswerEarly answers a release before it is decided. Never built but to show that the judge sees it: tools/mutants.
const mutantAnswerEarly = true
