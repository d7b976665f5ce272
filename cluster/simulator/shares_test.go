package simulator

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// nights are the sum of some.
type nights struct {
	Nights    int
	Hash      uint64 // of the nights' hashes, in their order
	Processor time.Duration
	Sum       Counts
}

func newNights() nights { return nights{Sum: Counts{Faults: map[int]int{}}} }

// add appends nights that follow.
func (n *nights) add(next nights) {
	for range next.Nights {
		n.Hash *= 31
	}
	n.Hash += next.Hash
	n.Nights += next.Nights
	n.Processor += next.Processor
	n.Sum.add(&next.Sum)
}

func (n *nights) save(t *testing.T, file string) {
	b, err := json.Marshal(n)
	if err == nil {
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// simulateBeside has the nights in processes of this test, each with a part of them.
func simulateBeside(t *testing.T) nights {
	dir, count := t.TempDir(), min(*processes, *seeds)
	parts, outs := make([]nights, count), make([][]byte, count)
	errs := make([]error, count)
	var running sync.WaitGroup
	begin := 0
	for i := range count {
		some := *seeds / count
		if i < *seeds%count {
			some++
		}
		file := filepath.Join(dir, strconv.Itoa(i))
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSimulate$", "-test.v", "-test.timeout=0", "-processes=1",
			"-seeds="+strconv.Itoa(some), "-seed="+strconv.FormatUint(*first+uint64(begin), 10), "-duration="+duration.String(),
			"-nodes="+strconv.Itoa(*nodes), "-think="+think.String(), "-peace="+peace.String(), "-plant="+*plant, "-only="+*only,
			"-share="+file)
		begin += some
		running.Go(func() {
			if outs[i], errs[i] = cmd.CombinedOutput(); errs[i] != nil {
				return
			}
			var b []byte
			if b, errs[i] = os.ReadFile(file); errs[i] == nil {
				errs[i] = json.Unmarshal(b, &parts[i])
			}
		})
	}
	running.Wait()
	all := newNights()
	for i := range parts {
		if errs[i] != nil {
			t.Fatalf("%v\n%s", errs[i], outs[i])
		}
		all.add(parts[i])
	}
	return all
}

// processorTime is what this process has used.
func processorTime(t *testing.T) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Nights that processes share are the nights that one has.
func TestSharedNightsAreTheSame(t *testing.T) {
	run := func(processes int) string {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSimulate$", "-test.v", "-seeds=3", "-duration=5s",
			fmt.Sprintf("-processes=%d", processes))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		_, sum, _ := strings.Cut(string(out), "hash of all ")
		sum, _, _ = strings.Cut(sum, "\n")
		return sum
	}
	if one, two := run(1), run(2); one == "" || one != two {
		t.Errorf("one process: %s\ntwo:         %s", one, two)
	}
}
