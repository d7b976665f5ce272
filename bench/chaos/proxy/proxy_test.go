package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wait bounds what must happen, and quiet is how long nothing must happen.
const (
	wait  = time.Minute
	quiet = 100 * time.Millisecond
)

// pair are two ends of a connection from node a to node b through a proxy.
type pair struct {
	*Proxy
	t       *testing.T
	address string
	port    net.Listener // b's
	a, b    *net.TCPConn
}

// byHost names nodes by the loopback addresses that they dial from.
func byHost(conn net.Conn) (string, bool) {
	host, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
	node, ok := map[string]string{"127.0.0.11": "a", "127.0.0.12": "b"}[host]
	return node, ok
}

func newPair(t *testing.T) *pair {
	t.Helper()
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{Proxy: New(byHost), t: t, port: port}
	t.Cleanup(func() {
		_ = port.Close() // some tests have closed it
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	if p.address, err = p.Gate("b", port.Addr().String()); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pair) dial() *net.TCPConn {
	p.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 11)}, Timeout: wait}
	conn, err := d.Dial("tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	return conn.(*net.TCPConn)
}

// rejected dials and sees the connection reset, during the handshake or after it.
func (p *pair) rejected() {
	p.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 11)}, Timeout: wait}
	conn, err := d.Dial("tcp", p.address)
	if errors.Is(err, syscall.ECONNRESET) {
		return
	}
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close()
	p.broken(conn)
}

func (p *pair) connect() {
	p.t.Helper()
	p.a = p.dial()
	conn, err := p.port.Accept()
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	p.b = conn.(*net.TCPConn)
}

func (p *pair) send(c net.Conn, text string) {
	p.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) expect(c net.Conn, text string) {
	p.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(wait))
	b := make([]byte, len(text))
	if _, err := io.ReadFull(c, b); err != nil || string(b) != text {
		p.t.Fatalf("%q, %v; want %q", b, err, text)
	}
}

func (p *pair) silent(c net.Conn) {
	p.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(quiet))
	if n, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		p.t.Fatalf("%d bytes, %v; want none", n, err)
	}
}

// broken waits for the end of a connection, and returns what came before it.
func (p *pair) broken(c net.Conn) string {
	p.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(wait))
	b, err := io.ReadAll(c)
	if !errors.Is(err, syscall.ECONNRESET) {
		p.t.Fatalf("after %d bytes: %v; want a reset", len(b), err)
	}
	return string(b)
}

func TestASoundNetworkCarriesBytesBothWaysAndTheirEnd(t *testing.T) {
	p := newPair(t)
	p.connect()
	p.send(p.a, "there")
	p.expect(p.b, "there")
	p.send(p.b, "back")
	p.expect(p.a, "back")
	if err := p.a.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_ = p.b.SetReadDeadline(time.Now().Add(wait))
	if _, err := p.b.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	p.send(p.b, "still")
	p.expect(p.a, "still")
}

func TestABlockedWayDeliversLaterAndTheOtherWayDoesNotNotice(t *testing.T) {
	p := newPair(t)
	p.connect()
	p.Set("a", "b", Rule{Block: true})
	p.send(p.a, "later")
	p.send(p.b, "now")
	p.expect(p.a, "now")
	p.silent(p.b)
	p.Heal()
	p.expect(p.b, "later")
}

func TestANewConnectionOverABlockedWayGetsNoAnswer(t *testing.T) {
	for _, blocked := range [][2]string{{"a", "b"}, {"b", "a"}} {
		p := newPair(t)
		p.Set(blocked[0], blocked[1], Rule{Block: true})
		p.a = p.dial()
		p.send(p.a, "hello")
		p.silent(p.a)
		p.Heal()
		conn, err := p.port.Accept()
		if err != nil {
			t.Fatal(err)
		}
		p.expect(conn, "hello")
		_ = conn.Close()
	}
}

func TestARefusingWayKeepsOldConnectionsAndResetsNewOnes(t *testing.T) {
	p := newPair(t)
	p.connect()
	p.Set("a", "b", Rule{Refuse: true})
	p.rejected()
	p.send(p.a, "old")
	p.expect(p.b, "old")
}

