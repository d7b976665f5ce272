package replay

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/parterre/parterre/bench/report"
)

// faultLog is what faults did.
type faultLog struct {
	mu     sync.Mutex
	faults []report.Fault
	errs   []error
}

// startFaults breaks what is to be broken, each at its time. One that cannot be broken ends the replay.
func (e *engine) startFaults(ctx context.Context, cancel context.CancelFunc, faults []Fault, all *sync.WaitGroup) *faultLog {
	l := &faultLog{}
	for _, f := range faults {
		at := time.Duration(e.speed.due((e.stage.Opens + f.At).Microseconds()))
		if e.speed == Max {
			at = f.At
		}
		all.Go(func() {
			select {
			case <-ctx.Done():
				return
			case <-time.After(at - time.Since(e.start)):
			}
			began := time.Since(e.start)
			what, err := f.Break(ctx)
			l.mu.Lock()
			defer l.mu.Unlock()
			if err != nil {
				l.errs = append(l.errs, err)
				cancel()
				return
			}
			l.faults = append(l.faults, report.Fault{At: began.Seconds(), What: what})
		})
	}
	return l
}

// outcome is what was broken, and what could not be. All faults must be over.
func (l *faultLog) outcome() ([]report.Fault, error) { return l.faults, errors.Join(l.errs...) }
