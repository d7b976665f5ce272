package link

import (
	"bytes"
	"encoding/hex"
	"flag"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

var update = flag.Bool("update", false, "write testdata/*.hex anew: only before a version is released")

// golden are frames of version 1, which every later version must read.
func golden() map[string][]byte {
	refusal := appendAnswerHead(nil, 0x0102030405060708, 0, codeNotLeader)
	seal(refusal, 0)
	return map[string][]byte{
		"request":         request(0x0102030405060708, 2, 4500),
		"answer":          answer(0x0102030405060708, 2, codeNone),
		"answer_partial":  answer(9, 1, codeOutcomeUnknown),
		"answer_refusal":  refusal,
		"exchange":        appendExchange(nil, typeExchange, 300, []byte("status of n1")),
		"exchange_answer": appendExchange(nil, typeExchangeAnswer, 300, []byte("status of n2")),
		"ping":            appendPing(nil, typePing, 301),
		"pong":            appendPing(nil, typePong, 301),
	}
}

func TestFramesOfVersion1AreWrittenTheSameForEver(t *testing.T) {
	for name, got := range golden() {
		path := filepath.Join("testdata", name+".hex")
		if *update {
			if err := os.WriteFile(path, []byte(breakLines(hex.EncodeToString(got))), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := readGolden(t, path); !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%x\nwant\n%x", name, got, want)
		}
	}
}

func TestFramesOfVersion1AreReadForEver(t *testing.T) {
	for name := range golden() {
		body, err := newFrameReader(bytes.NewReader(readGolden(t, filepath.Join("testdata", name+".hex"))), new(atomic.Uint64)).next()
		if err != nil {
			t.Fatal(name, err)
		}
		h, rest, err := parseHead(body)
		if err != nil {
			t.Fatal(name, err)
		}
		d := command.NewDecoder(rest)
		switch name {
		case "request":
			if h.kind != typeRequest || h.id != 0x0102030405060708 || h.partition != 3 || h.remainingMillis != 4500 || h.count != 2 {
				t.Errorf("%s: %+v", name, h)
			}
			var c command.Command
			for i := range 2 {
				if err := d.Command(&c); err != nil || c.Request.Buyer != holds("b", 2).batch.Commands[i].Request.Buyer {
					t.Errorf("%s: %+v, %v", name, c, err)
				}
			}
		case "answer", "answer_partial", "answer_refusal":
			want := map[string]head{
				"answer":         {kind: typeAnswer, id: 0x0102030405060708, count: 2},
				"answer_partial": {kind: typeAnswer, id: 9, count: 1, code: codeOutcomeUnknown},
				"answer_refusal": {kind: typeAnswer, id: 0x0102030405060708, code: codeNotLeader},
			}[name]
			if h.kind != want.kind || h.id != want.id || h.count != want.count || h.code != want.code {
				t.Errorf("%s: %+v", name, h)
			}
			var r command.Result
			for range h.count {
				if err := d.Result(&r); err != nil || r.Index != 7 {
					t.Errorf("%s: %+v, %v", name, r, err)
				}
			}
		case "exchange":
			if h.kind != typeExchange || h.id != 300 || string(h.payload) != "status of n1" {
				t.Errorf("%s: %+v", name, h)
			}
		case "exchange_answer":
			if h.kind != typeExchangeAnswer || h.id != 300 || string(h.payload) != "status of n2" {
				t.Errorf("%s: %+v", name, h)
			}
		case "ping", "pong":
			if want := map[string]frameType{"ping": typePing, "pong": typePong}[name]; h.kind != want || h.id != 301 {
				t.Errorf("%s: %+v", name, h)
			}
		}
		if h.kind == typeRequest || h.kind == typeAnswer {
			if d.Remaining() != 0 {
				t.Errorf("%s: %d bytes are left", name, d.Remaining())
			}
		}
	}
}

// FuzzFrame feeds a stream to both sides of a link. Whatever comes, nothing panics, what is submitted came in a whole
// frame, and every answer is one that the client side reads.
func FuzzFrame(f *testing.F) {
	for _, frame := range golden() {
		f.Add(frame)
	}
	f.Add(append(request(1, 3, 10), request(2, 1, 10)...))
	f.Add(long(request(1, 1, 10), 0xc0))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, stream []byte) {
		// The same once more with right checksums, or the fuzzer would hardly ever get behind them.
		for _, b := range [][]byte{stream, sealed(stream)} {
			fuzzServer(t, b)
			fuzzClient(t, b)
		}
	})
}

