package link

import (
	"net"
	"time"
)

// write packs whatever waits and writes it, until a Write fails or lost is closed. There is no timer that waits for
// more: what arrives during a Write is the next flush.
func (l *lane) write(conn net.Conn, lost <-chan struct{}) error {
	p := packer{lane: l}
	for {
		if p.pack(); len(p.buf) > 0 {
			if err := p.flush(conn); err != nil {
				return err
			}
			continue
		}
		if l.sleep() {
			select {
			case <-l.wake:
			case <-lost:
				return nil
			}
		}
	}
}

// sleep reports whether there is nothing to write, and lets the next one who brings something wake the writer.
func (l *lane) sleep() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asleep = len(l.ready) == 0 && len(l.asks) == 0 && !l.ping
	return l.asleep
}

// flush writes the buffer with one Write. Where it fails, frames of which not every byte was taken were not sent: the
// peer decides nothing before it has a whole frame.
func (p *packer) flush(conn net.Conn) error {
	l := p.lane
	_ = conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // fails only where the Write fails, too
	l.writing.Store(true)
	n, err := conn.Write(p.buf)
	l.writing.Store(false)
	if err == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range p.frames {
		if l.pending[f.id] == f && f.end > n {
			f.unsent = true
		}
	}
	return err
}
