package judge

import (
	"runtime"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/history"
)

// Options say how a run is judged.
type Options struct {
	// ClockSlack is by how much log time and the clock of the machine that drove the load may differ; default 10 ms, which is
	// for one machine whose clocks nobody steps.
	ClockSlack time.Duration
	// PerEvent bounds the search for an order of one event's answers; default 60 s. What is not found by then is undecided.
	PerEvent time.Duration
	// Workers is how many events are judged at one time; default GOMAXPROCS.
	Workers int
	// Save is a folder for pictures of violations, "" = none are saved.
	Save string
	// Logs are the files with what the nodes logged, as text; none = elections are not judged.
	Logs []string
}

const (
	defaultClockSlack = 10 * time.Millisecond
	defaultPerEvent   = time.Minute
	// lapseGrace is how long after its deadline a hold may still own its places: promise 4.
	lapseGrace = int64(250 * time.Millisecond)
)

// Judge judges a run by its history, and by the nodes' logs if there are any; its workers must be done. An error means that
// they could not be read, which is no verdict.
func Judge(run *history.Run, o Options) (*Verdict, error) {
	if o.ClockSlack <= 0 {
		o.ClockSlack = defaultClockSlack
	}
	if o.PerEvent <= 0 {
		o.PerEvent = defaultPerEvent
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	v := newVerdict()
	if err := judgeElections(v, o.Logs); err != nil {
		return nil, err
	}
	cases, err := gather(run, v, &o)
	if err != nil {
		return nil, err
	}
	turns := make(chan struct{}, o.Workers)
	var working sync.WaitGroup
	for _, c := range cases {
		turns <- struct{}{}
		working.Go(func() {
			c.judge()
			<-turns
		})
	}
	working.Wait()
	return v, nil
}

// judge applies all rules to one event.
func (c *eventCase) judge() {
	c.mergeRetries()
	c.judgeRevisions()
	c.judgeSessions()
	c.judgeDeadlines()
	c.judgeOrder()
}
