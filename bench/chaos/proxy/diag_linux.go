package proxy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"syscall"
)

// The kernel's words for a question about one socket (sock_diag(7)).
const (
	sockDiag         = 4  // NETLINK_SOCK_DIAG
	sockDiagByFamily = 20 // SOCK_DIAG_BY_FAMILY
	headerBytes      = 16 // of nlmsghdr
	questionBytes    = 56 // of inet_diag_req_v2
	inodeAt          = 68 // in inet_diag_msg
	answerBytes      = 72 // of inet_diag_msg
	maxAnswerBytes   = 4 << 10
)

var errNoSocket = errors.New("proxy: no such socket")

// askKernel is the inode of the IPv4 TCP socket with these two ends. It costs the same whatever else is open, where the list in
// /proc/net/tcp grows with every connection of the machine: in a storm of new ones nothing else got done.
func askKernel(local, remote netip.AddrPort) (inode string, err error) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, sockDiag)
	if err != nil {
		return "", fmt.Errorf("proxy: %w", err)
	}
	defer syscall.Close(fd)
	if err := syscall.Sendto(fd, question(local, remote), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return "", fmt.Errorf("proxy: %w", err)
	}
	answer := make([]byte, maxAnswerBytes)
	n, _, err := syscall.Recvfrom(fd, answer, 0)
	if err != nil {
		return "", fmt.Errorf("proxy: %w", err)
	}
	answer = answer[:n]
	if len(answer) < headerBytes {
		return "", errNoSocket
	}
	if kind := binary.NativeEndian.Uint16(answer[4:]); kind == syscall.NLMSG_ERROR && len(answer) >= headerBytes+4 {
		return "", fmt.Errorf("proxy: %w", syscall.Errno(-int32(binary.NativeEndian.Uint32(answer[headerBytes:]))))
	} else if kind != sockDiagByFamily || len(answer) < headerBytes+answerBytes {
		return "", errNoSocket
	}
	return strconv.FormatUint(uint64(binary.NativeEndian.Uint32(answer[headerBytes+inodeAt:])), 10), nil
}

// question asks for one socket: nlmsghdr, then inet_diag_req_v2. Ports and addresses are in the network's byte order.
func question(local, remote netip.AddrPort) []byte {
	q := make([]byte, headerBytes+questionBytes)
	binary.NativeEndian.PutUint32(q, uint32(len(q)))
	binary.NativeEndian.PutUint16(q[4:], sockDiagByFamily)
	binary.NativeEndian.PutUint16(q[6:], syscall.NLM_F_REQUEST)
	body := q[headerBytes:]
	body[0], body[1] = syscall.AF_INET, syscall.IPPROTO_TCP
	binary.NativeEndian.PutUint32(body[4:], ^uint32(0)) // in any state
	id := body[8:]
	binary.BigEndian.PutUint16(id, local.Port())
	binary.BigEndian.PutUint16(id[2:], remote.Port())
	from, to := local.Addr().Unmap().As4(), remote.Addr().Unmap().As4()
	copy(id[4:], from[:])
	copy(id[20:], to[:])
	for i := 40; i < 48; i++ {
		id[i] = 0xff // no cookie
	}
	return q
}
