package command

import "github.com/parterre/parterre/actors/waitroom"

var kindWords = [...]string{
	KindEvent: "event", KindPutChart: "put_chart", KindInstallChart: "install_chart", KindCreateEvent: "create_event",
	KindRead: "read", KindRoom: "room",
}

// Kinds is the number of kinds, counting the unused zero; every Kind is below it.
const Kinds = len(kindWords)

// String is the kind's word, used in logs and as a metric label.
func (k Kind) String() string {
	if k.Valid() {
		return kindWords[k]
	}
	return "unknown_kind"
}

// Valid reports whether k is one of the kinds.
func (k Kind) Valid() bool { return k != 0 && int(k) < len(kindWords) }

// Word says what c asks for: the operation's word for an event's or a room's command, the kind's word for others. There
// are fewer than Kinds + seatmap.Ops + waitroom.Ops of them, so it can be a metric label.
func (c *Command) Word() string {
	switch {
	case c.Kind == KindEvent:
		return c.Request.Op.String()
	case c.Kind == KindRoom && c.Room != nil:
		return c.Room.Op.String()
	}
	return c.Kind.String()
}

// Reset empties c for another use and keeps its slices.
func (c *Command) Reset() {
	// One by one: a whole command would be copied.
	c.Kind, c.Event, c.Pass, c.Room, c.Chart, c.Create = 0, "", waitroom.Pass{}, nil, nil, nil
	c.Request.Reset()
}

// Reset empties r for another use and keeps its slices.
func (r *Result) Reset() {
	r.Index, r.NowMillis, r.Room = 0, 0, nil // a room's answer belongs to whoever was given it
	r.Answer.Reset()
}
