package link

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"sync/atomic"
)

// frameReader cuts a stream into frames.
//
// The strings of decoded commands and results alias the bytes they were read from, and live on in answers and views for
// as long as anybody keeps them. So the bytes are never written twice and never pooled: they are read into chunks that
// many frames share, and a chunk that is full is left to the garbage collector.
type frameReader struct {
	r     io.Reader
	chunk []byte // what was read; the room up to its capacity is free
	start int    // of the next frame
	reads *atomic.Uint64
}

// newFrameReader reads from r and counts the reads that brought something.
func newFrameReader(r io.Reader, reads *atomic.Uint64) *frameReader {
	return &frameReader{r: r, reads: reads}
}

// next is the body of the next frame, io.EOF at a clean end, or an error that wraps ErrFrame or the reader's.
func (f *frameReader) next() ([]byte, error) {
	if err := f.fill(prefixBytes); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(f.chunk[f.start:])
	if size == 0 || size > MaxFrameBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrFrame, size)
	}
	if err := f.fill(prefixBytes + int(size)); err != nil {
		return nil, err
	}
	sum := binary.BigEndian.Uint32(f.chunk[f.start+4:])
	from, to := f.start+prefixBytes, f.start+prefixBytes+int(size)
	f.start = to
	body := f.chunk[from:to:to]
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, fmt.Errorf("%w: wrong checksum over %d bytes", ErrFrame, size)
	}
	return body, nil
}

// fill reads until n bytes stand from f.start on.
func (f *frameReader) fill(n int) error {
	for len(f.chunk)-f.start < n {
		f.makeRoom(n)
		read, err := f.r.Read(f.chunk[len(f.chunk):cap(f.chunk)])
		f.chunk = f.chunk[:len(f.chunk)+read]
		if read > 0 {
			f.reads.Add(1)
			continue
		}
		if err == io.EOF && len(f.chunk) > f.start {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// makeRoom sees to it that a read has room. A frame that claims to be long gets its room as its bytes arrive, doubling,
// so that a length alone makes nobody allocate.
func (f *frameReader) makeRoom(n int) {
	have := len(f.chunk) - f.start
	if room := cap(f.chunk) - len(f.chunk); room >= min(minReadBytes, n-have) {
		return
	}
	next := make([]byte, have, max(chunkBytes, min(n, 2*have)))
	copy(next, f.chunk[f.start:])
	f.chunk, f.start = next, 0
}
