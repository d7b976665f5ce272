package link

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/raftlog"
)

// request is a whole request frame of n holds.
func request(id uint64, n int, remainingMillis uint32) []byte {
	b, _ := appendCommands(beginRequest(nil, id, 3), holds("b", n).batch.Commands, MaxFrameBytes)
	finishRequest(b, 0, remainingMillis, n)
	return b
}

// answer is a whole answer frame of n results.
func answer(id uint64, n int, c code) []byte {
	trip := holds("b", n)
	trip.batch.Done = func(*raftlog.Batch) {}
	decide(&trip.batch, n, nil)
	b := appendAnswerHead(nil, id, n, c)
	for i := range n {
		b = command.AppendResult(b, &trip.batch.Results[i])
	}
	seal(b, 0)
	return b
}

// changed is a copy of a frame with another byte somewhere in its body, and the checksum made right if asked.
func changed(frame []byte, at int, to byte, sealed bool) []byte {
	b := bytes.Clone(frame)
	b[prefixBytes+at] = to
	if sealed {
		seal(b, 0)
	}
	return b
}

func long(frame []byte, more ...byte) []byte {
	b := append(bytes.Clone(frame), more...)
	seal(b, 0)
	return b
}

func TestGarbageEndsTheConnectionAndNothingElse(t *testing.T) {
	good := request(1, 2, 1000)
	claim := binary.BigEndian.AppendUint32(nil, MaxFrameBytes+1)
	for name, garbage := range map[string][]byte{
		"text":                          []byte("GET / HTTP/1.1\r\nHost: n1\r\n\r\n"),
		"zeros":                         make([]byte, 64),
		"a length beyond the limit":     append(claim, 0, 0, 0, 0),
		"a flipped bit":                 changed(good, 40, good[prefixBytes+40]^1, false),
		"another version":               changed(good, 3, Version+1, true),
		"an unknown type":               changed(good, 4, 77, true),
		"an answer":                     answer(1, 1, codeNone),
		"a map instead of an array":     changed(good, 0, 0xde, true),
		"more commands than it says":    changed(good, requestCountAt-prefixBytes+1, 1, true),
		"fewer commands than it says":   changed(good, requestCountAt-prefixBytes+1, 3, true),
		"no commands":                   request(1, 0, 1000),
		"bytes behind the last command": long(good, 0xc0),
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			ended := make(chan error, 1)
			go func() { ended <- Serve(t.Context(), ours, &decider{}, ServeOptions{}) }()
			go func() { _, _ = io.Copy(io.Discard, theirs) }()
			_ = theirs.SetWriteDeadline(time.Now().Add(patience))
			if _, err := theirs.Write(garbage); err != nil && !errors.Is(err, io.ErrClosedPipe) {
				t.Fatal(err)
			}
			if err := <-ended; !errors.Is(err, ErrFrame) {
				t.Errorf("Serve: %v, want ErrFrame", err)
			}
			_ = theirs.Close()
		})
	}
}

func TestTruncatedFrameIsNotSubmitted(t *testing.T) {
	frame := request(1, 2, 1000)
	for _, n := range []int{1, prefixBytes - 1, prefixBytes, len(frame) / 2, len(frame) - 1} {
		d := &decider{}
		ours, theirs := net.Pipe()
		ended := make(chan error, 1)
		go func() { ended <- Serve(t.Context(), ours, d, ServeOptions{}) }()
		if _, err := theirs.Write(frame[:n]); err != nil {
			t.Fatal(err)
		}
		_ = theirs.Close()
		if err := <-ended; !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes: %v, want an unexpected end", n, err)
		}
		if seen := d.seen(); len(seen) != 0 {
			t.Errorf("%d bytes: submitted %v", n, seen)
		}
	}
}

