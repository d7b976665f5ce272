package replay

import (
	"strconv"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/bench/report"
)

// maxSeconds bounds series: a replay of more than four hours goes on counting in its last second.
const maxSeconds = 4 * 3600

// countIn adds one to a second's count.
func countIn(counts []int64, second int64) []int64 {
	second = min(max(second, 0), maxSeconds)
	for int64(len(counts)) <= second {
		counts = append(counts, 0)
	}
	counts[second]++
	return counts
}

// Words for attempts without an answer, beside the statuses.
const (
	wordTimeout = "timeout"
	wordRetry   = "retry"
)

var statusWords = func() (words [600]string) {
	for i := range words {
		words[i] = strconv.Itoa(i)
	}
	return words
}()

func statusWord(status int) string {
	if status >= 0 && status < len(statusWords) {
		return statusWords[status]
	}
	return strconv.Itoa(status)
}

// count adds one answer, or attempt without one, to its second.
func (f *figures) count(status string, second int64) {
	for i := range f.statuses {
		if f.statuses[i].Status == status {
			f.statuses[i].Counts = countIn(f.statuses[i].Counts, second)
			return
		}
	}
	f.statuses = append(f.statuses, report.Throughput{Status: status, IntervalSeconds: 1, Counts: countIn(nil, second)})
}

// inSecond adds a latency to its second. Answers that are told a little out of order go to the second at hand.
func (f *figures) inSecond(second, nanos int64) {
	if second > f.at {
		f.closeSecond()
		f.at = second
	}
	record(newHistogram(&f.current, secondDigits), nanos)
}

// closeSecond makes a point of the second at hand.
func (f *figures) closeSecond() {
	if f.current == nil || f.current.TotalCount() == 0 || f.at > maxSeconds {
		return
	}
	f.points = append(f.points, report.LatencyPointOf(float64(f.at), f.current))
	f.current.Reset()
}

// tick counts an answer for the progress line.
func (m *measure) tick(second int64) {
	if second > m.second[0] {
		m.second = [2]int64{second, 0}
	}
	m.second[1]++
	m.busiest = max(m.busiest, m.second[1])
}

// sent counts a request, and how late the generator was with it.
func (m *measure) sent(lag int64) {
	m.pressure.Requests++
	if lag > int64(lateFrom) {
		m.pressure.LateActions++
	}
	m.pressure.WorstLate = max(m.pressure.WorstLate, lag/1000)
}

// lost counts an attempt that got no answer.
func (m *measure) lost(op operation, p phase, e ending, at, lag int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	second := at / int64(time.Second)
	switch e {
	case timedOut:
		m.pressure.TimedOut++
		m.operations[op].count(wordTimeout, second)
	default:
		m.pressure.Broken++
		m.operations[op].count(wordRetry, second)
	}
	m.facts[p].refused(0)
	m.sent(lag)
}

// again counts a request that is sent once more.
func (m *measure) again() {
	m.mu.Lock()
	m.pressure.Retried++
	m.mu.Unlock()
}

// givenUp counts an action that ended without a decision.
func (m *measure) givenUp() {
	m.mu.Lock()
	m.pressure.GivenUp++
	m.mu.Unlock()
}

// starve counts an action that was due and found all connections busy.
func (m *measure) starve() {
	m.mu.Lock()
	m.starved++
	m.mu.Unlock()
}

// skip counts an action that was not performed.
func (m *measure) skip(noneFree bool) {
	m.mu.Lock()
	if noneFree {
		m.skipped.NoneFree++
	} else {
		m.skipped.Condition++
	}
	m.mu.Unlock()
}

// merged is one histogram of all phases.
func merged(byPhase *[phases]*hdrhistogram.Histogram) *hdrhistogram.Histogram {
	all := hdrhistogram.New(1, longestMicros, wholeDigits)
	for _, h := range byPhase {
		if h != nil {
			all.Merge(h)
		}
	}
	return all
}
