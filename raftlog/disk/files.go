package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// What lies in a group's folder.
const (
	lockFile     = "lock"      // flock'd while open; holds the owner's pid
	kindFile     = "kind"      // which log store wrote the folder
	stableFile   = "stable.db" // term and vote, bbolt
	logFile      = "log.db"    // the log of KindBolt
	walDir       = "wal"       // the log of KindWAL
	snapshotsDir = "snapshots" // raft.FileSnapshotStore
	damagedDir   = "damaged"   // snapshots that the open guard put aside
	tmpSuffix    = ".tmp"      // unfinished snapshot
	newSuffix    = ".new"      // file being made
	stateFile    = "state.bin" // a snapshot's content
	touchFile    = "permTest"  // raft.FileSnapshotStore tries the folder with it
	dirMode      = fs.FileMode(0o750)
	fileMode     = fs.FileMode(0o640)
)

// lockFolder takes the folder for this process. The kernel lets go of it when the process dies.
func lockFolder(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockFile)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	const poll = 50 * time.Millisecond
	for deadline := time.Now().Add(lockWait); ; time.Sleep(poll) {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil || !errors.Is(err, syscall.EWOULDBLOCK) || time.Now().After(deadline) {
			break
		}
	}
	if err != nil {
		owner, _ := os.ReadFile(path)
		err = fmt.Errorf("%w: %s is held by process %s; a data folder belongs to one running node (%w)",
			ErrLocked, dir, strings.TrimSpace(string(owner)), err)
		return nil, errors.Join(err, file.Close())
	}
	if err := writePid(file); err != nil {
		return nil, errors.Join(fmt.Errorf("disk: writing %s: %w", path, err), file.Close())
	}
	return file, nil
}

func writePid(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

// readKind tells which log store wrote the folder: "" if none has yet.
func readKind(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, kindFile))
	if err == nil {
		kind := strings.TrimSpace(string(content))
		if kind != KindBolt && kind != KindWAL {
			return "", fmt.Errorf("%w: %s says %q: written by a newer version?", ErrKind, filepath.Join(dir, kindFile), kind)
		}
		return kind, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("disk: %w", err)
	}
	// The kind is written before anything else. Data without it was put together by hand.
	for _, name := range []string{stableFile, logFile, walDir, snapshotsDir} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return "", fmt.Errorf("%w: %s has %s but no file %q; restore the whole folder or remove it", ErrKind, dir, name, kindFile)
		}
	}
	return "", nil
}

// claimKind makes sure that the folder is of the kind, and marks a new one.
func claimKind(dir, kind string) error {
	written, err := readKind(dir)
	if err != nil {
		return err
	}
	if written == kind {
		return nil
	}
	if written != "" {
		return fmt.Errorf("%w: %s was written by log store %q and cannot be opened as %q; start with --log-store %s",
			ErrKind, dir, written, kind, written)
	}
	path := filepath.Join(dir, kindFile)
	return makeFile(path, func(tmp string) error {
		file, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fileMode)
		if err != nil {
			return err
		}
		_, err = file.WriteString(kind + "\n")
		return errors.Join(err, file.Sync(), file.Close())
	})
}

// makeFile has a file written under another name and then renamed, so that a crash leaves all of it or nothing.
func makeFile(path string, write func(tmp string) error) error {
	tmp := path + newSuffix
	if err := os.RemoveAll(tmp); err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	if err := write(tmp); err != nil {
		return fmt.Errorf("disk: making %s: %w", path, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// makeDir makes the folder and lets its name survive a power cut.
func makeDir(path string) error {
	if err := os.MkdirAll(path, dirMode); err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir fsyncs a folder: its names, not the files in it.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("disk: fsync of folder %s: %w", path, err)
	}
	return nil
}
