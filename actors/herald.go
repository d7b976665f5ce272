package actors

import "time"

// herald sees to it that an event's last change is shown though no further command follows: events whose view may not be
// renewed yet are listed with the time at which it may, and one goroutine per partition asks their actors then. While
// nothing is listed it sleeps without a timer, so that an idle partition costs nothing.
type herald struct {
	started time.Time
	list    agenda // by uptime in nanoseconds
	kick    chan struct{}
	ask     func(*Event)
}

func newHerald(ask func(*Event)) *herald {
	return &herald{started: time.Now(), kick: make(chan struct{}, 1), ask: ask}
}

// uptime is monotonic.
func (h *herald) uptime() time.Duration { return time.Since(h.started) }

// remind lists e's event for the given uptime. It is called by actors and never waits.
func (h *herald) remind(e *agendaEntry, at time.Duration) {
	h.list.set(e, int64(at))
	if first, _ := h.list.next(); first == int64(at) {
		select {
		case h.kick <- struct{}{}:
		default:
		}
	}
}

// run asks whoever is due until ended is closed.
func (h *herald) run(ended <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var due <-chan time.Time
		if first, ok := h.list.next(); ok {
			timer.Reset(time.Duration(first) - h.uptime())
			due = timer.C
		}
		select {
		case <-ended:
			return
		case <-h.kick:
		case <-due:
			now := int64(h.uptime())
			for e := h.list.take(now); e != nil; e = h.list.take(now) {
				h.ask(e)
			}
		}
	}
}
