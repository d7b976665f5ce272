package peerport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"
)

func TestDialerLearnsWhyItWasRefused(t *testing.T) {
	stranger, _ := testPort(t, func(o *Options) { o.Cluster = testCluster + 1 })
	node, metrics := testPort(t, nil, echo)
	same, _ := testPort(t, nil)
	for _, c := range []struct {
		name      string
		from      *Port
		kind      Kind
		partition uint32
		want      error
		reason    string
	}{
		{"another cluster", stranger, KindLink, 0, ErrOtherCluster, "cluster"},
		{"no handler of the kind", same, KindHello, 0, ErrUnknownKind, "kind"},
		{"a kind nobody knows", same, Kind(99), 0, ErrUnknownKind, "kind"},
		{"no stream of the partition", same, KindRaft, 99, ErrUnknownPartition, "partition"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := sample(t, metrics, "parterre_peer_refused_total", "reason", c.reason)
			if _, err := c.from.Dial(testContext(t), node.Addr().String(), c.kind, c.partition); !errors.Is(err, c.want) {
				t.Errorf("Dial: %v, want %v", err, c.want)
			}
			wantRefusals(t, metrics, c.reason, before+1)
		})
	}
}

func TestAnotherVersionOfTheHeaderIsTold(t *testing.T) {
	node, metrics := testPort(t, nil, echo)
	header := AppendHeader(nil, Header{Kind: KindLink, Cluster: testCluster})
	header[4] = Version + 1
	c := rawDial(t, node)
	if _, err := c.Write(header); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, []byte{byte(answerVersion)}) {
		t.Errorf("answer %v, %v; want the code of the version alone", got, err)
	}
	wantRefusals(t, metrics, "version", 1)
}

func TestAnswersBecomeErrors(t *testing.T) {
	for a, want := range map[answer]error{
		answerVersion: ErrVersion, answerCluster: ErrOtherCluster, answerKind: ErrUnknownKind,
		answerPartition: ErrUnknownPartition, answerBusy: ErrBusy, answerRemoved: ErrRemoved, answerStranger: ErrStranger,
		answerOtherNode: ErrOtherNode, 'H': ErrRefused, // the H of HTTP/1.1 400
	} {
		port, _ := testPort(t, nil)
		if _, err := port.Dial(testContext(t), answering(t, byte(a)), KindLink, 0); !errors.Is(err, want) {
			t.Errorf("answer %d: %v, want %v", a, err, want)
		}
	}
}

func TestPeerThatHangsUpIsRefusal(t *testing.T) {
	port, _ := testPort(t, nil)
	if _, err := port.Dial(testContext(t), answering(t), KindLink, 0); !errors.Is(err, ErrRefused) {
		t.Errorf("Dial: %v, want ErrRefused", err)
	}
}

func TestDialGivesUpOnASilentPeer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts, nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		name          string
		headerTimeout time.Duration
		patience      time.Duration
	}{
		{"by HeaderTimeout", 20 * time.Millisecond, time.Hour},
		{"by the context's deadline", time.Hour, 20 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			port, _ := testPort(t, func(o *Options) { o.HeaderTimeout = c.headerTimeout })
			ctx, cancel := context.WithTimeout(t.Context(), c.patience)
			defer cancel()
			if _, err := port.Dial(ctx, l.Addr().String(), KindLink, 0); err == nil {
				t.Error("Dial of a silent peer succeeded")
			}
		})
	}
}

func TestDialEndsWhenItsContextIsCancelled(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port, _ := testPort(t, func(o *Options) { o.HeaderTimeout = time.Hour })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = io.ReadFull(c, make([]byte, HeaderBytes)) // the dialer waits for the answer by now
			cancel()
			_ = c.SetReadDeadline(time.Now().Add(patience))
			_, _ = c.Read(make([]byte, 1))
			_ = c.Close()
		}
	}()
	if _, err := port.Dial(ctx, l.Addr().String(), KindLink, 0); err == nil {
		t.Error("Dial succeeded")
	}
	cancel()
}

func TestStrangersAreCutWithoutAnAnswer(t *testing.T) {
	good := AppendHeader(nil, Header{Kind: KindLink, Cluster: testCluster})
	for _, c := range []struct {
		name, reason string
		bytes        []byte
		hangUp       bool
	}{
		{"a browser", "magic", []byte("GET / HTTP/1.1\r\nHost: n1\r\n\r\n"), false},
		{"a TLS client", "magic", []byte{0x16, 0x03, 0x01, 0x02, 0x00, 0x01}, false},
		{"zeros", "magic", make([]byte, 1<<10), false},
		{"a wrong magic", "magic", append([]byte{0xc9, 'P', 'A', 'Q'}, good[4:]...), false},
		{"half a header, then nothing", "timeout", good[:9], false},
		{"nothing at all", "timeout", nil, false},
		{"half a header, then a hang-up", "short", good[:9], true},
	} {
		t.Run(c.name, func(t *testing.T) {
			node, metrics := testPort(t, func(o *Options) {
				o.HeaderTimeout = 100 * time.Millisecond
			}, echo)
			conn := rawDial(t, node)
			if _, err := conn.Write(c.bytes); err != nil {
				t.Fatal(err)
			}
			if c.hangUp {
				_ = conn.Close()
			} else if got, _ := io.ReadAll(conn); len(got) != 0 { // ends by FIN, or by RST over what nobody read
				t.Errorf("answered %v, want nothing", got)
			}
			wantRefusals(t, metrics, c.reason, 1)
		})
	}
}

func TestTooManyConnectionsAreCut(t *testing.T) {
	a, _ := testPort(t, nil)
	b, metrics := testPort(t, func(o *Options) {
		o.MaxConns = 2
	}, echo)
	first := dial(t, a, b, KindLink, 0)
	dial(t, a, b, KindLink, 0)
	if _, err := a.Dial(testContext(t), b.Addr().String(), KindLink, 0); err == nil {
		t.Fatal("a third connection was welcomed")
	}
	wantRefusals(t, metrics, "too_many", 1)
	_ = first.Close()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) { // its place is free again
		if c, err := a.Dial(testContext(t), b.Addr().String(), KindLink, 0); err == nil {
			wantEcho(t, c)
			return
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func TestGarbageNeverStopsThePort(t *testing.T) {
	node, _ := testPort(t, func(o *Options) {
		o.HeaderTimeout = 50 * time.Millisecond
	}, echo)
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b := AppendHeader(nil, Header{Kind: Kind(random.Uint32()), Cluster: testCluster, Partition: random.Uint32()})
		b[random.IntN(len(b))] ^= byte(1 << random.IntN(8))
		conn := rawDial(t, node)
		_, _ = conn.Write(b[:random.IntN(len(b)+1)])
		_ = conn.Close()
	}
	other, _ := testPort(t, nil)
	wantEcho(t, dial(t, other, node, KindLink, 0))
}

func rawDial(t *testing.T, p *Port) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

// answering is the address of a peer that answers one header with the given bytes and hangs up.
func answering(t *testing.T, answer ...byte) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = io.ReadFull(c, make([]byte, HeaderBytes))
		_, _ = c.Write(answer)
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}
