package peerport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
)

// doorman is node own, which knows a member n1 and a removed node n2 at version 7 of its directory.
type doorman struct {
	own     string
	version uint64
}

func (d doorman) Introduce() (string, uint64) { return d.own, d.version }

func (d doorman) Admit(k Kind, from string, directory uint64) error {
	switch {
	case k == KindJoin, from == "n1", from != "n2" && directory > d.version:
		return nil
	case from == "n2":
		return ErrRemoved
	}
	return ErrStranger
}

func at(d doorman) func(*Options) { return func(o *Options) { o.Door = d } }

func TestTheDoorDecidesWhoComesIn(t *testing.T) {
	node, metrics := testPort(t, at(doorman{"n3", 7}), echo)
	for _, c := range []struct {
		name   string
		from   doorman
		to     string
		want   error
		reason string
	}{
		{"a member", doorman{"n1", 7}, "n3", nil, ""},
		{"a member that names nobody", doorman{"n1", 7}, "", nil, ""},
		{"a member that means another node", doorman{"n1", 7}, "n4", ErrOtherNode, "node"},
		{"a removed node", doorman{"n2", 9}, "n3", ErrRemoved, "removed"},
		{"a stranger", doorman{"n9", 7}, "n3", ErrStranger, "stranger"},
		{"a member that this node has not heard of yet", doorman{"n9", 8}, "n3", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			port, _ := testPort(t, at(c.from))
			conn, err := port.DialNode(testContext(t), c.to, node.Addr().String(), KindLink)
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if c.want == nil {
				wantEcho(t, conn)
			} else {
				wantRefusals(t, metrics, c.reason, 1)
			}
		})
	}
	nameless, _ := testPort(t, nil)
	if _, err := nameless.Dial(testContext(t), node.Addr().String(), KindLink, 0); !errors.Is(err, ErrStranger) {
		t.Errorf("without a name: %v", err)
	}
}

func TestAnOlderVersionIsDialledWithoutAnIntroduction(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	seen := make(chan byte, 2)
	go func() { // as versions did that knew kinds 1 to 3
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			var header [HeaderBytes]byte
			_, _ = io.ReadFull(c, header[:])
			seen <- header[5]
			if header[5] > byte(KindHello) {
				_, _ = c.Write([]byte{byte(answerKind)})
			} else {
				_, _ = c.Write([]byte{byte(answerWelcome)})
			}
			_ = c.Close()
		}
	}()
	port, _ := testPort(t, at(doorman{"n1", 7}))
	c, err := port.DialNode(testContext(t), "n2", l.Addr().String(), KindLink)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if first, second := <-seen, <-seen; first != byte(KindLink)|introduced || second != byte(KindLink) {
		t.Errorf("kinds %d, %d", first, second)
	}
}

func TestAJoinNeedsNoCluster(t *testing.T) {
	node, _ := testPort(t, at(doorman{"n3", 7}), func(p *Port) {
		p.Handle(KindJoin, func(_ context.Context, c net.Conn) { _, _ = io.Copy(c, c) })
	})
	port, _ := testPort(t, func(o *Options) { o.Cluster, o.Door = 0, doorman{"n9", 0} })
	wantEcho(t, dial(t, port, node, KindJoin, 0))
	if _, err := node.Dial(testContext(t), port.Addr().String(), KindLink, 0); !errors.Is(err, ErrOtherCluster) {
		t.Errorf("a port that belongs to no cluster yet: %v", err)
	}
}

func TestANodesConnectionsAreCut(t *testing.T) {
	node, _ := testPort(t, at(doorman{"n3", 7}), echo)
	gone, _ := testPort(t, at(doorman{"n1", 7}))
	stays, _ := testPort(t, at(doorman{"n5", 8}))
	cut, kept := dial(t, gone, node, KindLink, 0), dial(t, stays, node, KindLink, 0)
	wantEcho(t, cut)
	wantEcho(t, kept)
	node.SeverFrom("n1")
	if _, err := cut.Read(make([]byte, 1)); err == nil {
		t.Error("the connection lives on")
	}
	wantEcho(t, kept)
}

func FuzzIntroduction(f *testing.F) {
	f.Add(AppendIntroduction(nil, Introduction{From: "n1", To: "n2", Directory: 3}))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 200, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		i, err := ReadIntroduction(r)
		if err != nil {
			return
		}
		if read := b[:len(b)-r.Len()]; !bytes.Equal(AppendIntroduction(nil, i), read) {
			t.Errorf("% x was read as %+v", read, i)
		}
	})
}
