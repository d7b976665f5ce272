package replay

import (
	"container/heap"
	"sync"
)

// later holds the tasks that are to be asked again at a time to come. For many goroutines.
type later struct {
	mu    sync.Mutex
	tasks waiting
	// wake gets a word when the earliest changes.
	wake chan struct{}
}

func newLater() *later { return &later{wake: make(chan struct{}, 1)} }

// add keeps a task until its time.
func (l *later) add(t *task, at int64) {
	l.mu.Lock()
	t.again = at
	heap.Push(&l.tasks, t)
	earliest := l.tasks[0] == t
	l.mu.Unlock()
	if earliest {
		l.poke()
	}
}

// poke wakes whoever waits for the earliest.
func (l *later) poke() {
	select {
	case l.wake <- struct{}{}:
	default: // it has not yet seen the last word
	}
}

// take takes the earliest task if its time has come; else it says when it will, and false if there is none.
func (l *later) take(now int64) (t *task, at int64, any bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.tasks) == 0 {
		return nil, 0, false
	}
	if at := l.tasks[0].again; at > now {
		return nil, at, true
	}
	return heap.Pop(&l.tasks).(*task), 0, true
}

// waiting is a heap by time.
type waiting []*task

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, j int) bool { return w[i].again < w[j].again }
func (w waiting) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *waiting) Push(t any)        { *w = append(*w, t.(*task)) }
func (w *waiting) Pop() any {
	last := len(*w) - 1
	t := (*w)[last]
	(*w)[last] = nil
	*w = (*w)[:last]
	return t
}
