package peers

import "syscall"

// diesWithParent makes the kernel end a server when the process that started it dies: with SIGKILL if the signal is 0.
func diesWithParent(s syscall.Signal) *syscall.SysProcAttr {
	if s == 0 {
		s = syscall.SIGKILL
	}
	return &syscall.SysProcAttr{Pdeathsig: s, Setpgid: true}
}
