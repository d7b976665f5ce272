//go:build !linux

package nodes

import "syscall"

// diesWithParent keeps a terminal's Ctrl-C from reaching the nodes before their parent drains them.
func diesWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
