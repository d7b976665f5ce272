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
	"syscall"
)

// ByProcess finds who made a loopback connection by the process that owns its other end: pids gives the nodes' process
// ids at the time. It asks the kernel, so the nodes need not know of the proxy, nor introduce themselves.
func ByProcess(pids func() map[string]int) Who {
	return func(conn net.Conn) (string, bool) {
		inode, err := inodeOf(conn.RemoteAddr(), conn.LocalAddr())
		if err != nil {
			return "", false
		}
		link := "socket:[" + inode + "]"
		for node, pid := range pids() {
			if owns(pid, link) {
				return node, true
			}
		}
		return "", false
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

func owns(pid int, link string) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	file, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer file.Close()
	names, err := file.Readdirnames(-1)
	if err != nil {
		return false
	}
	for _, n := range names {
		if to, err := os.Readlink(dir + "/" + n); err == nil && to == link {
			return true
		}
	}
	return false
}
