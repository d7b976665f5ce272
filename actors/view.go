package actors

import (
	"bytes"
	"compress/gzip"
	"sync"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
)

// View is an immutable picture of an event. Encodings are made once per view and shared by all readers.
type View struct {
	*seatmap.Picture
	// AppliedIndex is the log index up to which the view shows everything; it may show more.
	AppliedIndex uint64
	NowMillis    int64 // log time of the newest command that the view shows

	renewed chan struct{} // closed when a newer view is there
	shownAt time.Duration // the partition's uptime

	mu        sync.Mutex
	encodings []*namedEncoding
}

// Encoded is one encoding of a view. Nobody may change its bytes.
type Encoded struct {
	Plain []byte
	gzip  func() []byte
}

type namedEncoding struct {
	key  string
	once func() *Encoded
}

// Encoding gives what encode makes of the view: made by the first who asks for the key, kept with the view, and shared by
// all. It must depend on nothing but the view and the key. At most MaxEncodings keys are kept; more are made each time.
func (v *View) Encoding(key string, encode func(*View) []byte) *Encoded {
	return v.named(key, encode).once()
}

func (v *View) named(key string, encode func(*View) []byte) *namedEncoding {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, n := range v.encodings {
		if n.key == key {
			return n
		}
	}
	n := &namedEncoding{key: key, once: sync.OnceValue(func() *Encoded { return newEncoded(encode(v)) })}
	if len(v.encodings) < MaxEncodings {
		v.encodings = append(v.encodings, n)
	}
	return n
}

func newEncoded(plain []byte) *Encoded {
	return &Encoded{Plain: plain, gzip: sync.OnceValue(func() []byte { return compress(plain) })}
}

// Gzip is Plain compressed, made once when first asked for.
func (e *Encoded) Gzip() []byte { return e.gzip() }

// compress favours speed: a view is compressed up to 20 times a second.
func compress(plain []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	// A bytes.Buffer takes everything.
	_, _ = w.Write(plain)
	_ = w.Close()
	return b.Bytes()
}
