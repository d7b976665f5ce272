package chaos

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// volumeBytes is the size of a node's file system: room for a night, in a file that takes no more than is written.
const volumeBytes = 2 << 30

// volumes are small file systems, one for each node, in files that are mounted as loop devices (Linux, root). One that is
// full is full for the kernel, and not only for a wrapper of the stores: what was allocated before can still be written, and
// nothing else can.
type volumes struct {
	dir string

	mu      sync.Mutex
	mounted map[string]bool // nodes
}

func newVolumes(dir string) *volumes { return &volumes{dir: dir, mounted: map[string]bool{}} }

func (v *volumes) image(node string) string  { return filepath.Join(v.dir, node+".volume") }
func (v *volumes) mount(node string) string  { return filepath.Join(v.dir, node+".mount") }
func (v *volumes) filler(node string) string { return filepath.Join(v.mount(node), "filler") }

// folder makes a node's file system and gives the folder in it that its data go to; an error says that this machine does not
// allow it, and why.
func (v *volumes) folder(node string) (string, error) {
	if err := v.make(node); err != nil {
		return "", fmt.Errorf("chaos: this machine does not allow a file system on a loop device: %w", err)
	}
	v.mu.Lock()
	v.mounted[node] = true
	v.mu.Unlock()
	return filepath.Join(v.mount(node), "data"), nil
}

func (v *volumes) make(node string) error {
	image, err := os.Create(v.image(node))
	if err != nil {
		return err
	}
	if err := errors.Join(image.Truncate(volumeBytes), image.Close(), os.Mkdir(v.mount(node), 0o750)); err != nil {
		return err
	}
	// -m 0: no blocks that only root may have, since the nodes are root's here.
	if err := run("mkfs.ext4", "-q", "-m", "0", v.image(node)); err != nil {
		return err
	}
	return run("mount", "-o", "loop", v.image(node), v.mount(node))
}

// fill takes every block that is left.
func (v *volumes) fill(node string) error {
	filler, err := os.Create(v.filler(node))
	if err != nil {
		return err
	}
	return errors.Join(takeAllBlocks(filler), filler.Close())
}

// drain gives the blocks back, if they were taken.
func (v *volumes) drain(node string) error {
	if err := os.Remove(v.filler(node)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// drop unmounts a node's file system and removes it: the node is gone for good.
func (v *volumes) drop(node string) error {
	if err := v.release(node); err != nil {
		return err
	}
	return errors.Join(os.Remove(v.image(node)), os.Remove(v.mount(node)))
}

func (v *volumes) release(node string) error {
	v.mu.Lock()
	mounted := v.mounted[node]
	delete(v.mounted, node)
	v.mu.Unlock()
	if !mounted {
		return nil
	}
	return run("umount", v.mount(node))
}

// close unmounts all; the files stay, for whoever looks at a run that failed. The nodes must have ended.
func (v *volumes) close() error {
	v.mu.Lock()
	var left []string
	for node := range v.mounted {
		left = append(left, node)
	}
	v.mu.Unlock()
	var errs []error
	for _, node := range left {
		errs = append(errs, v.release(node))
	}
	return errors.Join(errs...)
}
