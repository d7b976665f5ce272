package compare

import (
	"fmt"
	"strings"

	"github.com/parterre/parterre/bench/report"
)

// The works' names in a report.
const (
	chosenWork   = "chosen seats"
	bestWork     = "best available"
	openLoopWork = "half of the peak rate, open loop"
	spreadWork   = "many events at once"
)

// Document is the result as the report shows it.
func (r *Result) Document() *report.Comparison {
	c := &report.Comparison{
		Name: "Parterre beside its peers", SecondsPerRound: r.options.Duration.Seconds(),
		Notes: []string{
			"Every order is two steps, a hold and its confirmation, each durable before its answer. Systems ran one at a time, in " +
				"turns; Parterre's clients speak TCP, PostgreSQL's and Redis's a unix socket.",
			"The peers decide about seats and deadlines, and nothing else: no prices, limits or idempotency keys.",
		},
	}
	if text := r.shortened(); text != "" {
		c.Notes = append(c.Notes, text)
	}
	for _, s := range r.systems {
		c.Systems = append(c.Systems, s.reported()...)
	}
	for _, w := range r.options.Works {
		c.Works = append(c.Works, r.work(w))
	}
	return r.addSpecials(c)
}

// reported are the systems that a peer makes: one, or one for each mode that is as good as one.
func (s *systemState) reported() []report.System {
	var list []report.System
	for _, m := range s.facts.Modes {
		name := systemName(&s.facts, &m)
		if len(list) > 0 && list[len(list)-1].Name == name {
			continue
		}
		system := report.System{
			Name: name, Ours: s.ours, Version: s.version, Copies: s.facts.Copies, Absent: s.absent,
			Durability: s.facts.Durability + "; can be lost: " + s.facts.CanLose,
		}
		for _, text := range s.facts.Settings {
			key, value, ok := strings.Cut(text, "=")
			if !ok || strings.Contains(value, "=") || strings.Contains(key, " ") {
				key, value = "set up", text
			}
			system.Settings = append(system.Settings, report.Setting{Name: key, Value: value})
		}
		list = append(list, system)
	}
	return list
}

func (r *Result) work(w Work) report.Work {
	work := report.Work{Name: chosenWork, Says: fmt.Sprintf("Parties of 1 to 4, mean 2.3, choose neighbours in a hall of %d seats, hot rows "+
		"by Zipf's law; one in %d wants what another was just given.", r.options.Hall.Seats(), ContestedEvery)}
	if w == Best {
		work = report.Work{Name: bestWork, Says: "The same parties take the best that is left. Parterre weighs all blocks of the " +
			"hall by its score; PostgreSQL's function, Redis and etcd's driver give the frontmost neighbours in a row; PostgreSQL's usual " +
			"transaction gives the frontmost seats, neighbours or not."}
	}
	for _, s := range r.systems {
		for _, c := range s.cells {
			if c.Work == w && s.absent == "" {
				work.Entries = append(work.Entries, c.entry())
			}
		}
	}
	return work
}

// addSpecials adds the works that only concern us.
func (r *Result) addSpecials(c *report.Comparison) *report.Comparison {
	open := report.Work{Name: openLoopWork, Says: "Orders start at a constant rate; latencies count from the intended start."}
	spread := report.Work{Name: spreadWork, Says: fmt.Sprintf("%d events of the same size, sold evenly over all partitions.",
		r.options.Special.SpreadEvents)}
	for _, s := range r.systems {
		for _, special := range s.others {
			e := special.entry()
			e.Note = special.Mode.Title
			if special.rate > 0 {
				e.Note += fmt.Sprintf(", about %.0f orders/s", special.rate)
				open.Entries = append(open.Entries, e)
			} else {
				spread.Entries = append(spread.Entries, e)
			}
		}
	}
	for _, w := range []report.Work{open, spread} {
		if len(w.Entries) > 0 {
			c.Works = append(c.Works, w)
		}
	}
	return c
}

func (c *cellState) entry() report.Entry {
	e := report.Entry{System: c.System, Road: string(c.Mode.Road), Clients: c.Clients, PerClient: c.Width(), Note: c.failure}
	if c.pool > 0 && c.failure == "" && c.pool != c.Clients {
		e.Note = fmt.Sprintf("%d connections, the best in a trial", c.pool)
		if c.pool == 1 {
			e.Note = "one connection, the best in a trial"
		}
	}
	for _, m := range c.rounds {
		e.Rounds = append(e.Rounds, m.reported())
	}
	return e
}

func (m *Measured) reported() *report.Measure {
	if m == nil {
		return nil
	}
	return &report.Measure{
		OrdersPerSecond: m.OrdersPerSecond(), TicketsPerSecond: m.TicketsPerSecond(), Refused: m.Refused, Retried: m.Retried,
		HoldP50: m.Hold.ValueAtQuantile(50), HoldP99: m.Hold.ValueAtQuantile(99),
		ConfirmP50: m.Confirm.ValueAtQuantile(50), ConfirmP99: m.Confirm.ValueAtQuantile(99),
		OrderP50: m.Order.ValueAtQuantile(50), OrderP99: m.Order.ValueAtQuantile(99),
	}
}
