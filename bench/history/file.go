package history

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// version of the file's format, which is written. Files of oldest are read too: their records lack the further fields.
const (
	version = 2
	oldest  = 1
)

var (
	magic      = [8]byte{'P', 'T', 'H', 'I', 'S', 'T', version, 0}
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// maxHeaderBytes bounds the header's frame: a thousand events and charts of 200,000 seats take far less.
const maxHeaderBytes = 256 << 20

// header is the first frame.
type header struct {
	StartUnixNano int64    `json:"start_unix_nano"`
	Charts        []*Chart `json:"charts"`
	Events        []Event  `json:"events"`
}

// Save writes the run to a file.
func (r *Run) Save(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return r.Write(f)
}

// Load reads a run from a file.
func Load(path string) (*Run, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	return Read(f)
}

// Write writes the run; its workers must be done.
func (r *Run) Write(w io.Writer) error {
	out := bufio.NewWriterSize(w, chunkBytes)
	head, err := json.Marshal(header{StartUnixNano: r.start.UnixNano(), Charts: r.Charts, Events: r.Events})
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	_, _ = out.Write(magic[:]) // a bufio.Writer keeps its error until Flush
	writeFrame(out, head)
	for _, l := range r.logs {
		for _, c := range l.chunks {
			writeFrame(out, c)
		}
	}
	writeFrame(out, nil)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

func writeFrame(out *bufio.Writer, payload []byte) {
	var head [8]byte
	binary.LittleEndian.PutUint32(head[:4], uint32(len(payload)))
	binary.LittleEndian.PutUint32(head[4:], crc32.Checksum(payload, castagnoli))
	_, _ = out.Write(head[:])
	_, _ = out.Write(payload)
}

// Read reads a run. All operations are in one log afterwards.
func Read(from io.Reader) (*Run, error) {
	in := bufio.NewReaderSize(from, chunkBytes)
	var begin [8]byte
	if _, err := io.ReadFull(in, begin[:]); err != nil || [6]byte(begin[:6]) != [6]byte(magic[:6]) {
		return nil, ErrNoHistory
	}
	if begin[6] < oldest || begin[6] > version || begin[7] != 0 {
		return nil, fmt.Errorf("%w: %d, this one reads %d to %d", ErrVersion, begin[6], oldest, version)
	}
	text, err := readFrame(in, maxHeaderBytes)
	if err != nil {
		return nil, err
	}
	var head header
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrCorrupt, err)
	}
	r := New()
	r.start = time.Unix(0, head.StartUnixNano)
	for _, c := range head.Charts {
		if c == nil {
			return nil, fmt.Errorf("%w: a chart is missing", ErrCorrupt)
		}
		r.AddChart(c)
	}
	for _, e := range head.Events {
		if int(e.Chart) >= len(r.Charts) {
			return nil, fmt.Errorf("%w: event %s has no chart", ErrCorrupt, e.Name)
		}
		r.Allow(r.AddEvent(e.Name, e.Chart), e.MaxPlacesPerBuyer, e.HoldTTLSeconds)
	}
	return r, r.readChunks(in)
}

func (r *Run) readChunks(in *bufio.Reader) error {
	l := r.NewLog()
	for {
		chunk, err := readFrame(in, chunkBytes)
		if err != nil {
			return err
		}
		if len(chunk) == 0 {
			break
		}
		l.chunks = append(l.chunks, chunk)
	}
	return r.Each(func(*Op) bool { // every record is looked at once, so that a judge meets no bad one
		l.count++
		return true
	})
}

func readFrame(in *bufio.Reader, limit uint32) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, ErrCut
	}
	length := binary.LittleEndian.Uint32(head[:4])
	if length > limit {
		return nil, fmt.Errorf("%w: a frame of %d bytes", ErrCorrupt, length)
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(in, payload); err != nil {
		return nil, ErrCut
	}
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, fmt.Errorf("%w: checksum", ErrCorrupt)
	}
	return payload, nil
}
