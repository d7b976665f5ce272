package replay

import (
	"slices"
	"strconv"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/parterre/parterre/bench/queue"
	"github.com/parterre/parterre/bench/report"
)

// Result is what a replay measured.
type Result struct {
	Speed    Speed
	Seconds  float64
	Records  int64 // of the trace
	Phases   [phases]Facts
	Pressure report.Pressure
	Skipped  Skipped
	// Busiest is the most answers in one second.
	Busiest     int64
	Connections int   // that were opened
	Starved     int64 // actions that were due and found all connections busy
	Faults      []report.Fault
	// Line is what the visitors of the rooms saw, nil without any; TurnedOff are the actions of those who did not get in.
	Line      *queue.Line
	Moments   []report.RoomMoment
	TurnedOff int64
	Stock     []report.Stock

	calendar calendar
	measure  *measure
}

// result closes the measuring. Nobody measures any more.
func (e *engine) result(seconds float64) *Result {
	m := e.measure
	for i := range m.operations {
		m.operations[i].closeSecond()
	}
	slices.SortFunc(m.refusals, func(a, b report.Refusal) int { return int(b.Total - a.Total) })
	r := &Result{
		Speed: e.speed, Seconds: seconds, Records: e.read.Load(), Phases: m.facts, Pressure: m.pressure, Skipped: m.skipped,
		Busiest: m.busiest, Starved: m.starved, Connections: len(e.workers), calendar: e.calendar, measure: m,
	}
	if e.door != nil {
		r.Line, r.TurnedOff = e.door.line, e.door.away
	}
	return r
}

// FirstMinute is what the first minute's aim asks about.
func (r *Result) FirstMinute() *Facts { return &r.Phases[firstMinute] }

// Others is the number of refusals that are neither 409 nor 429, attempts without an answer included.
func (f *Facts) Others() (n int64) {
	for status, count := range f.Refused {
		if status != 409 && status != 429 {
			n += count
		}
	}
	return n
}

// Held says whether no accepted request took over a second and every refusal was a 409 or a 429.
func (f *Facts) Held() bool { return f.Slow == 0 && f.Others() == 0 }

// Operation is the latency of one operation over the whole replay.
type Operation struct {
	Name string
	// Intended counts from the intended start, Service from the sending; both of decided answers, in microseconds.
	Intended, Service *hdrhistogram.Histogram
	// TurnedAway is the service time of 429 answers, nil if there were none.
	TurnedAway *hdrhistogram.Histogram
}

// Operations are those that came to an answer.
func (r *Result) Operations() (list []Operation) {
	for op := range operations {
		f := &r.measure.operations[op]
		all := Operation{Name: op.String(), Intended: merged(&f.intended), Service: merged(&f.service), TurnedAway: f.early}
		if all.Intended.TotalCount() > 0 || f.early != nil {
			list = append(list, all)
		}
	}
	return list
}

// Waited is from the trace's time to the decision, in microseconds, pauses after 429 included; nil if nothing was decided.
func (r *Result) Waited() *hdrhistogram.Histogram { return r.measure.waited }

// Replay is the result as a page shows it.
func (r *Result) Replay(name string, t report.Trace) report.Replay {
	m := r.measure
	p := report.Replay{
		Name: name, Trace: t, Speed: r.Speed.String(), Seconds: r.Seconds, Phases: r.calendar.report(r.Speed, r.Seconds),
		Stock: r.Stock, Room: r.Room(), Refusals: m.refusals, Pressure: r.Pressure, Faults: r.Faults,
	}
	if m.gap.Seconds > 0 {
		p.LongestGap = &m.gap
	}
	for op := range operations {
		f := &m.operations[op]
		for _, series := range f.statuses {
			series.Operation = op.String()
			p.Throughput = append(p.Throughput, series)
		}
		if len(f.points) > 0 {
			p.Latency = append(p.Latency, report.Latency{Operation: op.String(), IntervalSeconds: 1, Points: f.points})
		}
		p.Curves = append(p.Curves, f.curves(op, r.Speed)...)
	}
	if s := r.Skipped; s.NoneFree > 0 {
		p.Notes = append(p.Notes, strconv.FormatInt(s.NoneFree, 10)+
			" map pickers asked for nothing, since the map that they saw showed no run of free seats for them.")
	}
	return p
}

// curves are the distributions of one operation: of the whole, and of each phase where the trace's time means something.
func (f *figures) curves(op operation, s Speed) (list []report.Curve) {
	add := func(phase, from string, h *hdrhistogram.Histogram) {
		if h != nil && h.TotalCount() > 0 {
			list = append(list, report.CurveOf(op.String(), phase, from, h))
		}
	}
	if s != Max {
		add("", report.FromIntended, merged(&f.intended))
		for p := range phases {
			add(p.String(), report.FromIntended, f.intended[p])
		}
	}
	add("", report.FromSent, merged(&f.service))
	for p := range phases {
		add(p.String(), report.FromSent, f.service[p])
	}
	return list
}
