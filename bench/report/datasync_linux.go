package report

import (
	"os"
	"syscall"
)

// datasync is the call that the log stores make.
func datasync(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR { //nolint:errorlint // a number
			return err
		}
	}
}
