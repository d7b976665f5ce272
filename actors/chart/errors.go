package chart

import (
	"errors"
	"fmt"
)

var (
	// ErrTooLarge says that a document has more bytes than MaxDocumentBytes, or packed data more than its limit.
	ErrTooLarge = errors.New("chart: too large")
	// ErrDamaged says that packed data is not what Pack made.
	ErrDamaged = errors.New("chart: damaged")
)

// Malformed says that bytes are no document at all: not JSON, not msgpack, or not text in UTF-8.
type Malformed struct {
	Offset int64 // bytes before the place where reading failed; 0 if it is not known
	Reason string
}

func (e *Malformed) Error() string {
	return fmt.Sprintf("chart: malformed near byte %d: %s", e.Offset, e.Reason)
}

// MaxProblems bounds how many problems of one document are told.
const MaxProblems = 100

// Problem is one thing that is wrong with a document.
type Problem struct {
	Field  string // path from the top, such as sections[0].rows[2].seats[5].key
	Reason string
}

// Invalid lists what is wrong with a document: at least one problem, at most MaxProblems.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string {
	first := e.Problems[0]
	if len(e.Problems) == 1 {
		return fmt.Sprintf("chart: %s: %s", first.Field, first.Reason)
	}
	return fmt.Sprintf("chart: %s: %s (and %d more problems)", first.Field, first.Reason, len(e.Problems)-1)
}

// problems is a bounded list.
type problems struct{ list []Problem }

func (p *problems) full() bool { return len(p.list) >= MaxProblems }

func (p *problems) add(field, format string, args ...any) {
	if !p.full() {
		p.list = append(p.list, Problem{Field: field, Reason: fmt.Sprintf(format, args...)})
	}
}
