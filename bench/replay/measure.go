package replay

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/report"
)

// Bounds of histograms, in microseconds, and their digits: three for the whole, two for a second.
const (
	longestMicros = 600_000_000
	wholeDigits   = 3
	secondDigits  = 2
	// tooLong is what the first minute's aim calls slow.
	tooLong = time.Second
	// lateFrom is from when on an action that the generator sent late is counted as late.
	lateFrom = time.Millisecond
)

// measure is all that a replay counts. One lock serves: what is done under it costs a hundredth of a request.
type measure struct {
	mu         sync.Mutex
	operations [operations]figures
	facts      [phases]Facts
	refusals   []report.Refusal
	pressure   report.Pressure
	waited     *hdrhistogram.Histogram // from the trace's time to the decision, pauses included
	skipped    Skipped

	lastWrite int64 // when the newest write was acknowledged
	gap       report.Gap
	second    [2]int64 // which second it is, and the answers in it: for the progress line
	busiest   int64
	starved   int64
}

// figures are those of one operation.
type figures struct {
	intended, service [phases]*hdrhistogram.Histogram // of decided answers
	early             *hdrhistogram.Histogram         // of 429 answers: service time
	statuses          []report.Throughput
	current           *hdrhistogram.Histogram // of the second at hand
	at                int64
	points            []report.LatencyPoint
}

// Facts are what the aim of the first minute asks about, for each phase.
type Facts struct {
	Accepted int64 // 2xx and 304
	// Slow counts accepted requests that took over a second from their intended start; Slowest is the longest.
	Slow    int64
	Slowest time.Duration
	// Refused counts refusals by status; 0 is attempts without an answer.
	Refused map[int]int64
}

// Skipped counts actions of the trace that were not performed.
type Skipped struct {
	Condition int64 // what they depend on did not happen
	NoneFree  int64 // the map showed no run of free seats
}

func newHistogram(h **hdrhistogram.Histogram, digits int) *hdrhistogram.Histogram {
	if *h == nil {
		*h = hdrhistogram.New(1, longestMicros, digits)
	}
	return *h
}

func record(h *hdrhistogram.Histogram, nanos int64) {
	_ = h.RecordValue(min(max(1, nanos/1000), longestMicros)) // within its bounds by construction
}

// sample is one attempt that came to an answer.
type sample struct {
	op        operation
	phase     phase
	status    int
	code      history.Code
	due, sent int64
	answered  int64
	traced    int64 // when the trace wanted it, by the replay's speed
	decided   bool
	lag       int64 // how late the generator sent it
}

// answer counts an answer.
func (m *measure) answer(s *sample) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := &m.operations[s.op]
	second := s.answered / int64(time.Second)
	f.count(statusWord(s.status), second)
	m.tick(second)
	m.sent(s.lag)
	switch {
	case s.decided:
		record(newHistogram(&f.intended[s.phase], wholeDigits), s.answered-s.due)
		record(newHistogram(&f.service[s.phase], wholeDigits), s.answered-s.sent)
		record(newHistogram(&m.waited, wholeDigits), s.answered-s.traced)
		f.inSecond(second, s.answered-s.due)
	case s.status == 429:
		record(newHistogram(&f.early, wholeDigits), s.answered-s.sent)
		m.pressure.BackedOff++
	default:
		m.pressure.Unavailable++
	}
	if s.status < 300 || s.status == 304 {
		m.accept(s)
		return
	}
	m.refuse(s, second)
}

func (m *measure) accept(s *sample) {
	m.pressure.Accepted++
	facts := &m.facts[s.phase]
	facts.Accepted++
	took := time.Duration(s.answered - s.due)
	if facts.Slowest = max(facts.Slowest, took); took > tooLong {
		facts.Slow++
	}
	if !s.op.writes() {
		return
	}
	// A quiet trace is no gap: it counts from when a write was due.
	from := max(m.lastWrite, s.due)
	if gap := float64(s.answered-from) / 1e9; gap > m.gap.Seconds {
		m.gap = report.Gap{At: float64(from) / 1e9, Seconds: gap}
	}
	m.lastWrite = max(m.lastWrite, s.answered)
}

func (m *measure) refuse(s *sample, second int64) {
	if !s.op.atDoor() { // the first minute's aim is about the shop
		m.facts[s.phase].refused(s.status)
	}
	code := s.code.String()
	for i := range m.refusals {
		if r := &m.refusals[i]; r.Status == s.status && r.Code == code {
			r.Total++
			r.Counts = countIn(r.Counts, second)
			return
		}
	}
	m.refusals = append(m.refusals, report.Refusal{
		Status: s.status, Code: code, Total: 1, IntervalSeconds: 1, Counts: countIn(nil, second),
	})
}

func (f *Facts) refused(status int) {
	if f.Refused == nil {
		f.Refused = map[int]int64{}
	}
	f.Refused[status]++
}
