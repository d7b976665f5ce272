package actors

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// deciders notes on which goroutines batches are decided: those that are in Apply, and others.
type deciders struct {
	mu               sync.Mutex
	applying, beside map[string]bool // by the goroutine's line in its stack
}

func watchDeciders(r *replica) *deciders {
	d := &deciders{applying: map[string]bool{}, beside: map[string]bool{}}
	r.plant = func(doing, _ string, _ *command.Command) {
		if doing != "decide" {
			return
		}
		stack := make([]byte, 16<<10)
		stack = stack[:runtime.Stack(stack, false)]
		name, _, _ := bytes.Cut(stack, []byte(" ["))
		d.mu.Lock()
		defer d.mu.Unlock()
		if bytes.Contains(stack, []byte(".(*Partition).Apply(")) {
			d.applying[string(name)] = true
		} else {
			d.beside[string(name)] = true
		}
	}
	return d
}

func TestTheApplyGoroutineRunsTheActorsOfASmallEntryItself(t *testing.T) {
	r := newReplica(t)
	r.open(100, "a", "b", "c")
	d := watchDeciders(r)
	r.apply(hold("a", 1, "A-1"), hold("b", 2, "A-1"), hold("c", 3, "A-1"))
	if len(d.applying) != 1 || len(d.beside) != 0 {
		t.Errorf("decided on %d goroutines in Apply and %d others", len(d.applying), len(d.beside))
	}
}

func TestALargeEntryOfManyEventsIsDecidedOnEveryCore(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	r := newReplica(t)
	var events []string
	var commands []command.Command
	for i := range uint64(4) {
		events = append(events, fmt.Sprint("event-", i))
		for n := range uint64(runnerCommands) {
			commands = append(commands, hold(events[i], i*runnerCommands+n+1, fmt.Sprintf("A-%d", n+1)))
		}
	}
	r.open(runnerCommands, events...)
	d := watchDeciders(r)
	r.apply(commands...)
	if len(d.applying) != 1 || len(d.beside) != 3 {
		t.Errorf("decided on %d goroutines in Apply and %d others, want 1 and 3", len(d.applying), len(d.beside))
	}
}

func TestWhoAsksForAViewDoesNotRunTheActor(t *testing.T) {
	r := newReplica(t)
	r.open(100, "a")
	r.apply(hold("a", 1, "A-1"))
	release := make(chan struct{})
	r.plant = func(doing, _ string, _ *command.Command) {
		if doing == "publish" {
			<-release
		}
	}
	r.publish(r.event("a")) // returns though the actor cannot go on
	close(release)
}

// Somebody else may run an actor when its batch comes, and decide it; the mark of the batch's sender is then left for whoever
// sends next, who may be a reader that asks for a view. Nothing changes but who works.
func TestAMarkThatIsLeftHarmsNobody(t *testing.T) {
	r := newReplica(t)
	r.open(100, "a")
	e := r.event("a")
	var readers sync.WaitGroup
	for n := range uint64(50) {
		e.turn.own.Store(true)
		readers.Go(func() {
			if _, err := e.Fresh(soon(t)); err != nil {
				t.Error(err)
			}
		})
		r.publish(e)
		r.do(hold("a", n+1, fmt.Sprintf("A-%d", n+1)), seatmap.CodeOK)
	}
	readers.Wait()
	if v := r.fresh("a"); v.Counts().Held != 50 {
		t.Errorf("%+v", v.Counts())
	}
}
