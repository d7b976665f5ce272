//go:build !race

package simulator

import (
	"flag"
	"io"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

var (
	repeats     = flag.Int("repeats", 2, "how often TestASeedIsOneNight has each night")
	repeatSeeds = flag.Int("repeat-seeds", 4, "of how many seeds")
	busy        = flag.Int("busy", 2*runtime.NumCPU(), "processes that keep the machine busy meanwhile")
)

// busyProcess names the variable that makes of a test binary a process that keeps a processor busy.
const busyProcess = "PARTERRE_SIMULATOR_BUSY"

func TestMain(m *testing.M) {
	if os.Getenv(busyProcess) != "" {
		keepBusy()
	}
	os.Exit(m.Run())
}

// keepBusy ends when its parent closes its input, or has ended.
func keepBusy() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for n := 0; ; n++ {
		_ = n
	}
}

// load keeps the machine busy, so that nights are stopped at any moment.
func load(t *testing.T) {
	for range *busy {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), busyProcess+"=1")
		in, err := c.StdinPipe()
		if err == nil {
			err = c.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = in.Close()
			_ = c.Wait()
		})
	}
}

// The same seed makes the same night, line by line, also on a machine that is busy otherwise. (The race detector shuffles
// goroutines on purpose, so this is not part of its runs.)
func TestASeedIsOneNight(t *testing.T) {
	load(t)
	for seed := *first; seed < *first+uint64(*repeatSeeds); seed++ {
		o := Options{Seed: seed, Duration: time.Minute, Peace: 4 * time.Second, Think: 500 * time.Millisecond}
		var once Report
		for i := range *repeats {
			r := night(t, o)
			if r.Failure != nil {
				t.Fatalf("%s\n%s", r.Failure.Trace, r.Failure)
			}
			if i == 0 {
				once = r
			} else if r.Hash != once.Hash || r.Lines != once.Lines {
				t.Errorf("seed %d: trace %016x of %d lines, and then %016x of %d", seed, once.Hash, once.Lines, r.Hash, r.Lines)
			}
		}
	}
}
