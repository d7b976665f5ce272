package actors

import (
	"bytes"
	"errors"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

// decideRegistry decides a command about charts or a new event. A panic halts the partition, as it does in an actor.
func (p *Partition) decideRegistry(c *command.Command) (answer seatmap.Answer, err error) {
	defer func() {
		if value := recover(); value != nil {
			p.Halt(&PanicError{Event: c.Event, Index: p.entry.index, Doing: "registry", Value: value, Stack: debug.Stack()})
			err = p.Halted()
		}
	}()
	if p.plant != nil {
		p.plant("registry", c.Event, c)
	}
	switch c.Kind {
	case command.KindPutChart:
		return p.putChart(c.Chart), nil
	case command.KindInstallChart:
		return p.installPlan(c.Chart), nil
	default:
		return p.createEvent(c.Event, c.Create), nil
	}
}

// putChart gives a chart its name. A name stands for one content for ever.
func (p *Partition) putChart(c *command.Chart) seatmap.Answer {
	if old := p.state.byName[c.Name]; old != nil {
		if old.Content != c.Content || old.Plan != c.Plan {
			return seatmap.Answer{Code: seatmap.CodeChartExists}
		}
		replayed := sameAttempt(old.key, c.Key)
		return seatmap.Answer{Created: replayed, Replayed: replayed}
	}
	if answer, ok := checkName("chart", c.Name, command.MaxChartNameBytes); !ok {
		return answer
	}
	if len(c.Document) > command.MaxDocumentBytes {
		return seatmap.Answer{Code: seatmap.CodeInvalid, Field: "chart", Reason: "drawing is larger than the limit"}
	}
	if len(p.state.charts) >= MaxCharts || p.state.bytes+int64(len(c.Document)) > MaxPlanBytes {
		return overloaded("the partition holds as many charts as it may")
	}
	if answer, _ := p.keepPlan(c, false, int64(len(c.Document))); answer.Code != seatmap.CodeOK {
		return answer
	}
	stored := &StoredChart{
		Name:     strings.Clone(c.Name), // the command's bytes belong to the log
		Document: bytes.Clone(c.Document),
		Content:  c.Content,
		Plan:     c.Plan,
		PlanCode: p.state.plans[c.Plan].code,
		key:      c.Key,
	}
	p.registry.Lock()
	p.state.addChart(stored)
	p.registry.Unlock()
	p.sum.replace(0, stored.term())
	return seatmap.Answer{Created: true}
}

// installPlan keeps a compiled chart for the events of this partition.
func (p *Partition) installPlan(c *command.Chart) seatmap.Answer {
	answer, created := p.keepPlan(c, true, 0)
	answer.Created = created
	return answer
}

// keepPlan stores the plan if it is new and good. Where an event will need it next, its decoded form is kept too. beside
// is what else the command will add to the stored bytes.
func (p *Partition) keepPlan(c *command.Chart, decoded bool, beside int64) (answer seatmap.Answer, created bool) {
	if p.state.plans[c.Plan] != nil {
		return seatmap.Answer{}, false
	}
	if len(p.state.plans) >= MaxPlans || p.state.bytes+int64(len(c.PlanCode))+beside > MaxPlanBytes {
		return overloaded("the partition holds as many charts as it may"), false
	}
	plan, err := decodePlan(c.PlanCode, c.Plan)
	if err != nil {
		return seatmap.Answer{Code: seatmap.CodeInvalid, Field: "chart", Reason: err.Error()}, false
	}
	stored := &storedPlan{hash: c.Plan, code: bytes.Clone(c.PlanCode)}
	if decoded {
		stored.plan = plan
	}
	p.registry.Lock()
	p.state.addPlan(stored)
	p.registry.Unlock()
	p.sum.replace(0, stored.term())
	return seatmap.Answer{}, true
}

// createEvent makes an event of an installed plan and hires its actor.
func (p *Partition) createEvent(key string, c *command.Create) seatmap.Answer {
	fingerprint := creationFingerprint(c)
	if old := p.state.byKey[key]; old != nil {
		return createdBefore(old, c, fingerprint)
	}
	if answer, ok := checkName("event", key, command.MaxEventKeyBytes); !ok {
		return answer
	}
	if answer, ok := checkName("chart", c.Chart, command.MaxChartNameBytes); !ok {
		return answer
	}
	stored := p.state.plans[c.Plan]
	if stored == nil {
		return seatmap.Answer{Code: seatmap.CodeUnknownChart}
	}
	if len(p.state.events) >= MaxEvents {
		return overloaded("the partition holds as many events as it may")
	}
	plan, err := stored.ready()
	if err != nil {
		return seatmap.Answer{Code: seatmap.CodeInvalid, Field: "chart", Reason: err.Error()}
	}
	seats, err := seatmap.New(plan, &c.Config)
	if err != nil {
		return refusedConfig(err)
	}
	e := &Event{
		key: strings.Clone(key), chart: strings.Clone(c.Chart),
		plan: c.Plan, createKey: c.Key, fingerprint: fingerprint, bornAt: seats.Revision(),
	}
	// Later commands of this entry may be about the event, so its first view cannot claim to show the entry.
	p.adopt(e, seats, nil, p.state.era, p.applied.Load(), p.entry.nowMillis)
	p.hire(e, seats, nil)
	p.registry.Lock()
	p.state.addEvent(e)
	p.registry.Unlock()
	p.sum.replace(0, e.term)
	return seatmap.Answer{Created: true, Revision: e.bornAt}
}

func createdBefore(old *Event, c *command.Create, fingerprint [32]byte) seatmap.Answer {
	switch {
	case old.fingerprint != fingerprint:
		return seatmap.Answer{Code: seatmap.CodeEventExists}
	case sameAttempt(old.createKey, c.Key):
		return seatmap.Answer{Created: true, Replayed: true, Revision: old.bornAt}
	default:
		return seatmap.Answer{Revision: old.revision.Load()}
	}
}

// adopt fills in what an event has besides its identity: everything but its actor.
func (p *Partition) adopt(e *Event, seats *seatmap.Map, room *waitroom.Room, in *era, index uint64, nowMillis int64) {
	e.partition, e.era = p, in
	e.identity = e.identify()
	e.term = mix(e.identity, eventHash(seats.Hash(), room, (*waitroom.Room).Hash))
	e.publishing.event = e
	e.showing.event = e
	e.showingRoom.event = e
	e.lapsing.event = e
	e.revision.Store(seats.Revision())
	e.showView(&View{Picture: seats.Picture(), AppliedIndex: index, NowMillis: nowMillis})
	first := &RoomView{AppliedIndex: index, NowMillis: nowMillis}
	if room != nil {
		first.Picture = room.Picture()
		e.roomRevision.Store(room.Revision())
	}
	e.replaceRoomView(first)
}

func (p *Partition) actorName(key string) string {
	p.spawned++
	return key + "$" + strconv.FormatUint(p.spawned, 10)
}

// sameAttempt tells a retry of the command that succeeded first. A zero key is nobody's.
func sameAttempt(first, again seatmap.Key) bool { return first == again && first != seatmap.Key{} }

func checkName(field, name string, limit int) (seatmap.Answer, bool) {
	if name == "" || len(name) > limit {
		reason := "must have 1 to " + strconv.Itoa(limit) + " bytes"
		return seatmap.Answer{Code: seatmap.CodeInvalid, Field: field, Reason: reason}, false
	}
	return seatmap.Answer{}, true
}

func overloaded(reason string) seatmap.Answer {
	return seatmap.Answer{Code: seatmap.CodeOverloaded, Reason: reason}
}

func refusedConfig(err error) seatmap.Answer {
	if bad, ok := errors.AsType[*seatmap.ConfigError](err); ok {
		return seatmap.Answer{Code: seatmap.CodeInvalid, Field: bad.Field, Reason: bad.Reason}
	}
	return seatmap.Answer{Code: seatmap.CodeInvalid, Reason: err.Error()}
}
