package chaos

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/history"
)

// Options say what is run, and what is done to it.
type Options struct {
	// Binary is the parterre binary. OldBinary is one of another version, on which most founders begin, and which they leave
	// for Binary half-way; "" = none.
	Binary, OldBinary string
	// Dir takes data, logs, control files and the history. It must be empty.
	Dir      string
	Nodes    int // 3 or 5
	LogStore string
	Args     []string // further flags of every node
	// Netns puts each node into a network namespace of its own, instead of a proxy between them.
	Netns bool
	// Loop gives each node a small file system of its own, on a loop device (Linux, root).
	Loop bool

	Seed     uint64
	Kinds    []Kind
	Duration time.Duration // of the faults; what is under way then is still ended
	// RoundLength bounds one round of faults; 0 = 12 s.
	RoundLength time.Duration
	// Gap is the mean time between faults that may overlap; 0 = togetherGap.
	Gap time.Duration
	// Alone is how many of 100 rounds have one fault at a time; 0 = aloneShare.
	Alone int

	// Singles, Batches and Streams are the workers of the load, by their road; Think is the mean time between two calls of one.
	Singles, Batches, Streams int
	Think                     time.Duration
	// Patient says that nobody gives up a call before it is decided or patience ends.
	Patient bool

	// Judge judges the history besides the audit, if set. An error means that it came to no verdict. slack is by how much log
	// time and this machine's clock may have differed.
	Judge func(ctx context.Context, run *history.Run, slack time.Duration) (Judgement, error)
	// Out gets what happens, as it happens.
	Out io.Writer
}

// Defaults of Options.
const (
	DefaultSingles = 18
	DefaultBatches = 3
	DefaultStreams = 3
	DefaultThink   = 25 * time.Millisecond
)

func (o *Options) check() error {
	switch {
	case o.Nodes != 3 && o.Nodes != 5:
		return fmt.Errorf("%w: %d nodes; 3 or 5 are possible", ErrOptions, o.Nodes)
	case len(o.Kinds) == 0:
		return fmt.Errorf("%w: no kinds of fault", ErrOptions)
	case o.Netns && o.has(proxyOnly...):
		return fmt.Errorf("%w: %v need a proxy, and there is none between network namespaces", ErrOptions, proxyOnly)
	case !o.Loop && o.has(onLoop...):
		return fmt.Errorf("%w: %v needs file systems of the nodes' own, on loop devices", ErrOptions, onLoop)
	case o.Duration <= 0:
		return fmt.Errorf("%w: no time", ErrOptions)
	case o.Singles+o.Batches+o.Streams == 0:
		return fmt.Errorf("%w: no load", ErrOptions)
	}
	return nil
}

func (o *Options) has(kinds ...Kind) bool {
	for _, k := range kinds {
		for _, c := range o.Kinds {
			if c == k {
				return true
			}
		}
	}
	return false
}

// say writes a line. Any goroutine may: faults overlap.
func (o *Options) say(format string, args ...any) {
	if o.Out == nil {
		return
	}
	saying.Lock()
	defer saying.Unlock()
	fmt.Fprintf(o.Out, format+"\n", args...)
}

// saying lets lines be written one after the other, those of all runs of a process.
var saying sync.Mutex
