package main

import (
	"fmt"
	"io"
	"sync"
)

// tailLines is how many of the nodes' last lines are kept, to be shown when something went wrong.
const tailLines = 60

// tail keeps the last lines of all nodes, and writes every line on if also is set.
type tail struct {
	mu    sync.Mutex
	lines []string
	also  io.Writer
}

func (t *tail) add(node, line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := node + " | " + line
	if t.also != nil {
		fmt.Fprintln(t.also, text)
	}
	if len(t.lines) == tailLines {
		t.lines = append(t.lines[:0], t.lines[1:]...)
	}
	t.lines = append(t.lines, text)
}

func (t *tail) dump(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range t.lines {
		fmt.Fprintln(w, line)
	}
}
