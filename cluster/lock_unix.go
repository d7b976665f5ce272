//go:build unix

package cluster

import (
	"os"
	"path/filepath"
	"syscall"
)

const lockFile = "lock"

// lockFolder keeps a second process out of the folder until unlock is called or this process ends.
func lockFolder(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &StartError{Problem: "the data folder cannot be locked", Err: err}
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, &StartError{
			Problem: "the data folder " + dir + " is in use by another process", Err: err,
			Remedy: "Stop that process, or name another folder with --data",
		}
	}
	return func() { _ = f.Close() }, nil // closing releases the lock
}
