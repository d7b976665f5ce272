package httpapi

import (
	"strconv"
	"unicode/utf8"
)

// decoder reads one body strictly: every field must be known and named once, and of its type. It goes on after an
// invalid field, so that one answer lists all of them (up to maxBodyErrors), and stops at what is malformed.
type decoder struct {
	src    source
	path   []step // to the value that comes next
	base   int    // of path, where the names of fields begin
	seen   []string
	depth  int
	errors []fieldError
	room   *room // nil = slices are made anew
}

// step is one step into a body: to a field, or to an element where there is no name.
type step struct {
	name  string
	index int // of an element; -1 = a field
}

// field is the path to the value that comes next, as callers are told it.
func (d *decoder) field() string {
	var path []byte
	for _, s := range d.path[d.base:] {
		switch {
		case s.index >= 0:
			path = append(strconv.AppendInt(append(path, '['), int64(s.index), 10), ']')
			continue
		case len(path) > 0:
			path = append(path, '.')
		}
		path = appendPathName(path, s.name)
	}
	return string(path)
}

// fieldIn is the path to a field of the value that comes next.
func (d *decoder) fieldIn(name string) string {
	mark := len(d.path)
	d.path = append(d.path, step{name: name, index: -1})
	field := d.field()
	d.path = d.path[:mark]
	return field
}

// problem is what the body is refused with, or nil. Call it when the whole body was read.
func (d *decoder) problem() *problem {
	if len(d.errors) < maxBodyErrors && d.src.err() == "" && !d.src.end() {
		d.src.fail("more follows after its end")
	}
	switch {
	case d.src.err() != "" && len(d.errors) < maxBodyErrors:
		return &problem{code: codeMalformed, detail: "The body is malformed: " + d.src.err() + "."}
	case len(d.errors) > 0:
		return &problem{code: codeInvalid, errors: d.errors}
	}
	return nil
}

// reject notes that the value at the current path breaks a rule.
func (d *decoder) reject(reason string) { d.rejectAt(d.field(), reason) }

func (d *decoder) rejectAt(field, reason string) {
	if len(d.errors) < maxBodyErrors {
		d.errors = append(d.errors, fieldError{Field: field, Reason: reason})
	}
}

// stopped says that reading on is pointless.
func (d *decoder) stopped() bool { return d.src.err() != "" || len(d.errors) >= maxBodyErrors }

// want reports whether the next value is a t; if not, it refuses and skips the value.
func (d *decoder) want(t token, reason string) bool {
	got := d.src.peek()
	if got == t {
		return true
	}
	if got != tokenBad {
		d.reject(reason)
		d.skip()
	}
	return false
}

// fields is a walk through an object whose fields are known by name: see enter.
type fields struct {
	cursor     cursor
	path, seen int // lengths of the decoder's, outside
}

// enter begins an object. If none is there, that is refused, and asking for its fields would say no more. Else next gives
// its fields, and ends it; each of them is read, or given to unknown.
func (d *decoder) enter(f *fields) bool {
	if !d.want(tokenObject, "must be an object") || !d.descend() {
		return false
	}
	f.cursor, f.path, f.seen = d.src.open(), len(d.path), len(d.seen)
	d.path = append(d.path, step{index: -1})
	return true
}

// next is the name of the next field; a name that comes twice is refused.
func (d *decoder) next(f *fields) (name string, ok bool) {
	for !d.stopped() && d.src.more(&f.cursor) {
		if name = d.src.key(); d.src.err() != "" {
			break
		}
		d.path[f.path].name = name
		if !d.named(name, f.seen) {
			d.seen = append(d.seen, name)
			return name, true
		}
		d.reject("is named twice")
		d.skip()
	}
	d.path, d.seen = d.path[:f.path], d.seen[:f.seen]
	d.depth--
	return "", false
}

// named reports whether the object had the name before.
func (d *decoder) named(name string, from int) bool {
	for _, s := range d.seen[from:] {
		if s == name {
			return true
		}
	}
	return false
}

// unknown refuses a field that nobody knows.
func (d *decoder) unknown() {
	d.reject("is not a known field")
	d.skip()
}

