package nodes

import "syscall"

// diesWithParent makes the kernel kill a node when the process that started it dies.
func diesWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
