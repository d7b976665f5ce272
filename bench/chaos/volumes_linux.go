package chaos

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// blockBytes is the smallest block of a file system that is asked for.
const blockBytes = 1 << 10

// takeAllBlocks lets a file have every block that its file system has left, without writing any of them.
func takeAllBlocks(f *os.File) error {
	taken := int64(0)
	for piece := int64(volumeBytes); piece >= blockBytes; {
		switch err := syscall.Fallocate(int(f.Fd()), 0, taken, piece); {
		case err == nil:
			taken += piece
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.ENOSPC):
			piece /= 2
		default:
			return fmt.Errorf("fallocate: %w", err)
		}
	}
	return nil
}
