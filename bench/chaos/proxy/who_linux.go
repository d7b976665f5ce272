package proxy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ByProcess finds who made a loopback connection by the process that owns its other end: pids gives the nodes' process
// ids at the time. It asks the kernel, so the nodes need not know of the proxy, nor introduce themselves.
func ByProcess(pids func() map[string]int) Who {
	o := &owners{pids: pids}
	return func(conn net.Conn) (string, bool) {
		inode, err := inodeOf(conn.RemoteAddr(), conn.LocalAddr())
		if err != nil {
			return "", false
		}
		node, ok := o.of("socket:[" + inode + "]")
		return node, ok
	}
}

// owners tells which process has a socket open. To look means to read the names of all descriptors of all nodes, so whoever asks
// while somebody looks shares the next look, and there is a pause between two: a storm of connections costs no more.
type owners struct {
	pids  func() map[string]int
	begun atomic.Uint64 // looks

	looking sync.Mutex
	last    time.Time
	found   map[string]string // by the link of a socket, of the newest look
}

const lookPause = 5 * time.Millisecond

func (o *owners) of(link string) (node string, ok bool) {
	before := o.begun.Load()
	o.looking.Lock()
	defer o.looking.Unlock()
	if o.begun.Load() <= before { // no look began since the connection was there
		time.Sleep(time.Until(o.last.Add(lookPause)))
		o.begun.Add(1)
		o.found = map[string]string{}
		for node, pid := range o.pids() {
			o.look(node, pid)
		}
		o.last = time.Now()
	}
	node, ok = o.found[link]
	return node, ok
}

func (o *owners) look(node string, pid int) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	file, err := os.Open(dir)
	if err != nil {
		return // it has ended
	}
	defer file.Close()
	names, _ := file.Readdirnames(-1)
	for _, n := range names {
		if to, err := os.Readlink(dir + "/" + n); err == nil && strings.HasPrefix(to, "socket:") {
			o.found[to] = node
		}
	}
}

// inodeOf is the inode of the socket with these two ends.
func inodeOf(local, remote net.Addr) (string, error) {
	l, err1 := netip.ParseAddrPort(local.String())
	r, err2 := netip.ParseAddrPort(remote.String())
	if err1 != nil || err2 != nil || !l.Addr().Unmap().Is4() || !r.Addr().Unmap().Is4() {
		return "", fmt.Errorf("proxy: %s to %s is no connection over IPv4", local, remote)
	}
	if inode, err := askKernel(l, r); err == nil || errors.Is(err, syscall.ENOENT) {
		return inode, err
	}
	return listed(local, remote) // a kernel without sock_diag
}

// listed finds the socket in the list of all (proc_pid_net(5), tcp).
func listed(local, remote net.Addr) (string, error) {
	l, r := hexAddr(local), hexAddr(remote)
	file, err := os.Open("/proc/net/tcp")
	if err != nil {
		return "", err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) > 9 && f[1] == l && f[2] == r {
			return f[9], nil
		}
	}
	return "", fmt.Errorf("proxy: %s is no socket of this machine", local)
}

// hexAddr is an IPv4 address as /proc/net/tcp writes it: a 32-bit word of this machine's byte order, and the port.
func hexAddr(a net.Addr) string {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil || !ap.Addr().Unmap().Is4() {
		return "none"
	}
	four := ap.Addr().Unmap().As4()
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(four[:]), ap.Port())
}
