package simulator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
)

// Slacks of the deadlines: how much longer a call may take before it counts as stuck.
const (
	slack     = 300 * time.Millisecond
	manySlack = 8 * time.Second // an attempt that the asked node itself leads may end after the deadline
)

// client is one caller, with one request at a time.
type client struct {
	w       *world
	id      int
	current *op
	holds   []holding // that it has, or may have
	recent  []command.Command
}

// holding is a hold or order of a client's.
type holding struct {
	event  string
	id     seatmap.ID
	order  bool
	places []seatmap.Place
}

type opKind uint8

const (
	opSubmit opKind = iota
	opMany
	opStrong // strong read
	opView   // read with min_revision
)

// op is one call of a node's API.
type op struct {
	client   *client
	kind     opKind
	node     int
	member   *cluster.SimulatedNode
	commands []command.Command
	event    string // of a read
	wants    uint64 // revision that a read must show
	attempt  int
	probe    bool
	started  time.Duration
	deadline time.Duration
	aborted  bool // its node died: what comes of it is of no account
	gate     *gate
	cancel   context.CancelFunc

	results []*command.Result
	errs    []error
	shown   uint64
}

// String says who asked whom.
func (o *op) String() string {
	what := []string{"submit", "many", "strong read", "view"}[o.kind]
	if len(o.commands) > 0 {
		what += " " + o.commands[0].Request.Op.String()
	}
	return fmt.Sprintf("client %d (%s at %s, attempt %d, since %v)", o.client.id, what, nodeName(o.node), o.attempt, o.started)
}

// promisesNothing says that an error leaves open whether the command is or will be decided.
func (o *op) promisesNothing(err error) bool {
	return o.aborted || errors.Is(err, cluster.ErrOutcomeUnknown) && o.client.w.o.Plant != PlantTellsUnknownRefused
}

func (w *world) newClient(id int) *client { return &client{w: w, id: id} }

// run is on the op's goroutine.
func (o *op) run() {
	defer o.cancel()
	switch o.kind {
	case opSubmit:
		r, err := o.call(&o.commands[0])
		o.results, o.errs = []*command.Result{r}, []error{err}
	case opMany:
		done := make(chan struct{})
		deadline := o.client.w.start.Add(o.deadline)
		m := &cluster.Many{Commands: slices.Clone(o.commands), Deadline: deadline, Done: func(*cluster.Many) { close(done) }}
		o.member.SubmitMany(m)
		<-done
		for i := range m.Errs {
			o.results, o.errs = append(o.results, &m.Results[i]), append(o.errs, m.Errs[i])
		}
	case opStrong:
		if o.client.w.o.Plant != PlantReadsLocally {
			if err := o.member.ReadBarrier(o.gate, o.event); err != nil {
				o.errs = []error{err}
				return
			}
		}
		o.view(func() (uint64, error) {
			e, ok := o.member.Event(o.event)
			if !ok {
				return 0, cluster.ErrUnknownEvent
			}
			v, err := e.Fresh(o.gate.Context)
			if err != nil {
				return 0, err
			}
			return v.Revision(), nil
		})
	case opView:
		o.view(func() (uint64, error) {
			e, ok := o.member.Event(o.event)
			if !ok {
				return 0, cluster.ErrUnknownEvent
			}
			v, err := e.ViewAt(o.gate.Context, o.wants)
			if err != nil {
				return 0, err
			}
			return v.Revision(), nil
		})
	}
}

func (o *op) view(look func() (uint64, error)) {
	var err error
	if o.shown, err = look(); err != nil {
		o.errs = []error{err}
	}
}

// call is Submit, or what has a call of its own.
func (o *op) call(c *command.Command) (*command.Result, error) {
	switch c.Kind {
	case command.KindPutChart:
		return o.member.PutChart(o.gate, c.Chart)
	case command.KindCreateEvent:
		return o.member.CreateEvent(o.gate, c.Event, c.Create.Chart, &c.Create.Config, c.Create.Key)
	}
	return o.member.Submit(o.gate, c)
}

