package nodes

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// Node is one process, which may be started again after it ended.
type Node struct {
	Name, HTTP, Peer, Admin, Dir string
	// Advertised is where the others reach the peer port.
	Advertised string

	prefix []string
	args   []string
	output func(node, line string)

	mu      sync.Mutex
	binary  string
	running *process
}

// process is one life of a node.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed once the process was waited for; err is set before
	err    error
}

// maxLineBytes bounds a line of a node's output; the rest of a longer one comes as lines of its own.
const maxLineBytes = 64 << 10

// Start starts the process. It is an error if it runs already.
func (n *Node) Start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.running; p != nil {
		select {
		case <-p.exited:
		default:
			return fmt.Errorf("nodes: %s runs already", n.Name)
		}
	}
	words := append(append(append([]string(nil), n.prefix...), n.binary), n.args...)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.SysProcAttr = diesWithParent()
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("nodes: start %s: %w", n.Name, err)
	}
	p := &process{cmd: cmd, exited: make(chan struct{})}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		n.readLines(reader)
	}()
	go func() {
		err := cmd.Wait()
		_ = writer.Close()
		<-drained
		p.err = err
		close(p.exited)
	}()
	n.running = p
	return nil
}

// Binary is what the node is started from.
func (n *Node) Binary() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.binary
}

// Use has the node started from another binary, from its next start on.
func (n *Node) Use(binary string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.binary = binary
}

func (n *Node) readLines(r io.Reader) {
	lines := bufio.NewReaderSize(r, maxLineBytes)
	for {
		line, _, err := lines.ReadLine()
		if err != nil {
			return
		}
		if n.output != nil {
			n.output(n.Name, string(line))
		}
	}
}

// Kill ends the process with SIGKILL, as a power cut would, and waits. Killing a node that does not run is no error.
func (n *Node) Kill() error {
	p := n.process()
	if p == nil {
		return nil
	}
	_ = p.cmd.Process.Kill() // it may have ended just now
	<-p.exited
	return nil
}

// Stop ends the process with SIGTERM and waits for it to drain; when ctx ends before, it is killed, which is an error.
// So is an exit code other than 0.
func (n *Node) Stop(ctx context.Context) error {
	p := n.process()
	if p == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("nodes: %s did not drain in time: %w", n.Name, ctx.Err()), n.Kill())
	}
	if p.err != nil {
		return fmt.Errorf("nodes: %s: %w", n.Name, p.err)
	}
	return nil
}

// Signal sends a signal to the process.
func (n *Node) Signal(s syscall.Signal) error {
	p := n.process()
	if p == nil {
		return fmt.Errorf("nodes: %s does not run", n.Name)
	}
	return p.cmd.Process.Signal(s)
}

// PID is the process id of the newest life, 0 before the first.
func (n *Node) PID() int {
	if p := n.process(); p != nil {
		return p.cmd.Process.Pid
	}
	return 0
}

// Exited is closed when the newest life of the node has ended.
func (n *Node) Exited() <-chan struct{} {
	if p := n.process(); p != nil {
		return p.exited
	}
	closed := make(chan struct{})
	close(closed)
	return closed
}

// ExitErr is how the newest life ended: nil for exit code 0. Only meaningful after Exited.
func (n *Node) ExitErr() error {
	p := n.process()
	if p == nil {
		return errors.New("never started")
	}
	<-p.exited
	if p.err == nil {
		return errors.New("exit code 0")
	}
	return p.err
}

func (n *Node) process() *process {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.running
}
