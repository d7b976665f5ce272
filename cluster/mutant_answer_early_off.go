//go:build !mutant_answer_early

package cluster

// mutantAnswerEarly: see the other file. The compiler removes what it guards.
const mutantAnswerEarly = false
