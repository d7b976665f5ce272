package command

import (
	"math"

	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/waitroom"
)

// A waiting room's request, settings, answer and pass are arrays of fixed lengths:
//
//	request  [op, lane, count, pressure, per minute, number, session, buyer, key, seed, secret, settings or nil]
//	settings [mode, pre-queue opens, opens, inside, per minute, enter within, idle, stay, token life, target commit,
//	          places per visitor, public share, [[lane key, share], …], shop]
//	answer   [code, phase, created, first, lane, number, session, idle at, ends at, field, reason]
//	pass     [lane, number, session, buyer]

const (
	roomLength       = 12
	roomConfigLength = 14
	roomAnswerLength = 11
	passLength       = 4
)

func appendPass(b []byte, p *waitroom.Pass) []byte {
	b = pack.AppendArray(b, passLength)
	b = pack.AppendUint(b, uint64(p.Lane))
	b = pack.AppendUint(b, p.Number)
	b = pack.AppendUint(b, p.Session)
	return pack.AppendUint(b, p.Buyer)
}

func readPass(r *pack.Reader, p *waitroom.Pass) {
	readLength(r, passLength)
	p.Lane = readLane(r)
	p.Number = r.Uint(math.MaxUint64)
	p.Session = r.Uint(math.MaxUint64)
	p.Buyer = r.Uint(math.MaxUint64)
}

func readLane(r *pack.Reader) uint8 { return uint8(r.Uint(waitroom.MaxLanes - 1)) }

func readUint32(r *pack.Reader) uint32 { return uint32(r.Uint(math.MaxUint32)) }

func appendRoom(b []byte, q *waitroom.Request) []byte {
	if q == nil {
		return pack.AppendNil(b)
	}
	b = pack.AppendArray(b, roomLength)
	b = pack.AppendUint(b, uint64(q.Op))
	b = pack.AppendUint(b, uint64(q.Lane))
	b = pack.AppendUint(b, uint64(q.Count))
	b = pack.AppendUint(b, uint64(q.Pressure))
	b = pack.AppendUint(b, uint64(q.PerMinute))
	b = pack.AppendUint(b, q.Number)
	b = pack.AppendUint(b, q.Session)
	b = pack.AppendUint(b, q.Buyer)
	b = pack.AppendBytes(b, q.Key[:])
	b = pack.AppendBytes(b, q.Seed[:])
	b = pack.AppendBytes(b, q.Secret[:])
	if q.Config == nil {
		return pack.AppendNil(b)
	}
	return appendRoomConfig(b, q.Config)
}

func appendRoomConfig(b []byte, c *waitroom.Config) []byte {
	b = pack.AppendArray(b, roomConfigLength)
	b = pack.AppendUint(b, uint64(c.Mode))
	b = pack.AppendInt(b, c.PreQueueOpensMillis)
	b = pack.AppendInt(b, c.OpensMillis)
	for _, v := range [...]uint32{
		c.MaxInside, c.AdmitPerMinute, c.EnterWithinSeconds, c.IdleSeconds, c.StaySeconds, c.TokenLifeSeconds,
		c.TargetCommitMillis, c.PlacesPerVisitor, c.PublicShare,
	} {
		b = pack.AppendUint(b, uint64(v))
	}
	b = pack.AppendArray(b, len(c.Lanes))
	for i := range c.Lanes {
		b = pack.AppendArray(b, pairLength)
		b = pack.AppendString(b, c.Lanes[i].Key)
		b = pack.AppendUint(b, uint64(c.Lanes[i].Share))
	}
	return pack.AppendString(b, c.ShopURL)
}

