//go:build !linux

package report

import "os"

func datasync(f *os.File) error { return f.Sync() }
