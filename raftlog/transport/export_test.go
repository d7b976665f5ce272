package transport

// Connections is how many are open, in both directions.
func (t *Transport) Connections() int {
	t.stream.mu.Lock()
	defer t.stream.mu.Unlock()
	return len(t.stream.conns)
}
