package httpapi

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

// timeLayout is RFC 3339 in UTC with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

// writer appends one answer as JSON or as msgpack: one encoder per answer serves both, so that they cannot differ.
// In msgpack, objects and arrays are written with room for a 16- or 32-bit count that is filled in at their end.
type writer struct {
	b       []byte
	msgpack bool
	open    []container
	bare    bool // the next object is the value of the name that was just written
	// What was written as text last, and its text.
	millis int64
	time   []byte
	named  seatmap.ID
	idText []byte
}

// container is an object or array that is being written (msgpack only).
type container struct {
	at    int // of its count
	count uint32
}

var writers = sync.Pool{New: func() any { return &writer{b: make([]byte, 0, 2048), open: make([]container, 0, 8)} }}

func newWriter(msgpack bool) *writer {
	w := writers.Get().(*writer)
	w.b, w.open, w.msgpack, w.bare = w.b[:0], w.open[:0], msgpack, false
	return w
}

// free gives the buffer back; nothing may keep w.b.
func (w *writer) free() {
	if cap(w.b) <= maxPooledBytes {
		writers.Put(w)
	}
}

// element makes room for the next element of the open container: a comma, or one more to count.
func (w *writer) element() {
	if w.msgpack {
		if n := len(w.open); n > 0 {
			w.open[n-1].count++
		}
		return
	}
	if n := len(w.b); n > 0 {
		switch w.b[n-1] {
		case '{', '[', ':', '\n': // after a line, another one begins
		default:
			w.b = append(w.b, ',')
		}
	}
}

// name writes a field's name. Names are this package's own literals and need no escaping.
func (w *writer) name(name string) {
	w.element()
	if w.msgpack {
		w.b = pack.AppendString(w.b, name)
		return
	}
	b := append(append(w.b, '"'), name...)
	w.b = append(b, '"', ':')
}

// beginObject starts an object that is the whole answer or an element of an array.
func (w *writer) beginObject() {
	if !w.bare {
		w.element()
	}
	w.bare = false
	w.openObject()
}

// objectValue says that the next object is the value of this field.
func (w *writer) objectValue(name string) {
	w.name(name)
	w.bare = true
}

// objectField starts an object that is a field.
func (w *writer) objectField(name string) {
	w.name(name)
	w.openObject()
}

func (w *writer) openObject() {
	if w.msgpack {
		w.b = append(w.b, 0xde, 0, 0)
		w.open = append(w.open, container{at: len(w.b) - 2})
		return
	}
	w.b = append(w.b, '{')
}

func (w *writer) endObject() {
	if !w.msgpack {
		w.b = append(w.b, '}')
		return
	}
	top := w.innermost()
	binary.BigEndian.PutUint16(w.b[top.at:], uint16(top.count))
}

// innermost takes the container that ends now off the open ones.
func (w *writer) innermost() container {
	last := len(w.open) - 1
	top := w.open[last]
	w.open = w.open[:last]
	return top
}

// beginArray starts an array that is a field.
func (w *writer) beginArray(name string) {
	w.name(name)
	if w.msgpack {
		w.b = append(w.b, 0xdd, 0, 0, 0, 0)
		w.open = append(w.open, container{at: len(w.b) - 4})
		return
	}
	w.b = append(w.b, '[')
}

func (w *writer) endArray() {
	if !w.msgpack {
		w.b = append(w.b, ']')
		return
	}
	top := w.innermost()
	binary.BigEndian.PutUint32(w.b[top.at:], top.count)
}

// keyed writes a field whose name comes from a chart, such as a category's key.
func (w *writer) keyed(name string, v int64) {
	w.textElement(name)
	if !w.msgpack {
		w.b = append(w.b, ':')
	}
	w.appendInteger(v)
}

func (w *writer) text(name, v string) {
	w.name(name)
	w.appendText(v)
}

func (w *writer) null(name string) {
	w.name(name)
	w.appendNull()
}

// textOrNull writes null for an empty text.
func (w *writer) textOrNull(name, v string) {
	if v == "" {
		w.null(name)
		return
	}
	w.text(name, v)
}

func (w *writer) textElement(v string) {
	w.element()
	w.appendText(v)
}

func (w *writer) texts(name string, vs []string) {
	w.beginArray(name)
	for _, v := range vs {
		w.textElement(v)
	}
	w.endArray()
}

func (w *writer) integer(name string, v int64) {
	w.name(name)
	w.appendInteger(v)
}

func (w *writer) boolean(name string, v bool) {
	w.name(name)
	switch {
	case w.msgpack:
		w.b = pack.AppendBool(w.b, v)
	case v:
		w.b = append(w.b, "true"...)
	default:
		w.b = append(w.b, "false"...)
	}
}

// moment writes a time in Unix milliseconds; 0 is null.
func (w *writer) moment(name string, millis int64) {
	w.name(name)
	if millis == 0 {
		w.appendNull()
		return
	}
	if millis != w.millis { // deadlines of holds that were made together are the same
		w.millis = millis
		w.time = time.UnixMilli(millis).UTC().AppendFormat(w.time[:0], timeLayout)
	}
	w.plain(w.time)
}

// plain writes the text of a value that is known to need no escaping.
func (w *writer) plain(text []byte) {
	if w.msgpack {
		w.b = append(pack.AppendStringHeader(w.b, len(text)), text...)
		return
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, text...)
	w.b = append(w.b, '"')
}

// id writes the name of a hold or order.
func (w *writer) id(name string, id seatmap.ID) {
	w.name(name)
	w.plain(w.textOf(id))
}

// textOf is an id as text; the same one is asked for several times in an answer.
func (w *writer) textOf(id seatmap.ID) []byte {
	if id != w.named || len(w.idText) == 0 {
		w.named = id
		w.idText = id.AppendText(w.idText[:0])
	}
	return w.idText
}

// raw writes text that is known to need no escaping, in place: fill appends it to the buffer it is given.
func (w *writer) raw(name string, length int, fill func([]byte) []byte) {
	w.name(name)
	if w.msgpack {
		w.b = fill(pack.AppendStringHeader(w.b, length))
		return
	}
	w.b = append(w.b, '"')
	w.b = fill(w.b)
	w.b = append(w.b, '"')
}

func (w *writer) appendNull() {
	if w.msgpack {
		w.b = pack.AppendNil(w.b)
		return
	}
	w.b = append(w.b, "null"...)
}

func (w *writer) appendText(v string) {
	if w.msgpack {
		w.b = pack.AppendString(w.b, v)
		return
	}
	w.b = appendJSONText(w.b, v)
}