func TestASlowWayDelaysEveryByteAndKeepsTheirOrder(t *testing.T) {
	p := newPair(t)
	p.connect()
	p.Set("a", "b", Rule{Delay: 150 * time.Millisecond, Jitter: 20 * time.Millisecond})
	start := time.Now()
	p.send(p.a, "1")
	time.Sleep(10 * time.Millisecond) // two writes, so that there are two pieces
	p.send(p.a, "2")
	p.expect(p.b, "12")
	if took := time.Since(start); took < 150*time.Millisecond {
		t.Fatalf("it took %s", took)
	}
}

func TestATrickleCarriesAFewBytesAtATime(t *testing.T) {
	p := newPair(t)
	p.connect()
	p.Set("a", "b", Rule{PieceBytes: 3, PiecePause: time.Millisecond})
	text := strings.Repeat("0123456789", 10)
	start := time.Now()
	p.send(p.a, text)
	p.expect(p.b, text)
	if took := time.Since(start); took < 33*time.Millisecond {
		t.Fatalf("34 pieces came in %s", took)
	}
}

func TestATornConnectionIsResetInTheMiddleOfWhatIsSent(t *testing.T) {
	p := newPair(t)
	p.connect()
	p.Set("a", "b", Rule{TearAfterBytes: 7})
	p.send(p.a, "0123456789")
	if got := p.broken(p.b); !strings.HasPrefix("0123456", got) || len(got) == 10 {
		t.Fatalf("%q arrived", got)
	}
	p.broken(p.a)
	if p.Torn() != 1 {
		t.Fatalf("%d were torn", p.Torn())
	}
}

func TestNoByteIsLostWhenRulesChangeUnderLoad(t *testing.T) {
	p := newPair(t)
	p.connect()
	text := bytes.Repeat([]byte("0123456789abcdef"), 1<<14) // 256 KiB
	sent := make(chan error, 1)
	go func() {
		_, err := p.a.Write(text)
		sent <- errors.Join(err, p.a.CloseWrite())
	}()
	changed := make(chan struct{})
	go func() {
		defer close(changed)
		for _, r := range []Rule{{Block: true}, {Delay: 5 * time.Millisecond}, {PieceBytes: 999}, {Block: true}, {}} {
			p.Set("a", "b", r)
			time.Sleep(5 * time.Millisecond) // let some bytes meet the rule
		}
	}()
	_ = p.b.SetReadDeadline(time.Now().Add(wait))
	got, err := io.ReadAll(p.b)
	if err != nil || !bytes.Equal(got, text) {
		t.Fatalf("%d of %d bytes: %v", len(got), len(text), err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	<-changed
}

func TestAStrangerIsReset(t *testing.T) {
	p := newPair(t)
	conn, err := net.Dial("tcp", p.address) // from 127.0.0.1
	if errors.Is(err, syscall.ECONNRESET) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p.broken(conn)
}

func TestANodeThatDoesNotListenIsAClosedPort(t *testing.T) {
	p := newPair(t)
	if err := p.port.Close(); err != nil {
		t.Fatal(err)
	}
	p.rejected()
}

// The proxy may be closed while it dials: its node has the connection then, and must see a reset as well.
func TestAConnectionThatComesTooLateIsResetToo(t *testing.T) {
	p := newPair(t)
	p.connect()
	far, err := net.Dial("tcp", p.port.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	there, err := p.port.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	c := &connection{done: make(chan struct{})}
	c.reset()
	if c.dialled(far.(*net.TCPConn)) {
		t.Fatal("it is used")
	}
	p.broken(there)
}

func TestCloseEndsWhatIsBlocked(t *testing.T) {
	p := newPair(t)
	p.connect()
	p.Set("a", "b", Rule{Block: true})
	p.send(p.a, "never")
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	p.broken(p.b)
	if _, err := p.Gate("c", "127.0.0.1:1"); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}