// readRoom reads a request. Whether its numbers make sense is for the room to say.
func readRoom(r *pack.Reader) *waitroom.Request {
	if missing(r) {
		return nil
	}
	q := &waitroom.Request{}
	readLength(r, roomLength)
	q.Op = waitroom.Op(readNumbered(r, 1, waitroom.Ops))
	q.Lane = readLane(r)
	q.Count = readUint32(r)
	q.Pressure = readUint32(r)
	q.PerMinute = readUint32(r)
	q.Number = r.Uint(math.MaxUint64)
	q.Session = r.Uint(math.MaxUint64)
	q.Buyer = r.Uint(math.MaxUint64)
	r.Fixed(q.Key[:])
	r.Fixed(q.Seed[:])
	r.Fixed(q.Secret[:])
	if !r.Nil() {
		q.Config = readRoomConfig(r)
	}
	return q
}

func readRoomConfig(r *pack.Reader) *waitroom.Config {
	c := &waitroom.Config{}
	readLength(r, roomConfigLength)
	c.Mode = waitroom.Mode(r.Uint(math.MaxUint8))
	c.PreQueueOpensMillis = readInt64(r)
	c.OpensMillis = readInt64(r)
	for _, v := range [...]*uint32{
		&c.MaxInside, &c.AdmitPerMinute, &c.EnterWithinSeconds, &c.IdleSeconds, &c.StaySeconds, &c.TokenLifeSeconds,
		&c.TargetCommitMillis, &c.PlacesPerVisitor, &c.PublicShare,
	} {
		*v = readUint32(r)
	}
	if n := r.Array(waitroom.MaxLanes); n > 0 {
		c.Lanes = make([]waitroom.LaneConfig, n)
		for i := range c.Lanes {
			readLength(r, pairLength)
			c.Lanes[i] = waitroom.LaneConfig{Key: r.String(waitroom.MaxLaneKey), Share: readUint32(r)}
		}
	}
	c.ShopURL = r.String(waitroom.MaxShopURL)
	return c
}

func appendRoomAnswer(b []byte, a *waitroom.Answer) []byte {
	b = pack.AppendArray(b, roomAnswerLength)
	b = pack.AppendUint(b, uint64(a.Code))
	b = pack.AppendUint(b, uint64(a.Phase))
	b = pack.AppendUint(b, asNumber(a.Created))
	b = pack.AppendUint(b, a.First)
	b = pack.AppendUint(b, uint64(a.Lane))
	b = pack.AppendUint(b, a.Number)
	b = pack.AppendUint(b, a.Session)
	b = pack.AppendInt(b, a.IdleAtMillis)
	b = pack.AppendInt(b, a.EndsAtMillis)
	b = pack.AppendString(b, a.Field)
	return pack.AppendString(b, a.Reason)
}

func readRoomAnswer(r *pack.Reader) *waitroom.Answer {
	a := &waitroom.Answer{}
	readLength(r, roomAnswerLength)
	a.Code = waitroom.Code(readNumbered(r, 0, waitroom.Codes))
	a.Phase = waitroom.Phase(readNumbered(r, 0, waitroom.Phases))
	a.Created = readNumbered(r, 0, 2) == 1
	a.First = r.Uint(math.MaxUint64)
	a.Lane = readLane(r)
	a.Number = r.Uint(math.MaxUint64)
	a.Session = r.Uint(math.MaxUint64)
	a.IdleAtMillis = readInt64(r)
	a.EndsAtMillis = readInt64(r)
	a.Field = r.String(MaxFieldBytes)
	a.Reason = r.String(MaxReasonBytes)
	return a
}

func asNumber(on bool) uint64 {
	if on {
		return 1
	}
	return 0
}

// room checks what a decoder would not take.
func (v *validator) room(q *waitroom.Request) {
	if q == nil {
		v.fail("room", "has no content")
		return
	}
	if !q.Op.Valid() {
		v.fail("op", "is unknown")
	}
	if q.Lane >= waitroom.MaxLanes {
		v.fail("lane", "is above %d", waitroom.MaxLanes-1)
	}
	if c := q.Config; c != nil {
		v.count("lanes", len(c.Lanes), waitroom.MaxLanes)
		for i := range c.Lanes {
			v.text("lanes", c.Lanes[i].Key, waitroom.MaxLaneKey)
		}
		v.text("shop_url", c.ShopURL, waitroom.MaxShopURL)
	}
}