// begin sends an op to a node that runs; if none does, later.
func (c *client) begin(o *op, patience time.Duration) {
	w := c.w
	if w.nodes[o.node].member == nil {
		up := w.running()
		if len(up) == 0 {
			w.after(w.between(50*time.Millisecond, 150*time.Millisecond), func() { c.begin(o, patience) })
			return
		}
		o.node = up[w.rng.IntN(len(up))]
	}
	if o.kind == opMany && w.nodes[o.node].manyUnderWay { // so that at most one goroutine that no gate holds is woken at once
		o.kind, o.commands = opSubmit, o.commands[:1]
	}
	o.client, o.member, o.started, o.deadline = c, w.nodes[o.node].member, w.now(), w.now()+patience
	o.aborted, o.results, o.errs = false, nil, nil
	ctx, cancel := context.WithDeadline(context.Background(), w.start.Add(o.deadline))
	if w.o.Plant == PlantNoDeadline {
		ctx, cancel = context.WithCancel(context.Background())
	}
	o.gate, o.cancel = &gate{Context: ctx, op: o}, cancel
	for i := range o.commands {
		if o.attempt > 0 {
			delete(w.judge.refused, keyOf(&o.commands[i])) // whoever asks again takes the risk
		}
	}
	limit := patience + slack
	if o.kind == opMany {
		limit = patience + manySlack
		w.nodes[o.node].manyUnderWay = true
	}
	w.after(limit, func() {
		if c.current == o && !o.aborted && o.started+limit <= w.now() {
			w.fail(CheckStuck, "%s has not returned %v after its deadline", o, limit-patience)
		}
	})
	c.current = o
	w.counts.Requests++
	var name uint64
	if len(o.commands) > 0 {
		k := keyOf(&o.commands[0])
		name = uint64(k[0])<<8 | uint64(k[1])
	}
	w.note(o.node, "asked", uint64(c.id), uint64(len(o.commands)), name)
	w.calls++
	go func() {
		o.run()
		w.post(rankDone|uint64(c.id), func() {
			w.calls--
			if !o.aborted {
				c.done(o)
			}
		})
	}()
}

// nodeDied ends what the client waits for: its connection is gone. When the call returns, if only since the node is
// closed, is up to goroutines that nobody has an order for: so the client does not wait for that.
func (c *client) nodeDied(node int) {
	if o := c.current; o != nil && o.node == node && !o.aborted {
		o.aborted = true
		o.cancel()
		c.w.soon(func() { c.done(o) })
	}
}

// done is called when an op is over.
func (c *client) done(o *op) {
	w := c.w
	c.current = nil
	if o.kind == opMany {
		w.nodes[o.node].manyUnderWay = false
	}
	if w.ended || w.failure != nil {
		return
	}
	unknown := o.aborted
	if !o.aborted {
		w.note(o.node, "answers", uint64(c.id), uint64(len(o.errs)), o.shown)
		unknown = c.hear(o)
	}
	switch {
	case o.probe:
		w.probed(o)
	case unknown && o.attempt < 5 && len(o.commands) > 0 && retryable(o.commands):
		w.counts.Retries++
		again := &op{
			kind: o.kind, commands: o.commands, event: o.event, wants: o.wants, attempt: o.attempt + 1, node: w.rng.IntN(len(w.nodes)),
		}
		w.after(w.between(time.Millisecond, 300*time.Millisecond), func() { c.begin(again, c.patience()) })
	default:
		c.think()
	}
}

// retryable says that the keys are the caller's own.
func retryable(commands []command.Command) bool {
	for i := range commands {
		if k := commands[i].Kind; k == command.KindEvent && !commands[i].Request.CallerKey {
			return false
		}
	}
	return true
}

// hear takes note of what was told, and reports whether some outcome is unknown.
func (c *client) hear(o *op) (unknown bool) {
	w := c.w
	if o.kind == opStrong || o.kind == opView {
		if len(o.errs) == 0 && o.shown < o.wants {
			w.fail(CheckRead, "%s shows revision %d, a caller knew of %d before it asked", o, o.shown, o.wants)
		}
	}
	for i, err := range o.errs {
		if err == nil {
			w.counts.Told++
		} else {
			w.counts.Errors++
			if o.started > 5*time.Second && w.calmSince(w.now()-o.started+8*time.Second) && o.deadline-o.started > 2*time.Second && !errors.Is(err, cluster.ErrOverloaded) {
				w.fail(CheckLiveness, "%s comes to %v though nothing is wrong", o, err)
			}
		}
		if i < len(o.commands) {
			w.judge.told(o, &o.commands[i], o.results[i], err)
			if err == nil {
				c.learn(&o.commands[i], &o.results[i].Answer)
			}
			unknown = unknown || err != nil && o.promisesNothing(err)
		}
	}
	return unknown
}

// learn keeps what the client has.
func (c *client) learn(cmd *command.Command, a *seatmap.Answer) {
	if cmd.Kind != command.KindEvent || cmd.Request.Op.ReadOnly() {
		return
	}
	if len(c.recent) < 8 {
		c.recent = append(c.recent, *cmd)
	} else {
		c.recent[c.w.rng.IntN(8)] = *cmd
	}
	id := cmd.Request.ID
	at := -1
	for i := range c.holds {
		if c.holds[i].id == id {
			at = i
		}
	}
	switch {
	case a.Code == seatmap.CodeOK && (a.State == seatmap.HoldHeld || a.State == seatmap.HoldConfirmed):
		h := holding{event: cmd.Event, id: a.ID, order: a.State == seatmap.HoldConfirmed, places: a.Places}
		if at >= 0 {
			c.holds[at] = h
		} else if len(c.holds) < 6 {
			c.holds = append(c.holds, h)
		} else {
			c.holds[c.w.rng.IntN(6)] = h
		}
	case at >= 0 && a.Code != seatmap.CodeInvalid && a.Code != seatmap.CodeNotOnSale && a.Code != seatmap.CodeSeatUnavailable:
		c.holds = append(c.holds[:at], c.holds[at+1:]...)
	}
}
