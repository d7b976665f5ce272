// Command parterre is the one binary: a node (serve), three nodes on this machine (dev), what an operator asks a
// cluster (status), and the proofs that a reader can run (demo, bench).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the Makefile.
var version = ""

// Exit codes.
const (
	exitOK          = 0
	exitFailure     = 1 // it did not work, or a promise was broken
	exitUsage       = 2 // the call's words are off
	exitUnreachable = 3 // no node answered, or the cluster is not ready
)

// streams are where a command writes; tests give it buffers.
type streams struct {
	out, err io.Writer
}

// exitError carries an exit code up to main.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr}))
}

// run is main without the process: it parses args, runs one verb until it is done or ctx ends, and returns the exit code.
func run(ctx context.Context, args []string, std streams) int {
	root := newRoot(std)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var coded *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		fmt.Fprintln(std.err, "parterre:", coded.err)
		return coded.code
	default:
		// Whatever did not come from a verb's own work came from parsing its words.
		fmt.Fprintln(std.err, "parterre:", err)
		return exitUsage
	}
}

func newRoot(std streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "parterre",
		Short:         "The seat-allocation core of ticketing: every seat map in memory, on three nodes, by Raft",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	verbsOnly(root)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.AddCommand(
		newServe(std), newDev(std), newStatus(std), newMember(std), newRoom(std), newChart(std), newConfig(std), newDemo(std), newBench(std), newVersion(std),
	)
	return root
}

// verbsOnly makes a command that has verbs refuse a word that is none of them; alone it prints its help.
func verbsOnly(cmd *cobra.Command) {
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// fail wraps a verb's own failure, so that run can tell it from a mistake in the call.
func fail(code int, err error) error {
	if err == nil {
		return nil
	}
	var coded *exitError
	if errors.As(err, &coded) {
		return err
	}
	return &exitError{code: code, err: err}
}

// buildVersion is the version that the Makefile set, else what the Go tool recorded.
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
