package proxy

import (
	"net"
	"os"
	"testing"
)

func TestAConnectionIsKnownByTheProcessThatMadeIt(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	out, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	pids := map[string]int{"other": 1, "me": os.Getpid()}
	if node, ok := ByProcess(func() map[string]int { return pids })(in); !ok || node != "me" {
		t.Errorf("%q, %v", node, ok)
	}
	delete(pids, "me")
	if node, ok := ByProcess(func() map[string]int { return pids })(in); ok {
		t.Errorf("a stranger is %q", node)
	}
}
