package peerport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

const (
	testCluster = 0xC1A55
	patience    = time.Minute // of tests, for what must happen
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testPort is a serving port on loopback, closed with the test.
func testPort(t *testing.T, set func(*Options), handlers ...func(*Port)) (*Port, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewRegistry()
	o := Options{Cluster: testCluster, Registerer: registry}
	if set != nil {
		set(&o)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := New(l, o)
	for _, handle := range handlers {
		handle(p)
	}
	go p.Serve()
	t.Cleanup(func() { _ = p.Close() })
	return p, registry
}

// echo serves a kind by sending back whatever comes.
func echo(p *Port) {
	p.Handle(KindLink, func(_ context.Context, c net.Conn) { _, _ = io.Copy(c, c) })
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func dial(t *testing.T, p *Port, to *Port, k Kind, partition uint32) net.Conn {
	t.Helper()
	c, err := p.Dial(testContext(t), to.Addr().String(), k, partition)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wantEcho proves that the connection carries bytes both ways.
func wantEcho(t *testing.T, c net.Conn) {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 5)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "hello" {
		t.Fatalf("got %q, %v", b, err)
	}
	_ = c.SetDeadline(time.Time{})
}

// wantCut waits until the connection is cut by the other side.
func wantCut(t *testing.T, c net.Conn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if n, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		t.Fatalf("read %d bytes, error %v; want the connection cut", n, err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// wantRefusals waits until the counter of a reason shows n.
func wantRefusals(t *testing.T, r *prometheus.Registry, reason string, n float64) {
	t.Helper()
	got := 0.0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if got = sample(t, r, "parterre_peer_refused_total", "reason", reason); got == n {
			return
		}
	}
	t.Fatalf("%v refusals for %q counted, want %v", got, reason, n)
}

// sample is the sum of a metric's samples that carry a label.
func sample(t *testing.T, r *prometheus.Registry, name, label, value string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == label && l.GetValue() == value {
					sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
				}
			}
		}
	}
	return sum
}

func TestLinkReachesItsHandler(t *testing.T) {
	a, _ := testPort(t, nil)
	b, metrics := testPort(t, nil, echo)
	c := dial(t, a, b, KindLink, 0)
	wantEcho(t, c)
	if n := sample(t, metrics, "parterre_peer_open_connections", "kind", "link"); n != 1 {
		t.Errorf("%v open link connections, want 1", n)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); sample(t, metrics, "parterre_peer_open_connections", "kind", "link") != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the closed connection is still counted as open")
		}
	}
}

func TestRaftTransportsExchangeRPCsOverTwoPorts(t *testing.T) {
	for _, secured := range []bool{false, true} {
		name := "plain"
		var config *tls.Config
		if secured {
			name, config = "TLS", newAuthority(t).config(t, "n1")
		}
		t.Run(name, func(t *testing.T) {
			withTLS := func(o *Options) { o.TLS = config }
			a, _ := testPort(t, withTLS)
			b, _ := testPort(t, withTLS)
			from := raft.NewNetworkTransport(a.Stream(7), 2, patience, io.Discard)
			to := raft.NewNetworkTransport(b.Stream(7), 2, patience, io.Discard)
			defer from.Close()
			defer to.Close()
			go func() {
				for range 2 {
					rpc := <-to.Consumer()
					request := rpc.Command.(*raft.AppendEntriesRequest)
					rpc.Respond(&raft.AppendEntriesResponse{Term: request.Term, LastLog: request.Entries[0].Index, Success: true}, nil)
				}
			}()
			for index := range uint64(2) { // the second goes over the pooled connection
				request := raft.AppendEntriesRequest{Term: 3, Entries: []*raft.Log{{Index: index + 10, Term: 3, Data: []byte("entry")}}}
				var answer raft.AppendEntriesResponse
				if err := from.AppendEntries("n2", raft.ServerAddress(b.Addr().String()), &request, &answer); err != nil {
					t.Fatal(err)
				}
				if !answer.Success || answer.Term != 3 || answer.LastLog != index+10 {
					t.Fatalf("answer %+v", answer)
				}
			}
		})
	}
}

func TestStreamsGetTheConnectionsOfTheirPartitionOnly(t *testing.T) {
	a, _ := testPort(t, nil)
	b, _ := testPort(t, nil)
	one, two := b.Stream(1), b.Stream(2)
	dialled, err := a.Stream(2).Dial(raft.ServerAddress(b.Addr().String()), patience)
	if err != nil {
		t.Fatal(err)
	}
	c, err := two.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if c.RemoteAddr().String() != dialled.LocalAddr().String() {
		t.Errorf("accepted %v, want %v", c.RemoteAddr(), dialled.LocalAddr())
	}
	if n := len(one.backlog); n != 0 {
		t.Errorf("%d connections wait for partition 1, want none", n)
	}
}

func TestStuckPartitionDoesNotBlockTheOthers(t *testing.T) {
	a, _ := testPort(t, nil)
	b, metrics := testPort(t, nil)
	_, lively := b.Stream(1), b.Stream(2) // nobody accepts for partition 1
	for range backlogConns {
		dial(t, a, b, KindRaft, 1)
	}
	if _, err := a.Dial(testContext(t), b.Addr().String(), KindRaft, 1); !errors.Is(err, ErrBusy) {
		t.Fatalf("dial of the full partition: %v, want ErrBusy", err)
	}
	wantRefusals(t, metrics, "backlog", 1)
	dial(t, a, b, KindRaft, 2)
	if _, err := lively.Accept(); err != nil {
		t.Fatal(err)
	}
}

