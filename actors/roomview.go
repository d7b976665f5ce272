package actors

import (
	"context"
	"time"

	"github.com/parterre/parterre/actors/waitroom"
)

// RoomView is an immutable picture of an event's waiting room. Rooms change with every visitor, so they are shown apart from
// their events: a seat map's encodings outlive them.
type RoomView struct {
	*waitroom.Picture
	AppliedIndex uint64
	NowMillis    int64 // log time of the newest command that the view shows

	renewed chan struct{} // closed when a newer view is there
}

// Room is the newest view of the event's waiting room; nil where it has none. It is at most [ViewInterval] old, and the
// herald's delay.
func (e *Event) Room() *RoomView {
	if v := e.room.Load(); v.Picture != nil {
		return v
	}
	return nil
}

// FreshRoom waits for a view that shows everything that was decided here when it was called; nil if there is no room.
// Errors as for [Event.ViewAt].
func (e *Event) FreshRoom(ctx context.Context) (*RoomView, error) {
	for {
		v := e.room.Load()
		if v.revision() >= e.roomRevision.Load() {
			successor, err := e.partition.successor(e)
			if err != nil {
				return nil, err
			}
			if successor == e {
				return e.Room(), nil
			}
			e = successor
			continue
		}
		e.partition.publish(e)
		if _, err := e.awaitRoom(ctx, v); err != nil {
			return nil, err
		}
	}
}

// NextRoom waits for a view of the room newer than the given one, or ctx's end; of the restored event, if a snapshot was
// restored meanwhile. Errors as for [Event.ViewAt].
func (e *Event) NextRoom(ctx context.Context, than *RoomView) (*Event, *RoomView, error) {
	for {
		v := e.room.Load()
		if v != than && v.Picture != nil {
			return e, v, nil
		}
		var err error
		if e, err = e.awaitRoom(ctx, v); err != nil {
			return nil, nil, err
		}
	}
}

// awaitRoom waits until v is not the newest view any more, and returns the event to go on with.
func (e *Event) awaitRoom(ctx context.Context, v *RoomView) (*Event, error) {
	select {
	case <-v.renewed:
		return e, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.partition.halted:
		return nil, e.partition.Halted()
	case <-e.era.ended:
		return e.partition.successor(e)
	}
}

func (v *RoomView) revision() uint64 {
	if v.Picture == nil {
		return 0
	}
	return v.Picture.Revision()
}

// replaceRoomView replaces the newest view and wakes who waits for that. Only the actor calls it, and whoever makes the event.
func (e *Event) replaceRoomView(v *RoomView) {
	v.renewed = make(chan struct{})
	if old := e.room.Swap(v); old != nil {
		close(old.renewed)
	}
}

// showRoom publishes a view of the room if there is anything new and it is time; otherwise it sees to it that it will be
// shown.
func (a *eventActor) showRoom(now bool) {
	e := a.event
	if a.room == nil || a.room.Revision() == e.room.Load().revision() || a.partition.Halted() != nil {
		return
	}
	uptime := a.partition.uptime()
	if !now && a.roomShown != 0 && uptime-a.roomShown < ViewInterval {
		a.partition.herald.remind(&e.showingRoom, a.roomShown+ViewInterval)
		return
	}
	a.doing, a.roomShown = "publish", uptime
	e.replaceRoomView(&RoomView{Picture: a.room.Picture(), AppliedIndex: a.shown, NowMillis: a.nowMillis})
}

// Steered is a waiting room whose calls depend on what its leader measures.
type Steered struct {
	Event    string
	Target   time.Duration // propose-to-commit p99
	Pressure uint32        // thousandths of the rate that the leader told last
}

// SteeredRooms lists at most limit waiting rooms that are to be told what the leader measures; any goroutine.
func (p *Partition) SteeredRooms(limit int) []Steered {
	p.registry.RLock()
	defer p.registry.RUnlock()
	var rooms []Steered
	for _, e := range p.state.behindRooms {
		v := e.Room()
		if v == nil || len(rooms) == limit {
			continue
		}
		if target := v.Config().TargetCommitMillis; target > 0 {
			rooms = append(rooms, Steered{
				Event: e.key, Target: time.Duration(target) * time.Millisecond, Pressure: v.Pressure(),
			})
		}
	}
	return rooms
}
