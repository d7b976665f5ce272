package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Command is a server process to start.
type Command struct {
	Name    string // for errors and the log
	Path    string
	Args    []string
	Dir     string // where it runs; also its HOME
	Account *Account
	// StopSignal asks it to end; StopTimeout is how long it may take before it is killed.
	StopSignal  syscall.Signal
	StopTimeout time.Duration
	// DeathSignal is what it gets when we die without stopping it, where the system can do that; 0 is SIGKILL.
	DeathSignal syscall.Signal
	Log         func(process, line string)
}

// Process is a server process that was started.
type Process struct {
	command Command
	cmd     *exec.Cmd
	exited  chan struct{} // closed when it was waited for; err is set before
	err     error
}

// maxLineBytes bounds a line of a process's output; the rest of a longer one comes as lines of its own.
const maxLineBytes = 64 << 10

// Launch starts a server process. The caller must Stop it.
func Launch(c Command) (*Process, error) {
	cmd := c.prepare(context.Background())
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("peers: start %s: %w", c.Name, err)
	}
	p := &Process{command: c, cmd: cmd, exited: make(chan struct{})}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		c.readLines(reader)
	}()
	go func() {
		err := cmd.Wait()
		_ = writer.Close()
		<-drained
		p.err = err
		close(p.exited)
	}()
	return p, nil
}

// Execute runs a program to its end; its output is part of the error.
func Execute(ctx context.Context, c Command) error {
	if output, err := c.prepare(ctx).CombinedOutput(); err != nil {
		return fmt.Errorf("peers: %s: %w: %s", c.Name, err, output)
	}
	return nil
}

func (c *Command) prepare(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Path, c.Args...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), "HOME="+c.Dir, "LC_ALL=C.UTF-8", "TZ=UTC")
	cmd.SysProcAttr = diesWithParent(c.DeathSignal)
	if c.Account != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: c.Account.UID, Gid: c.Account.GID}
	}
	return cmd
}

func (c *Command) readLines(r io.Reader) {
	lines := bufio.NewReaderSize(r, maxLineBytes)
	for {
		line, _, err := lines.ReadLine()
		if err != nil {
			return
		}
		if c.Log != nil {
			c.Log(c.Name, string(line))
		}
	}
}

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Stop asks the process to end, kills it when it takes too long, and waits. One that ended already is no error.
func (p *Process) Stop() error {
	_ = p.cmd.Process.Signal(p.command.StopSignal) // it may have ended just now
	select {
	case <-p.exited:
		return nil
	case <-time.After(p.command.StopTimeout):
	}
	_ = p.cmd.Process.Kill()
	<-p.exited
	return fmt.Errorf("peers: %s did not stop within %s and was killed", p.command.Name, p.command.StopTimeout)
}

// readyPollInterval is how often a server that starts is asked whether it serves.
const readyPollInterval = 20 * time.Millisecond

// Await asks again and again until ready is nil. ErrEnded when one of the processes ends before; ErrNotReady, with ready's
// last error, after the time-out.
func Await(ctx context.Context, timeout time.Duration, ready func(context.Context) error, processes ...*Process) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		for _, p := range processes {
			select {
			case <-p.exited:
				return fmt.Errorf("peers: %s %w: %w", p.command.Name, ErrEnded, errors.Join(p.err, err))
			default:
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("peers: %w: %w: %w", ErrNotReady, ctx.Err(), err)
		case <-time.After(readyPollInterval):
		}
	}
}
