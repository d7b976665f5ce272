package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/httpapi/client"
)

// Scene is what Setup sets up: the charts and events of a trace, on a cluster.
type Scene struct {
	Client *client.Client
	Header *trace.Header
	Charts []trace.Chart
	Events []trace.Event
	// Event is the name of the first event on the cluster; "" = the trace's. One that exists is used as it is, if nothing is
	// held or sold in it.
	Event string
	Speed Speed
}

// Setup makes the charts and events on the cluster, or finds them there, and waits until every node that answers shows them.
func Setup(ctx context.Context, s Scene) (*Stage, error) {
	if len(s.Events) == 0 {
		return nil, fmt.Errorf("%w: the trace has none", ErrNoEvent)
	}
	stage := &Stage{Run: history.New(), HoldTTL: time.Duration(s.Events[0].HoldTTLSeconds) * time.Second}
	houses := make([]*house, len(s.Charts))
	for i := range s.Charts {
		h, err := newHouse(&s.Charts[i])
		if err != nil {
			return nil, fmt.Errorf("%w %q: %w", ErrChart, s.Charts[i].Name, err)
		}
		h.number = stage.Run.AddChart(h.chart)
		houses[i] = h
	}
	stage.Opens = opensOf(s.Header, &s.Events[0])
	put := map[uint32]bool{}
	for i := range s.Events {
		traced := &s.Events[i]
		e := newEvent(traced, houses[traced.Chart], s.Speed)
		if i == 0 && s.Event != "" {
			e.rename(s.Event)
		}
		if err := s.event(ctx, traced, e, put); err != nil {
			return nil, err
		}
		e.Number = stage.Run.AddEvent(e.Name, e.house.number)
		stage.Events = append(stage.Events, e)
	}
	return stage, s.shown(ctx, stage)
}

func newEvent(traced *trace.Event, h *house, speed Speed) *Event {
	e := &Event{house: h, maps: &pictures{house: h}, speed: speed}
	e.HoldTTL = time.Duration(e.seconds(uint32(traced.HoldTTLSeconds))) * time.Second
	e.rename(traced.Name)
	return e
}

// event makes an event, or finds it.
func (s *Scene) event(ctx context.Context, traced *trace.Event, e *Event, put map[uint32]bool) error {
	there, err := s.Client.Event(ctx, e.Name, client.Strong())
	if err == nil {
		e.HoldTTL = time.Duration(there.HoldTTLSeconds) * time.Second
		return s.fresh(ctx, e)
	}
	if client.CodeOf(err) != client.CodeUnknownEvent {
		return fmt.Errorf("replay: event %s: %w", e.Name, err)
	}
	chart := &s.Charts[traced.Chart]
	if !put[traced.Chart] {
		if _, err := s.Client.PutChart(ctx, chart.Name, chart.Document); err != nil {
			return fmt.Errorf("%w %q: %w", ErrChart, chart.Name, err)
		}
		put[traced.Chart] = true
	}
	settings, err := s.settings(traced, chart.Name, e)
	if err != nil {
		return fmt.Errorf("replay: settings of event %s: %w", traced.Name, err)
	}
	if _, err := s.Client.PutEvent(ctx, e.Name, *settings); err != nil {
		return fmt.Errorf("replay: event %s: %w", e.Name, err)
	}
	return nil
}

// fresh makes sure that nothing was sold in an event that is there already, and that it has the trace's places.
func (s *Scene) fresh(ctx context.Context, e *Event) error {
	counts, err := s.Client.Availability(ctx, e.Name, client.Strong())
	if err != nil {
		return fmt.Errorf("replay: event %s: %w", e.Name, err)
	}
	t := counts.Total
	if t.Held+t.Sold > 0 {
		return fmt.Errorf("%w: %s has %d held and %d sold places; name another event", ErrNotFresh, e.Name, t.Held, t.Sold)
	}
	if all := t.Free + t.Blocked; all != int64(e.house.chart.Places()) {
		return fmt.Errorf("%w: event %s has %d places, the trace's chart %d", ErrChart, e.Name, all, e.house.chart.Places())
	}
	return nil
}

// settings are the trace's, with the holds' time and the opening as the speed has them. A recorded sale that closed in the
// past would refuse everything: a replay is as long as it is.
func (s *Scene) settings(traced *trace.Event, chart string, e *Event) (*client.Settings, error) {
	settings := &client.Settings{}
	if len(traced.Settings) > 0 {
		if err := json.Unmarshal(traced.Settings, settings); err != nil {
			return nil, err
		}
	}
	settings.Chart = chart
	if ttl := int(e.HoldTTL.Seconds()); ttl > 0 {
		settings.HoldTTLSeconds = &ttl
	}
	settings.SaleClosesAt = nil
	if settings.SaleOpensAt != nil {
		opens := time.Now().Add(s.Speed.shorten(opensOf(s.Header, traced)))
		if settings.SaleOpensAt = &opens; s.Speed == Max {
			settings.SaleOpensAt = nil
		}
	}
	return settings, nil
}

// opensOf is when an event's sale opens in the trace's time: at its start, unless a recording says otherwise.
func opensOf(h *trace.Header, e *trace.Event) time.Duration {
	var settings client.Settings
	if h.Made != trace.Recorded || json.Unmarshal(e.Settings, &settings) != nil || settings.SaleOpensAt == nil {
		return 0
	}
	started, err := time.Parse(time.RFC3339, h.Started)
	if err != nil {
		return 0
	}
	return max(0, settings.SaleOpensAt.Sub(started))
}

// shown waits until each node that can be asked shows all events.
func (s *Scene) shown(ctx context.Context, stage *Stage) error {
	for i := range s.Client.Endpoints() {
		for _, e := range stage.Events {
			// A node that is down shows nothing, and is no reason not to replay against the others.
			if _, err := s.Client.At(i).Event(ctx, e.Name, client.Strong()); ctx.Err() != nil {
				return err
			}
		}
	}
	return nil
}

// Places is how much there is to sell in all events.
func (s *Stage) Places() (n int64) {
	for _, e := range s.Events {
		n += int64(e.house.chart.Places())
	}
	return n
}

func (e *Event) rename(name string) {
	e.Name, e.path = name, append([]byte("/v1/events/"), url.PathEscape(name)...)
}
