//go:build !linux

package chaos

import (
	"errors"
	"os"
)

// takeAllBlocks is never reached: without Linux no file system is mounted.
func takeAllBlocks(*os.File) error { return errors.ErrUnsupported }
