package waitroom

import (
	"fmt"
	"io"

	"github.com/parterre/parterre/actors/waitroom/draw"
)

const (
	maxMillis = 1 << 53
	maxCount  = 1 << 62
)

// Restore makes the room that Encode wrote; rd ends where the snapshot ends. What does not hold together is an error that wraps
// ErrDamaged; no input makes it panic, or allocate much more than a fixed multiple of what it read.
func Restore(rd io.Reader) (*Room, error) {
	d := newDecoder(rd)
	r := New()
	d.want(snapshotMagic, "this is not a waiting room")
	if version := d.number(maxCount, "version"); d.err == nil && version != snapshotVersion {
		d.fail(fmt.Sprintf("version %d is not known here", version))
	}
	d.scalars(r)
	d.config(&r.config)
	d.keys(r)
	for i := 0; i < r.laneCount() && d.err == nil; i++ {
		d.lane(r, uint8(i))
	}
	d.sessions(r)
	hash := d.uint64("state hash")
	d.want(snapshotEnd, "end mark")
	d.over()
	if d.err != nil {
		return nil, d.err
	}
	r.configSum = r.sumSettings()
	if err := r.verify(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if r.Hash() != hash {
		return nil, fmt.Errorf("%w: state hash is %016x, written was %016x", ErrDamaged, r.Hash(), hash)
	}
	return r, nil
}

func (d *decoder) scalars(r *Room) {
	r.setFlags(d.number(1<<flagCount-1, "flags"))
	r.nowMillis = d.millis("time")
	r.serial = d.number(maxCount, "serial")
	r.revision = d.number(maxCount, "revision")
	r.phase = Phase(d.number(uint64(PhaseOpen), "phase"))
	r.turn = turn{lane: uint8(d.number(MaxLanes-1, "turn")), left: d.word("turn")}
	p := &r.pace
	p.credit, p.atMillis = d.number(maxCount, "credit"), d.millis("credit's time")
	p.pressure = uint32(d.number(fullPressure, "pressure"))
	p.openedMillis = d.millis("opening")
	for _, c := range []*recent{&p.calls, &p.freed} {
		c.newest = d.number(maxMillis, "recent time")
		for i := range c.counts {
			c.counts[i] = d.word("recent count")
		}
	}
	t := &r.trade
	t.stock = Stock{Free: d.word("stock"), Held: d.word("stock"), Sold: d.word("stock")}
	t.orders, t.places, t.lapsed = d.word("orders"), d.word("places"), d.word("lapses")
}

func (d *decoder) config(c *Config) {
	c.Mode = Mode(d.number(uint64(ModeClosed), "mode"))
	c.PreQueueOpensMillis, c.OpensMillis = d.millis("pre-queue"), d.millis("opening")
	for _, v := range c.words() {
		*v = d.word("setting")
	}
	for range d.number(MaxLanes-1, "lanes") {
		c.Lanes = append(c.Lanes, LaneConfig{Key: d.text(MaxLaneKey, "lane"), Share: d.word("share")})
	}
	c.ShopURL = d.text(MaxShopURL, "shop")
}

func (d *decoder) keys(r *Room) {
	d.fixed(r.seed[:], "seed")
	r.ringNumber, r.lifeMillis = d.word("keys"), d.millis("life")
	for range d.number(MaxKeys, "keys") {
		k := KeyRecord{Number: d.word("key"), MadeMillis: d.millis("key"), RetiredMillis: d.millis("key")}
		d.fixed(k.Secret[:], "key")
		r.ring = append(r.ring, k)
	}
	for range d.number(rememberedAdmits, "admits") {
		var key [16]byte
		d.fixed(key[:], "admit")
		r.admits = append(r.admits, key)
	}
}

func (d *decoder) lane(r *Room, number uint8) {
	l := &r.lanes[number]
	l.given = d.number(maxNumbers, "numbers given")
	l.drawn = d.number(l.given, "numbers drawn")
	l.frontier = d.number(l.given, "places called")
	l.lapsed = d.number(l.frontier, "calls lapsed")
	l.fates.words.base = d.number(l.frontier/placesPerPage, "floor") << wordPageShift
	if l.frontier-l.fates.floor() > maxSpan+placesPerPage {
		d.fail("span")
	}
	if l.drawn > 0 {
		l.order = draw.New(&r.seed, number, l.drawn)
	}
	for at := l.fates.words.base; at*placesPerWord < l.frontier && d.err == nil; at++ {
		l.fates.words.reach(at + 1)
		word := l.fates.words.edit(at)
		*word = d.uint64("fates")
		r.sum += fateElement(number, at, *word)
	}
	from, last := l.lapsed, int64(0)
	for n := d.number(l.frontier-l.lapsed, "calls"); n > 0 && d.err == nil; n-- {
		c := call{to: from + d.number(l.frontier-from, "call"), lapsesMillis: last + d.millis("call's end")}
		if c.to == from || c.lapsesMillis > maxMillis {
			d.fail("call")
		}
		l.calls.push(c)
		r.sum += callElement(number, &c)
		from, last = c.to, c.lapsesMillis
	}
	if from != l.frontier {
		d.fail("calls")
	}
	called, _ := r.countFates(number)
	r.called += called
}

func (d *decoder) sessions(r *Room) {
	last := uint64(0)
	for n := d.number(MaxInside, "sessions"); n > 0 && d.err == nil; n-- {
		s := session{serial: last + d.number(r.serial-last, "session"), lane: uint8(d.number(MaxLanes-1, "lane"))}
		s.number, s.place = d.number(maxNumbers, "number"), d.number(maxNumbers, "place")
		s.buyer, s.hold = d.uint64("buyer"), d.uint64("hold")
		s.enteredMillis = d.millis("entered")
		s.idleMillis, s.endsMillis = s.enteredMillis+d.millis("idle"), s.enteredMillis+d.millis("end")
		if s.serial == last || int(s.lane) >= r.laneCount() || s.number >= r.lanes[s.lane].given {
			d.fail("session")
		}
		if d.err == nil {
			r.begin(s)
		}
		last = s.serial
	}
}
