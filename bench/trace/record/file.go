package record

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/parterre/parterre/bench/trace"
)

// file is the file at hand.
type file struct {
	options *Options
	log     *slog.Logger
	disk    *os.File
	writer  *trace.Writer
	begun   time.Time
	offset  int64 // microseconds from the recorder's start to the start of the file's times
	flushed time.Time
	stages  map[string]*stage
	charts  map[string]*chartIndex
	numbers *numbers
}

// Names sort by time, and by number where a file is full within a millisecond.
const (
	nameLayout    = "20060102T150405.000Z"
	startedLayout = "2006-01-02T15:04:05.000Z"
)

// newFile begins a file, the how-manieth of the recorder, whose times count from started.
func newFile(o *Options, number int, started time.Time, offset int64) (*file, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	name := fmt.Sprintf("%s-%06d-%s.trace", started.UTC().Format(nameLayout), number, url.PathEscape(o.Node))
	disk, err := os.OpenFile(filepath.Join(o.Dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	w, err := trace.NewWriter(disk, &trace.Header{
		Made: trace.Recorded, By: o.By, Started: started.UTC().Format(startedLayout), Retry: trace.DefaultRetry(),
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("record: %w", err), disk.Close())
	}
	now := time.Now()
	return &file{
		options: o, log: o.Logger, disk: disk, writer: w, begun: now, offset: offset, flushed: now,
		stages: map[string]*stage{}, charts: map[string]*chartIndex{}, numbers: newNumbers(),
	}, nil
}

// done says that the next file should be begun.
func (f *file) done(now time.Time) bool {
	return f.writer.Bytes() >= f.options.FileBytes || f.numbers.full() ||
		now.Sub(f.begun) >= f.options.FileAge && f.writer.Records() > 0
}

// close ends the file in order.
func (f *file) close() error { return errors.Join(f.writer.Close(), f.disk.Close()) }