func TestFramesComeInPiecesOfAnySize(t *testing.T) {
	var stream []byte
	for id := range uint64(50) {
		stream = append(stream, request(id, int(id%7)+1, 1000)...)
	}
	for _, piece := range []int{1, 3, 100, 5000} {
		frames := newFrameReader(&pieces{stream, piece}, new(atomic.Uint64))
		for id := range uint64(50) {
			body, err := frames.next()
			if err != nil {
				t.Fatal(err)
			}
			if h, _, err := parseHead(body); err != nil || h.id != id || h.count != int(id%7)+1 {
				t.Fatalf("in pieces of %d: frame %d is %+v, %v", piece, id, h, err)
			}
		}
		if _, err := frames.next(); err != io.EOF {
			t.Errorf("at the end: %v", err)
		}
	}
}

func TestLengthAloneAllocatesNothingLarge(t *testing.T) {
	claim := append(binary.BigEndian.AppendUint32(nil, MaxFrameBytes), make([]byte, 100)...)
	frames := newFrameReader(bytes.NewReader(claim), new(atomic.Uint64))
	if _, err := frames.next(); err != io.ErrUnexpectedEOF {
		t.Fatalf("got %v", err)
	}
	if n := cap(frames.chunk); n > 2*chunkBytes {
		t.Errorf("%d bytes were allocated for 100 that came", n)
	}
}

func TestGarbageAnswersLeaveTheOutcomeUnknown(t *testing.T) {
	for name, garbage := range map[string]func(id uint64) []byte{
		"text":                       func(uint64) []byte { return []byte("HTTP/1.1 400 Bad Request\r\n\r\n") },
		"a request":                  func(uint64) []byte { return request(1, 1, 1000) },
		"fewer results than decided": func(id uint64) []byte { return answer(id, 1, codeNone) },
		"more results than commands": func(id uint64) []byte { return answer(id, 3, codeNone) },
		"a broken result":            func(id uint64) []byte { b := answer(id, 2, codeNone); return changed(b, 20, 0xc1, true) },
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			served := make(chan struct{})
			go func() {
				defer close(served)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				body, err := newFrameReader(conn, new(atomic.Uint64)).next()
				if err != nil {
					return
				}
				h, _, _ := parseHead(body)
				_, _ = conn.Write(garbage(h.id))
				_ = conn.SetReadDeadline(time.Now().Add(patience))
				_, _ = io.Copy(io.Discard, conn)
			}()
			var d net.Dialer
			c := client(t, ClientOptions{Dial: func(ctx context.Context) (net.Conn, error) {
				return d.DialContext(ctx, "tcp", l.Addr().String())
			}})
			holds("b", 2).send(t, c, 0).wantError(t, raftlog.ErrOutcomeUnknown)
			<-served
		})
	}
}

func TestPeerThatDoesNotReadItsAnswersIsCut(t *testing.T) {
	ours, theirs := net.Pipe() // has no buffer: the first answer already waits
	ended := make(chan error, 1)
	go func() { ended <- Serve(t.Context(), ours, &decider{}, ServeOptions{}) }()
	ping := appendPing(nil, typePing, 1)
	_ = theirs.SetWriteDeadline(time.Now().Add(patience))
	for range maxUnread + flushBytes/len(ping) + 2 { // a flush may have taken some
		if _, err := theirs.Write(ping); err != nil {
			break
		}
	}
	if err := <-ended; !errors.Is(err, ErrFlooded) {
		t.Errorf("Serve: %v, want ErrFlooded", err)
	}
	_ = theirs.Close()
}

func TestRequestThatCameTooLateIsNotSubmitted(t *testing.T) {
	d := &decider{}
	ours, theirs := net.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(t.Context(), ours, d, ServeOptions{}) }()
	go func() { _, _ = theirs.Write(request(9, 2, 0)) }()
	body, err := newFrameReader(theirs, new(atomic.Uint64)).next()
	if err != nil {
		t.Fatal(err)
	}
	if h, _, err := parseHead(body); err != nil || h.id != 9 || h.count != 0 || h.code != codeExpired {
		t.Errorf("answered %+v, %v", h, err)
	}
	if seen := d.seen(); len(seen) != 0 {
		t.Errorf("submitted %v", seen)
	}
	_ = theirs.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// pieces hands out a stream in reads of at most so many bytes.
type pieces struct {
	rest  []byte
	piece int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.piece)], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
