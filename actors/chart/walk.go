package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// walker reads a JSON document along the fields that a chart has. The document was found to be valid JSON before, so no
// token can be wrong. Every reader method consumes exactly one value, right or wrong.
type walker struct {
	lex   lexer
	path  []step
	names []string // fields seen in the open objects, outermost first
	found problems
	// overfull says that a list was cut at its limit, so that nothing can be said of the document as a whole.
	overfull bool
}

// step is one step of a path: into a field, or to an element of a list.
type step struct {
	name  string
	index int
	field bool
}

// maxPathName bounds how much of an unknown field's name is told.
const maxPathName = 64

func newWalker(data []byte) *walker { return &walker{lex: lexer{rest: string(data)}} }

// field is the path to where the walker stands.
func (w *walker) field() string {
	var b strings.Builder
	for i, s := range w.path {
		if !s.field {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strings.ToValidUTF8(s.name[:min(len(s.name), maxPathName)], ""))
	}
	return b.String()
}

func (w *walker) problem(format string, args ...any) {
	if !w.found.full() {
		w.found.add(w.field(), format, args...)
	}
}

// mismatch tells that t, the first token of a value, is not what was wanted, and passes over the rest of that value.
func (w *walker) mismatch(t token, want string) {
	w.problem("want %s, not %s", want, t.word())
	w.pass(t)
}

// pass passes over the rest of the value that begins with t.
func (w *walker) pass(t token) {
	for depth := 0; ; t = w.lex.next() {
		switch t.kind {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case kindEnd:
			return
		}
		if depth == 0 {
			return
		}
	}
}

// more reports whether the open object or list goes on.
func (w *walker) more() bool {
	next := w.lex.peek()
	return next != '}' && next != ']' && next != kindEnd
}

// object reads an object; read is called for each field, with the walker standing before its value, and reports
// whether there is such a field.
func (w *walker) object(read func(name string) bool) {
	if t := w.lex.next(); t.kind != '{' {
		w.mismatch(t, "an object")
		return
	}
	w.fields(read)
}

// fields reads what follows the opening of an object.
func (w *walker) fields(read func(name string) bool) {
	base := len(w.names)
	for w.more() {
		name := w.lex.next().text
		w.path = append(w.path, step{name: name, field: true})
		switch {
		case slices.Contains(w.names[base:], name):
			w.problem("stands twice")
			w.pass(w.lex.next())
		case read(name):
			w.names = append(w.names, name)
		default:
			w.problem("unknown field")
			w.pass(w.lex.next())
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.lex.next()
	w.names = w.names[:base]
}

// list reads a list; read is called for each element. room is how many more elements the document may have of this
// kind, and is counted down; all beyond are passed over, with one problem.
func (w *walker) list(room *int, what string, limit int, read func()) {
	if t := w.lex.next(); t.kind != '[' {
		w.mismatch(t, "a list")
		return
	}
	w.elements(room, what, limit, read)
}

// elements reads what follows the opening of a list.
func (w *walker) elements(room *int, what string, limit int, read func()) {
	cut := false
	for i := 0; w.more(); i++ {
		if *room <= 0 {
			if !cut {
				w.problem("the chart has more than %d %s", limit, what)
			}
			cut, w.overfull = true, true
			w.pass(w.lex.next())
			continue
		}
		*room--
		w.path = append(w.path, step{index: i})
		read()
		w.path = w.path[:len(w.path)-1]
	}
	w.lex.next()
}

func (w *walker) text(dst *string) {
	t := w.lex.next()
	if t.kind != kindText {
		w.mismatch(t, "a text")
		return
	}
	*dst = t.text
}

func (w *walker) flag(dst *bool) {
	t := w.lex.next()
	if t.kind != kindTrue && t.kind != kindFalse {
		w.mismatch(t, "true or false")
		return
	}
	*dst = t.kind == kindTrue
}

func (w *walker) number(dst *float64) {
	t := w.lex.next()
	if t.kind != kindNumber {
		w.mismatch(t, "a number")
		return
	}
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		w.problem("the number is too large")
		return
	}
	*dst = v + 0 // minus zero is zero
}

// maxWhole is the largest number up to which every whole number is exact as a float64.
const maxWhole = 1 << 53

// whole reads a whole number, however it is spelt: 24, 24.0 and 2.4e1 are one. It reports whether there was one.
func (w *walker) whole(dst *int64) bool {
	t := w.lex.next()
	if t.kind != kindNumber {
		w.mismatch(t, "a whole number")
		return false
	}
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil || v != math.Trunc(v) || math.Abs(v) > maxWhole {
		w.problem("want a whole number")
		return false
	}
	*dst = int64(v)
	return true
}

// rank reads an explicit rank.
func (w *walker) rank(dst **uint32) {
	var v int64
	if !w.whole(&v) {
		return
	}
	if v < 0 || v > MaxRank {
		w.problem("want a whole number from 0 to %d", MaxRank)
		return
	}
	rank := uint32(v)
	*dst = &rank
}
