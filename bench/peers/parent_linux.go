package peers

import "syscall"

// diesWithParent makes the kernel kill a server when the process that started it dies.
func diesWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
