package actors

import (
	"encoding/binary"
	"math"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
	"github.com/parterre/parterre/actors/waitroom/pass"
)

// decideAtTheDoor decides one command of an event that has a waiting room, or is about to get one: an operation of the room
// itself, or one of the seat map that passes the door first. The room sees each command's time, and the stock before and
// after it, so that a place which becomes free is given at once. result is nil where nobody waits; the state is the same.
func (a *eventActor) decideAtTheDoor(nowMillis int64, c *command.Command, result *command.Result) {
	if c.Kind == command.KindRoom {
		a.askRoom(nowMillis, c.Room, result)
		return
	}
	a.room.Advance(nowMillis, a.stock())
	answer := &a.unheard
	if result != nil {
		answer = &result.Answer
	}
	if code := a.admit(nowMillis, c); code != waitroom.CodeOK {
		answer.Reset()
		if result != nil {
			answer.Code, answer.Revision = seatmap.CodeWaitingRoom, a.seats.Revision()
			result.Room = &waitroom.Answer{Code: code}
		}
		return
	}
	a.seats.Do(nowMillis, &c.Request, answer)
	a.tellRoom(nowMillis, c, answer)
	if result == nil {
		answer.Reset()
	}
	a.room.Advance(nowMillis, a.stock())
}

// askRoom does an operation of the room. The first OpPut that it takes makes it.
func (a *eventActor) askRoom(nowMillis int64, q *waitroom.Request, result *command.Result) {
	var answer waitroom.Answer
	room := a.room
	if room == nil {
		room = waitroom.New()
	}
	if a.room == nil && q.Op != waitroom.OpPut {
		answer.Code = waitroom.CodeNoRoom
	} else {
		room.Do(nowMillis, q, a.stock(), &answer)
	}
	if a.room == nil && answer.Code == waitroom.CodeOK {
		a.room = room
	}
	if result == nil {
		return
	}
	result.Answer.Reset()
	result.Room = &answer
	if answer.Code != waitroom.CodeOK {
		result.Answer.Code = seatmap.CodeWaitingRoom
	}
	if a.room != nil {
		result.Answer.Revision = a.room.Revision()
	}
}

// admit asks the room whether the command may pass. A key that the seat map knows gets its first answer again, whatever has
// become of the session since.
func (a *eventActor) admit(nowMillis int64, c *command.Command) waitroom.Code {
	switch c.Request.Op {
	case seatmap.OpHold, seatmap.OpSale, seatmap.OpChange, seatmap.OpExtend:
		if a.seats.Remembers(c.Request.Key) {
			return waitroom.CodeOK
		}
		return a.room.Check(nowMillis, c.Pass)
	}
	return waitroom.CodeOK
}

// tellRoom says what became of a command that concerns a session.
func (a *eventActor) tellRoom(nowMillis int64, c *command.Command, answer *seatmap.Answer) {
	if answer.Code != seatmap.CodeOK || answer.Replayed {
		return
	}
	switch c.Request.Op {
	case seatmap.OpHold:
		a.room.Held(c.Pass, holdHash(c.Request.ID))
	case seatmap.OpConfirm:
		a.room.Ordered(nowMillis, holdHash(c.Request.ID), pass.BuyerHash(a.event.key, answer.Buyer))
	case seatmap.OpSale:
		a.room.Sold(nowMillis, c.Pass)
	}
}

// holdHash is how the room names a hold: the half of its id that is random.
func holdHash(id seatmap.ID) uint64 { return binary.LittleEndian.Uint64(id[8:]) }

func (a *eventActor) stock() waitroom.Stock {
	c := a.seats.Counts()
	return waitroom.Stock{Free: places32(c.Free), Held: places32(c.Held), Sold: places32(c.Sold)}
}

func places32(n int) uint32 { return uint32(min(n, math.MaxUint32)) }

// eventHash is the hash of an event's state: the seat map's alone where there is no room.
func eventHash(seats uint64, room *waitroom.Room, hash func(*waitroom.Room) uint64) uint64 {
	if room == nil {
		return seats
	}
	return mix(seats, hash(room))
}

// nextDue is when an event has something to do though nobody asks.
func nextDue(seats *seatmap.Map, room *waitroom.Room) (atMillis int64, ok bool) {
	atMillis, ok = seats.NextDeadlineMillis()
	if room == nil {
		return atMillis, ok
	}
	at, due := room.NextDueMillis()
	switch {
	case !due:
		return atMillis, ok
	case !ok:
		return at, true
	}
	return min(at, atMillis), true
}
