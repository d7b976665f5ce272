package history

// Log is what one worker saw. One goroutine at a time adds to it, and nobody reads it meanwhile.
type Log struct {
	run    *Run
	chunks [][]byte // pointer-free: the garbage collector does not look into them
	called int64    // of the last record in the last chunk
	count  int

	session uint32 // of operations that name none
}

// chunkBytes is the room of one chunk; every record fits into one.
const chunkBytes = 256 << 10

// Now is the run's time, 0 for a log that keeps nothing.
func (l *Log) Now() int64 {
	if l == nil {
		return 0
	}
	return l.run.Now()
}

// Add writes an operation down. The caller may use it again.
func (l *Log) Add(o *Op) {
	if l == nil {
		return
	}
	if o.Session == 0 {
		o.Session = l.session
	}
	last := len(l.chunks) - 1
	if last < 0 || cap(l.chunks[last])-len(l.chunks[last]) < boundOf(o) {
		l.chunks = append(l.chunks, make([]byte, 0, chunkBytes))
		last, l.called = last+1, 0
	}
	l.chunks[last] = appendOp(l.chunks[last], o, &l.called)
	l.count++
}
