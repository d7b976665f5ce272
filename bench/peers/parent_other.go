//go:build !linux

package peers

import "syscall"

// diesWithParent keeps a terminal's Ctrl-C from reaching the servers before their parent stops them.
func diesWithParent(syscall.Signal) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
