package pretix

import "fmt"

// MaxProblems bounds how many problems of one seating plan are told.
const MaxProblems = 100

// Problem is something that cannot be read.
type Problem struct {
	Field  string // path in the seating plan, such as zones[0].rows[2].seats[5].category; "" = all of it
	Reason string
}

// Invalid lists what cannot be read: at least one problem, at most MaxProblems.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string {
	first := e.Problems[0].Reason
	if e.Problems[0].Field != "" {
		first = e.Problems[0].Field + ": " + first
	}
	if len(e.Problems) == 1 {
		return "pretix: " + first
	}
	return fmt.Sprintf("pretix: %s (and %d more problems)", first, len(e.Problems)-1)
}

// Note tells of something that was read and has no counterpart in a chart, or only a likeness.
type Note struct{ Field, Text string }

func (n Note) String() string { return n.Field + ": " + n.Text }
