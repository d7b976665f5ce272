package diskfault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"
)

// Document is what a control file says: a behaviour for each kind of access that is not sound. No file, or an empty one, is
// a sound disk. JSON; unknown members and words are errors.
type Document map[string]Behaviour

// Behaviour is what happens to accesses of one kind.
type Behaviour struct {
	// SlowMS bounds how long an access waits before it is done: from a tenth of it to all of it.
	SlowMS int `json:"slow_ms,omitempty"`
	// Hang makes accesses wait until the document says otherwise.
	Hang bool `json:"hang,omitempty"`
	// Error is "eio", "eio_fsync" (what is written stands there, and its fsync fails) or "enospc"; Pass accesses come before.
	Error string `json:"error,omitempty"`
	Pass  int    `json:"pass,omitempty"`
}

var opOfWord = map[string]Op{"append": Append, "trim": Trim, "stable": Stable, "snapshot": Snapshot, "read": Read}

// ErrDocument says that a control file cannot be understood.
var ErrDocument = errors.New("diskfault: not a document of disk faults")

// pollInterval is how often a control file is read.
const pollInterval = 10 * time.Millisecond

// Control makes Faults follow a file.
type Control struct {
	Faults

	file     string
	last     []byte
	releases map[Op]func() // of what hangs
	stop     chan struct{}
	done     sync.WaitGroup
	onError  func(error)
}

// Follow reads the file, and then again and again until Close. A file that cannot be understood later leaves the faults as
// they are and is told to onError.
func Follow(file string, onError func(error)) (*Control, error) {
	c := &Control{file: file, releases: map[Op]func(){}, stop: make(chan struct{}), onError: onError}
	if err := c.read(); err != nil {
		return nil, err
	}
	c.done.Go(c.run)
	return c, nil
}

// Close stops following; what hangs goes on.
func (c *Control) Close() {
	close(c.stop)
	c.done.Wait()
	for _, release := range c.releases {
		release()
	}
}

func (c *Control) run() {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-tick.C:
			if err := c.read(); err != nil {
				c.onError(err)
			}
		}
	}
}

func (c *Control) read() error {
	text, err := os.ReadFile(c.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("diskfault: %w", err)
	}
	if bytes.Equal(text, c.last) {
		return nil
	}
	c.last = text
	d := Document{}
	if len(bytes.TrimSpace(text)) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&d); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDocument, c.file, err)
		}
	}
	return c.apply(d)
}

func (c *Control) apply(d Document) error {
	for word, b := range d {
		if _, known := opOfWord[word]; !known {
			return fmt.Errorf("%w: %q is no kind of access", ErrDocument, word)
		}
		if !b.valid() {
			return fmt.Errorf("%w: %s: %+v", ErrDocument, word, b)
		}
	}
	for word, op := range opOfWord {
		b := d[word]
		slowest := time.Duration(b.SlowMS) * time.Millisecond
		c.Slow(op, slowest/10, slowest)
		if fault := errorOfWord[b.Error]; fault.late {
			c.FailSync(op, b.Pass, fault.err)
		} else {
			c.Fail(op, b.Pass, fault.err)
		}
		release, hangs := c.releases[op]
		switch {
		case b.Hang && !hangs:
			c.releases[op] = c.Stall(op)
		case !b.Hang && hangs:
			delete(c.releases, op)
			release()
		}
	}
	return nil
}

// errorOfWord are the faults, and whether they come after the access was done.
var errorOfWord = map[string]struct {
	err  error
	late bool
}{"": {}, "eio": {syscall.EIO, false}, "eio_fsync": {syscall.EIO, true}, "enospc": {syscall.ENOSPC, false}}

func (b *Behaviour) valid() bool {
	_, known := errorOfWord[b.Error]
	return known && b.SlowMS >= 0 && b.Pass >= 0
}