func TestBacklogHasRoomAgainAfterAccept(t *testing.T) {
	a, _ := testPort(t, nil)
	b, _ := testPort(t, nil)
	s := b.Stream(1)
	for range 3 * backlogConns {
		dial(t, a, b, KindRaft, 1)
		if _, err := s.Accept(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestClosedStreamSeversItsConnectionsAndNoOthers(t *testing.T) {
	a, _ := testPort(t, nil)
	b, _ := testPort(t, nil, echo)
	link := dial(t, a, b, KindLink, 0)
	s := b.Stream(1)
	taken := dial(t, a, b, KindRaft, 1)
	if _, err := s.Accept(); err != nil {
		t.Fatal(err)
	}
	waiting := dial(t, a, b, KindRaft, 1)
	outgoing, err := s.Dial(raft.ServerAddress(b.Addr().String()), patience)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []net.Conn{taken, waiting, outgoing} {
		wantCut(t, c)
	}
	if _, err := s.Accept(); !errors.Is(err, ErrClosed) {
		t.Errorf("Accept: %v, want ErrClosed", err)
	}
	if _, err := s.Dial(raft.ServerAddress(b.Addr().String()), patience); err == nil {
		t.Error("a closed stream still dials")
	}
	wantEcho(t, link)
}

func TestStreamOfAPartitionCanBeOpenedAgain(t *testing.T) {
	a, _ := testPort(t, nil)
	b, _ := testPort(t, nil)
	first := b.Stream(1)
	if again := b.Stream(1); again != first {
		t.Error("an open partition has two streams")
	}
	_ = first.Close()
	if _, err := a.Dial(testContext(t), b.Addr().String(), KindRaft, 1); !errors.Is(err, ErrUnknownPartition) {
		t.Errorf("dial while closed: %v, want ErrUnknownPartition", err)
	}
	second := b.Stream(1)
	dial(t, a, b, KindRaft, 1)
	if _, err := second.Accept(); err != nil {
		t.Fatal(err)
	}
	_ = first.Close() // closing the old one again must not touch the new one
	dial(t, a, b, KindRaft, 1)
	if _, err := second.Accept(); err != nil {
		t.Fatal(err)
	}
}

func TestSeverCutsBothDirectionsAtOnce(t *testing.T) {
	a, _ := testPort(t, nil, echo)
	stuck := make(chan struct{})
	b, _ := testPort(t, nil, echo, func(p *Port) {
		p.Handle(KindHello, func(context.Context, net.Conn) { <-stuck }) // a handler behind a hung disk
	})
	defer close(stuck)
	stream := b.Stream(1)
	conns := []net.Conn{
		dial(t, a, b, KindLink, 0), dial(t, a, b, KindHello, 0), dial(t, a, b, KindRaft, 1),
	}
	outgoing := dial(t, b, a, KindLink, 0)
	wantEcho(t, outgoing)

	if err := b.Sever(); err != nil { // returns although a handler does not
		t.Fatal(err)
	}
	for _, c := range conns {
		wantCut(t, c)
	}
	if _, err := outgoing.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("write on a severed connection: %v, want net.ErrClosed", err)
	}
	if _, err := stream.Accept(); !errors.Is(err, ErrClosed) {
		t.Errorf("Accept: %v, want ErrClosed", err)
	}
	if _, err := b.Dial(testContext(t), a.Addr().String(), KindLink, 0); !errors.Is(err, ErrClosed) {
		t.Errorf("Dial: %v, want ErrClosed", err)
	}
	if _, err := a.Dial(testContext(t), b.Addr().String(), KindLink, 0); err == nil {
		t.Error("the severed port still answers")
	}
	if _, err := b.Stream(2).Accept(); !errors.Is(err, ErrClosed) {
		t.Errorf("Accept of a stream opened later: %v, want ErrClosed", err)
	}
}

func TestCloseEndsTheHandlersContextAndWaits(t *testing.T) {
	a, _ := testPort(t, nil)
	started, ended := make(chan struct{}), false
	b, _ := testPort(t, nil, func(p *Port) {
		p.Handle(KindLink, func(ctx context.Context, _ net.Conn) {
			close(started)
			<-ctx.Done()
			ended = true
		})
	})
	dial(t, a, b, KindLink, 0)
	<-started
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if !ended {
		t.Error("Close returned before the handler")
	}
}

func TestHandlersReturnClosesItsConnection(t *testing.T) {
	a, _ := testPort(t, nil)
	b, _ := testPort(t, nil, func(p *Port) {
		p.Handle(KindHello, func(context.Context, net.Conn) {})
	})
	wantCut(t, dial(t, a, b, KindHello, 0))
}

func TestStreamTellsTheAdvertisedAddress(t *testing.T) {
	p, _ := testPort(t, func(o *Options) { o.Advertise = "n1.example:7400" })
	if got := p.Stream(0).Addr().String(); got != "n1.example:7400" {
		t.Errorf("Addr is %q", got)
	}
	q, _ := testPort(t, nil)
	if got, want := q.Stream(0).Addr().String(), q.Addr().String(); got != want {
		t.Errorf("Addr is %q, want the listener's, %q", got, want)
	}
}
