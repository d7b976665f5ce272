package proxy

import (
	"net"
	"net/netip"
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

func TestTheKernelAndItsListAgreeOnASocket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	local, remote := netip.MustParseAddrPort(conn.LocalAddr().String()), netip.MustParseAddrPort(conn.RemoteAddr().String())
	asked, err := askKernel(local, remote)
	if err != nil {
		t.Logf("this kernel is not asked: %v", err)
		asked, err = inodeOf(conn.LocalAddr(), conn.RemoteAddr())
	}
	if want, wrong := listed(conn.LocalAddr(), conn.RemoteAddr()); err != nil || wrong != nil || asked != want {
		t.Errorf("the kernel says %s, %v; its list %s, %v", asked, err, want, wrong)
	}
	if _, err := inodeOf(conn.LocalAddr(), conn.LocalAddr()); err == nil {
		t.Error("a socket that is not there was found")
	}
}