// object walks through an object; each returns false for a name that it does not know. It reports as enter does.
func (d *decoder) object(each func(name string) bool) bool {
	var f fields
	if !d.enter(&f) {
		return false
	}
	for name, ok := d.next(&f); ok; name, ok = d.next(&f) {
		if !each(name) {
			d.unknown()
		}
	}
	return true
}

// entries reads an object whose names are data; the caller minds names that come twice. It reports as object does.
func (d *decoder) entries(each func(name string)) bool {
	if !d.want(tokenObject, "must be an object") || !d.descend() {
		return false
	}
	mark := len(d.path)
	c := d.src.open()
	for !d.stopped() && d.src.more(&c) {
		name := d.src.key()
		if d.src.err() != "" {
			break
		}
		d.path = append(d.path, step{name: name, index: -1})
		each(name)
		d.path = d.path[:mark]
	}
	d.depth--
	return true
}

// array reads an array of at most limit elements.
func (d *decoder) array(limit int, each func()) {
	if !d.want(tokenArray, "must be an array") || !d.descend() {
		return
	}
	mark := len(d.path)
	c := d.src.open()
	for i := 0; !d.stopped() && d.src.more(&c); i++ {
		if i == limit {
			d.reject("must have at most " + strconv.Itoa(limit) + " elements")
		}
		if i >= limit {
			d.skip()
			continue
		}
		d.path = append(d.path, step{index: i})
		each()
		d.path = d.path[:mark]
	}
	d.depth--
}

func (d *decoder) descend() bool {
	if d.depth++; d.depth > maxBodyDepth {
		d.src.fail("it is nested too deeply")
		return false
	}
	return true
}

// line reads a text of at most limit bytes without control characters; required says that it must not be empty.
func (d *decoder) line(limit int, required bool) string {
	if !d.want(tokenText, "must be a string") {
		return ""
	}
	v := d.src.text()
	if reason := lineReason(v, limit, required); reason != "" {
		d.reject(reason)
		return ""
	}
	return v
}

func lineReason(v string, limit int, required bool) string {
	if required && v == "" {
		return "must not be empty"
	}
	if len(v) > limit {
		return "must have at most " + strconv.Itoa(limit) + " bytes"
	}
	if plainLength(v) == len(v) {
		return ""
	}
	return oddLineReason(v)
}

// oddLineReason looks at a text that has more than plain characters.
func oddLineReason(v string) string {
	for _, r := range v {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return "must not have control characters"
		}
	}
	if !utf8.ValidString(v) {
		return "must be UTF-8"
	}
	return ""
}

// number reads a whole number from lowest to highest.
func (d *decoder) number(lowest, highest int64) int64 {
	if !d.want(tokenNumber, "must be a whole number") {
		return lowest
	}
	v, ok := d.src.integer()
	switch {
	case d.src.err() != "":
	case !ok:
		d.reject("must be a whole number")
	case v < lowest:
		d.reject("must be at least " + strconv.FormatInt(lowest, 10))
	case v > highest:
		d.reject("must be at most " + strconv.FormatInt(highest, 10))
	default:
		return v
	}
	return lowest
}

// null reports whether the next value is null, and reads it.
func (d *decoder) null() bool {
	if d.src.peek() != tokenNull {
		return false
	}
	d.src.null()
	return true
}

// skip reads over the next value, whatever it is.
func (d *decoder) skip() {
	switch t := d.src.peek(); t {
	case tokenObject, tokenArray:
		if !d.descend() {
			return
		}
		c := d.src.open()
		for d.src.err() == "" && d.src.more(&c) {
			if t == tokenObject {
				d.src.key()
			}
			d.skip()
		}
		d.depth--
	case tokenText:
		d.src.text()
	case tokenNumber:
		d.src.integer()
	case tokenBool:
		d.src.boolean()
	case tokenNull:
		d.src.null()
	}
}

// appendPathName appends a field's name to a path, shortened where a caller made it long.
func appendPathName(path []byte, name string) []byte {
	const longest = 64
	if len(name) <= longest {
		return append(path, name...)
	}
	cut := longest
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return append(append(path, name[:cut]...), "…"...)
}