// sealed is a stream as it is cut into frames by its lengths, with every checksum put right.
func sealed(stream []byte) []byte {
	b := bytes.Clone(stream)
	for rest := b; len(rest) > prefixBytes; {
		size := int(uint32(rest[0])<<24 | uint32(rest[1])<<16 | uint32(rest[2])<<8 | uint32(rest[3]))
		if size > len(rest)-prefixBytes {
			return b
		}
		seal(rest[:prefixBytes+size], 0)
		rest = rest[prefixBytes+size:]
	}
	return b
}

func fuzzServer(t *testing.T, stream []byte) {
	s := &session{
		submitter: submitFunc(func(_ uint32, b *raftlog.Batch) error {
			if n := len(b.Commands); n == 0 || n > MaxFrameCommands {
				t.Errorf("%d commands submitted", n)
			}
			decide(b, len(b.Commands), nil)
			return nil
		}),
		options: ServeOptions{Commands: defaultServeCommands, Exchange: func(b []byte) []byte { return b }, Logger: quiet, Metrics: uncounted},
		wake:    make(chan struct{}, 1),
		conn:    reading{bytes.NewReader(stream)},
	}
	if err := s.read(); err == nil {
		t.Error("the stream never ended")
	}
	for i := range s.answers {
		body, err := newFrameReader(bytes.NewReader(s.append(nil, &s.answers[i])), new(atomic.Uint64)).next()
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := parseHead(body); err != nil {
			t.Fatal(err)
		}
	}
}

func fuzzClient(t *testing.T, stream []byte) {
	c := NewClient(ClientOptions{Metrics: uncounted})
	l := c.ordinary
	trip := holds("b", 2)
	ended := 0
	trip.batch.Done = func(*raftlog.Batch) { ended++ }
	id := uint64(0x0102030405060708) // the golden answer's
	l.pending[id] = &frame{id: id, commands: 2, waiting: []waiting{{&trip.batch, 2, 1}}}
	if err := l.read(reading{bytes.NewReader(stream)}); err == nil {
		t.Error("the stream never ended")
	}
	l.fall(laneClosed, raftlog.ErrClosed)
	if ended != 1 {
		t.Errorf("the batch ended %d times", ended)
	}
	if b := &trip.batch; b.Err == nil && b.Decided != 2 {
		t.Errorf("%d decided, and no error", b.Decided)
	}
	_ = c.Close()
}

var (
	quiet     = slog.New(slog.DiscardHandler)
	uncounted = NewMetrics(nil)
)

// reading is a connection that can only be read.
type reading struct{ *bytes.Reader }

func (reading) Write(b []byte) (int, error)      { return len(b), nil }
func (reading) Close() error                     { return nil }
func (reading) LocalAddr() net.Addr              { return nil }
func (reading) RemoteAddr() net.Addr             { return nil }
func (reading) SetDeadline(time.Time) error      { return nil }
func (reading) SetReadDeadline(time.Time) error  { return nil }
func (reading) SetWriteDeadline(time.Time) error { return nil }

func readGolden(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func breakLines(s string) string {
	var b strings.Builder
	for len(s) > 64 {
		b.WriteString(s[:64] + "\n")
		s = s[64:]
	}
	return b.String() + s + "\n"
}
