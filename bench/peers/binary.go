package peers

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// Binary finds a program by its name: in the folders named (patterns as filepath.Glob takes them), then in PATH. ErrMissing,
// with the Debian package's name, where it is not there.
func Binary(program, debian string, folders ...string) (string, error) {
	for _, pattern := range folders {
		found, err := filepath.Glob(filepath.Join(pattern, program))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	path, err := exec.LookPath(program)
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return "", missing(program, debian)
	}
	return path, err
}

// Account is a user to run a process as.
type Account struct{ UID, GID uint32 }

// unprivileged are the accounts tried for a server that refuses to run as root.
var unprivileged = []string{"postgres", "nobody"}

// Unprivileged is an account for a server that refuses to run as root: nil where we are not root ourselves.
func Unprivileged() (*Account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range unprivileged {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, err
		}
		return &Account{UID: uint32(uid), GID: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("peers: as root, one of the accounts %v is needed", unprivileged)
}

// Folder makes a folder below dir that belongs to the account, or to us where it is nil.
func Folder(dir, name string, account *Account) (string, error) {
	path := filepath.Join(dir, name)
	if err := os.Mkdir(path, 0o700); err != nil {
		return "", err
	}
	if account == nil {
		return path, nil
	}
	return path, os.Chown(path, int(account.UID), int(account.GID))
}

// Workspace makes a temporary folder for peers, one that an unprivileged account can pass through, and the function that
// removes it with everything in it: in the folder named, or where temporary files belong.
func Workspace(in string) (dir string, remove func() error, err error) {
	dir, err = os.MkdirTemp(in, "parterre-peers-")
	if err != nil {
		return "", nil, err
	}
	remove = func() error { return os.RemoveAll(dir) }
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return dir, remove, nil
}

// FreeAddr is a loopback address that nobody listens on. It is let go again before the server takes it; the kernel hands
// ephemeral ports out in turn, so that it is very unlikely to give it to somebody else meanwhile.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("peers: no free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
