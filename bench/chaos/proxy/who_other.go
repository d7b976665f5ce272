//go:build !linux

package proxy

import "net"

// ByProcess knows nobody on this system: without /proc, who dialled cannot be told, and all connections are reset.
func ByProcess(func() map[string]int) Who {
	return func(net.Conn) (string, bool) { return "", false }
}
