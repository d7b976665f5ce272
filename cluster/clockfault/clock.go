// Package clockfault owns a clock that steps and drifts on purpose, as a file says (`parterre serve --fault-clock FILE`, a
// hidden flag). It stands in for Config.ClockMillis of a node, which is all that a cluster knows of wall-clock time.
package clockfault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Document is what a control file says. No file, or an empty one, is the machine's clock.
type Document struct {
	// OffsetMS is added to the machine's clock at once: a step.
	OffsetMS int64 `json:"offset_ms,omitempty"`
	// RatePPM is by how much the clock runs faster, in millionths, from the reading of the document on; negative = slower.
	RatePPM int64 `json:"rate_ppm,omitempty"`
}

// ErrDocument says that a control file cannot be understood.
var ErrDocument = errors.New("clockfault: not a document of a clock")

// pollInterval is how often the file is read.
const pollInterval = 10 * time.Millisecond

// Clock follows a file.
type Clock struct {
	file    string
	last    []byte
	now     atomic.Pointer[course]
	stop    chan struct{}
	done    sync.WaitGroup
	onError func(error)
}

// course is how the clock runs since a moment.
type course struct {
	Document
	since time.Time
}

// Follow reads the file, and then again and again until Close. A file that cannot be understood later leaves the clock as
// it runs and is told to onError.
func Follow(file string, onError func(error)) (*Clock, error) {
	c := &Clock{file: file, stop: make(chan struct{}), onError: onError}
	c.now.Store(&course{since: time.Now()})
	if err := c.read(); err != nil {
		return nil, err
	}
	c.done.Go(c.run)
	return c, nil
}

// Close stops following; the clock goes on as it runs.
func (c *Clock) Close() {
	close(c.stop)
	c.done.Wait()
}

// Millis is the clock, in Unix milliseconds.
func (c *Clock) Millis() int64 {
	run, now := c.now.Load(), time.Now()
	return now.UnixMilli() + run.OffsetMS + now.Sub(run.since).Milliseconds()*run.RatePPM/1_000_000
}

func (c *Clock) run() {
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

func (c *Clock) read() error {
	text, err := os.ReadFile(c.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clockfault: %w", err)
	}
	if bytes.Equal(text, c.last) {
		return nil
	}
	c.last = text
	next := &course{since: time.Now()}
	if len(bytes.TrimSpace(text)) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&next.Document); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrDocument, c.file, err)
		}
	}
	c.now.Store(next)
	return nil
}
