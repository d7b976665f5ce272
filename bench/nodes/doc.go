// Package nodes runs real Parterre processes on this machine's loopback: it starts, kills, stops and restarts them, and
// tells their output apart. The demo, `parterre dev`, the process tests and the benchmarks stand on it.
//
// It owns the processes it started and nothing else: Close ends every one of them and waits, and on Linux a node also
// ends when its parent dies, so that an interrupted run leaves nothing behind. Data folders belong to the caller.
package nodes
