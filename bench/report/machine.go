package report

import (
	"bufio"
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How an fsync is measured: over blocks that were written before, as a log that reuses its file does.
const (
	fsyncBytes  = 16 << 10
	fsyncRounds = 200
	fsyncLimit  = 2 * time.Second // a slow disk gets fewer rounds
)

// ThisMachine says what this process runs on, and how long an fsync takes in dir, which should be on the disk where the nodes
// keep their data. Call it when nothing else runs. What a system does not tell stays empty.
func ThisMachine(dir string) (Machine, error) {
	m := Machine{
		CPU: procField("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), Kernel: firstLine("/proc/sys/kernel/osrelease"), Disk: fileSystem(dir),
	}
	if kib, err := strconv.ParseInt(strings.TrimSuffix(procField("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		m.MemoryBytes = kib << 10
	}
	times, err := fsyncs(dir)
	if err != nil {
		return m, err
	}
	m.FsyncBytes = fsyncBytes
	m.FsyncMicros = float64(times[(len(times)-1)/2]) / float64(time.Microsecond)
	m.FsyncP99 = float64(times[(len(times)-1)*99/100]) / float64(time.Microsecond)
	return m, nil
}

// fsyncs are the times of a write and its fdatasync, in order of size.
func fsyncs(dir string) (times []time.Duration, err error) {
	f, err := os.CreateTemp(dir, ".fsync-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = f.Close()
		err = cmp.Or(err, os.Remove(f.Name()))
	}()
	block := make([]byte, fsyncBytes)
	for i := range fsyncRounds + 1 {
		block[0] = byte(i)
		start := time.Now()
		if _, err := f.WriteAt(block, 0); err != nil {
			return nil, err
		}
		if err := datasync(f); err != nil {
			return nil, err
		}
		if i > 0 { // the first one allocates
			times = append(times, time.Since(start))
		}
		if sum(times) > fsyncLimit {
			break
		}
	}
	slices.Sort(times)
	return times, nil
}

func sum(times []time.Duration) (s time.Duration) {
	for _, t := range times {
		s += t
	}
	return s
}

// procField is the first value of a "name : value" file of Linux.
func procField(path, name string) string {
	f, err := os.Open(path) //nolint:gosec // a constant path
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func firstLine(path string) string {
	b, err := os.ReadFile(path) //nolint:gosec // a constant path
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(line)
}

// fileSystem is the type of the file system that dir is on, by the longest mount point above it.
func fileSystem(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return ""
	}
	kind, longest := "", -1
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line)
		if len(f) < 3 || len(f[1]) < longest {
			continue
		}
		if f[1] == "/" || abs == f[1] || strings.HasPrefix(abs, f[1]+"/") {
			kind, longest = f[2], len(f[1])
		}
	}
	return kind
}
