package redis

import (
	"bufio"
	"context"
	"errors"
	"net"
	"runtime"
	"sync"

	"github.com/parterre/parterre/bench/peers"
)

// pipe is one connection that many clients share: what they ask while a write is under way is the next write. Its writer and
// its reader end when the connection is closed, and close waits for them.
type pipe struct {
	conn net.Conn
	ends sync.WaitGroup

	mu      sync.Mutex
	filled  *sync.Cond // next or closed changed
	next    []byte     // commands not written yet
	waiting []*call    // who asked, in the order of the commands, written or not; from head on
	head    int
	err     error // why it ended
}

// call is one command under way; used again and again by its client.
type call struct {
	answer int64
	err    error
	done   chan struct{} // one slot
}

const pipeBytes = 64 << 10

func newPipe(socket string) (*pipe, error) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return nil, err
	}
	p := &pipe{conn: conn}
	p.filled = sync.NewCond(&p.mu)
	p.ends.Go(p.write)
	p.ends.Go(p.read)
	return p, nil
}

// ask queues a command; the answer comes by k.done.
func (p *pipe) ask(k *call, command []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		k.err = p.err
		k.done <- struct{}{}
		return
	}
	p.next, p.waiting = append(p.next, command...), append(p.waiting, k)
	p.filled.Signal()
}

// write sends what has come together.
func (p *pipe) write() {
	var sending []byte
	for {
		p.mu.Lock()
		for len(p.next) == 0 && p.err == nil {
			p.filled.Wait()
		}
		ended := p.err != nil
		p.mu.Unlock()
		if ended {
			return
		}
		runtime.Gosched() // lets those who are about to ask do it before the write, which makes it a larger one
		p.mu.Lock()
		sending, p.next = p.next, sending[:0]
		p.mu.Unlock()
		if _, err := p.conn.Write(sending); err != nil {
			p.fail(err)
			return
		}
	}
}

// read hands the answers out in the order of the commands.
func (p *pipe) read() {
	reader := bufio.NewReaderSize(p.conn, pipeBytes)
	for {
		answer, err := readInteger(reader)
		if err != nil && !errors.Is(err, ErrServer) {
			p.fail(err)
			return
		}
		p.mu.Lock()
		k := p.waiting[p.head]
		p.waiting[p.head] = nil
		if p.head++; p.head == len(p.waiting) {
			p.waiting, p.head = p.waiting[:0], 0
		} else if p.head == maxHead {
			p.waiting, p.head = append(p.waiting[:0], p.waiting[p.head:]...), 0
		}
		p.mu.Unlock()
		k.answer, k.err = answer, err
		k.done <- struct{}{}
	}
}

// maxHead is how many answered calls the queue keeps before it is moved to the front of its memory.
const maxHead = 4096

// fail ends the pipe and everybody who waits.
func (p *pipe) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return
	}
	p.err = err
	for _, k := range p.waiting[p.head:] {
		k.err = err
		k.done <- struct{}{}
	}
	p.waiting, p.head = nil, 0
	p.filled.Broadcast()
	_ = p.conn.Close() // wakes the reader
}

func (p *pipe) close() error {
	p.fail(net.ErrClosed)
	p.ends.Wait()
	return nil
}

// pipelinedClient shares a pipe with others.
type pipelinedClient struct {
	caller caller
	pipe   *pipe
	owner  bool // closes the pipe
	buffer []byte
	calls  []*call
}

func (s *server) openPipelined(clients, size int) ([]peers.Client, error) {
	if size <= 0 {
		size = 1
	}
	list := make([]peers.Client, 0, clients)
	pipes := make([]*pipe, size)
	for i := range clients {
		owner := i < size
		if owner {
			p, err := newPipe(s.socket)
			if err != nil {
				return nil, closeAll(list, err)
			}
			pipes[i] = p
		}
		list = append(list, &pipelinedClient{caller: s.caller(), pipe: pipes[i%size], owner: owner})
	}
	return list, nil
}

func (c *pipelinedClient) ask(parties []*peers.Party, command func([]byte, *peers.Party) []byte) {
	for len(c.calls) < len(parties) {
		c.calls = append(c.calls, &call{done: make(chan struct{}, 1)})
	}
	for i, p := range parties {
		c.buffer = command(c.buffer[:0], p)
		c.pipe.ask(c.calls[i], c.buffer)
	}
}

// Hold claims the parties' seats.
func (c *pipelinedClient) Hold(_ context.Context, parties []*peers.Party) error {
	c.ask(parties, c.caller.hold)
	var errs []error
	for i, p := range parties {
		k := c.calls[i]
		<-k.done
		if k.err != nil {
			errs = append(errs, k.err)
			continue
		}
		held(p, k.answer)
	}
	return errors.Join(errs...)
}

// Confirm makes orders.
func (c *pipelinedClient) Confirm(_ context.Context, parties []*peers.Party) error {
	c.ask(parties, c.caller.confirm)
	var errs []error
	for i := range parties {
		k := c.calls[i]
		<-k.done
		if k.err != nil {
			errs = append(errs, k.err)
		} else if k.answer != 1 {
			errs = append(errs, peers.ErrLost)
		}
	}
	return errors.Join(errs...)
}

// Close closes the pipe if this client is its owner.
func (c *pipelinedClient) Close() error {
	if !c.owner {
		return nil
	}
	return c.pipe.close()
}

// closeAll gives up what was opened before an error.
func closeAll(list []peers.Client, err error) error {
	errs := []error{err}
	for _, c := range list {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
