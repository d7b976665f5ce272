package judge

import (
	"slices"

	"github.com/parterre/parterre/bench/history"
)

// sets joins things that share operations.
type sets struct {
	parent []int32
	places []int32 // of places in the chart, by number; 0 = none yet
	ids    map[history.ID]int32
	buyers map[uint64]int32
}

func (s *sets) fresh() int32 {
	s.parent = append(s.parent, int32(len(s.parent)))
	return int32(len(s.parent) - 1)
}

func (s *sets) root(i int32) int32 {
	for s.parent[i] != i {
		s.parent[i] = s.parent[s.parent[i]]
		i = s.parent[i]
	}
	return i
}

func (s *sets) join(a, b int32) { s.parent[s.root(a)] = s.root(b) }

func (s *sets) place(number uint32) int32 {
	if s.places[number] == 0 {
		s.places[number] = s.fresh()
	}
	return s.places[number]
}

func (s *sets) id(id history.ID) int32 {
	i, ok := s.ids[id]
	if !ok {
		i = s.fresh()
		s.ids[id] = i
	}
	return i
}

func (s *sets) buyer(buyer uint64) int32 {
	i, ok := s.buyers[buyer]
	if !ok {
		i = s.fresh()
		s.buyers[buyer] = i
	}
	return i
}

// splits says that an operation is only a look at several places at a told revision, so that each may be judged by itself.
func splits(o *history.Op) bool {
	if !located(o) {
		return false
	}
	return o.Kind == history.KindReadMap || o.Outcome == history.Refused && len(o.Given) > 0 &&
		(o.Kind == history.KindHold || o.Kind == history.KindSale || o.Kind == history.KindBlock || o.Kind == history.KindUnblock)
}

// judgeOrder gives every group of the event to porcupine.
func (c *eventCase) judgeOrder() {
	skipped := 0
	c.strangers = c.hasStrangers()
	ops := make([]*history.Op, 0, len(c.ops))
	for _, o := range c.ops {
		if c.judgeable(o) {
			ops = append(ops, o)
		} else {
			skipped++
		}
	}
	s := &sets{parent: []int32{0}, places: make([]int32, c.chart.Numbers()), ids: map[history.ID]int32{}, buyers: map[uint64]int32{}}
	anchors := make([]int32, len(ops))
	for i, o := range ops {
		anchors[i] = c.join(s, o)
	}
	groups := map[int32]*compiler{}
	of := func(at int32) *compiler {
		root := s.root(at)
		if groups[root] == nil {
			groups[root] = newCompiler(c)
		}
		return groups[root]
	}
	wishes := c.openWishes()
	for i, o := range ops {
		if !splits(o) {
			of(anchors[i]).add(o, o.Asked, o.Given, wishes)
			continue
		}
		for _, share := range c.shares(s, o) {
			of(share.at).add(o, share.asked, share.given, wishes)
		}
	}
	roots := make([]int32, 0, len(groups))
	for root := range groups {
		roots = append(roots, root)
	}
	slices.Sort(roots)
	c.v.count(c.v.Linear, len(ops), skipped)
	c.search(roots, groups)
}

// join joins all that an operation is about, and returns any of it.
func (c *eventCase) join(s *sets, o *history.Op) int32 {
	if splits(o) {
		return 0
	}
	at := s.fresh()
	if !o.ID.IsZero() {
		s.join(at, s.id(o.ID))
	}
	if c.limited(o) {
		s.join(at, s.buyer(o.Buyer))
	}
	for _, list := range [][]history.Place{o.Asked, o.Given, o.Taken} {
		for _, p := range list {
			s.join(at, s.place(p.Number))
		}
	}
	return at
}

// limited says that an operation counts against its buyer's limit.
func (c *eventCase) limited(o *history.Op) bool {
	return c.event.MaxPlacesPerBuyer > 0 && o.Buyer != 0
}

// share is what of a look is about one group.
type share struct {
	at           int32
	asked, given []history.Place
}

func (c *eventCase) shares(s *sets, o *history.Op) (shares []share) {
	byRoot := map[int32]int{}
	put := func(p history.Place) *share {
		root := s.root(s.place(p.Number))
		i, ok := byRoot[root]
		if !ok {
			i = len(shares)
			byRoot[root] = i
			shares = append(shares, share{at: root})
		}
		return &shares[i]
	}
	for _, p := range o.Asked {
		sh := put(p)
		sh.asked = append(sh.asked, p)
	}
	for _, p := range o.Given {
		sh := put(p)
		sh.given = append(sh.given, p)
	}
	return shares
}

// judgeable says whether the model can say anything about an operation.
func (c *eventCase) judgeable(o *history.Op) bool {
	for _, list := range [][]history.Place{o.Asked, o.Given, o.Taken} {
		for _, p := range list {
			if int(p.Number) >= c.chart.Numbers() {
				return false
			}
		}
	}
	refused := o.Outcome == history.Refused
	if refused {
		switch o.Code {
		case history.CodeSeatUnavailable, history.CodeNotEnoughSeats, history.CodeHoldConfirmed, history.CodeHoldExpired,
			history.CodeHoldReleased, history.CodeUnknownHold, history.CodeUnknownOrder:
		case history.CodeBuyerLimit:
			return c.limited(o) && !c.strangers && !o.Has(history.FlagKeyless)
		default:
			return false
		}
	}
	switch o.Kind {
	case history.KindHold, history.KindSale, history.KindWish:
		return !refused || o.Wanted == 0 && o.Kind != history.KindWish && len(o.Asked) > 0 && !o.Has(history.FlagKeyless)
	case history.KindReadMap:
		return len(o.Asked) > 0 && located(o)
	case history.KindBlock, history.KindUnblock:
		return len(o.Asked) > 0
	case history.KindConfirm, history.KindRelease, history.KindExtend, history.KindChange, history.KindCancel,
		history.KindReadHold, history.KindReadOrder:
		return !o.ID.IsZero()
	}
	return false
}

// hasStrangers says that something is asked of a hold that the history does not tell the beginning of: then anybody may have
// more places than the history tells.
func (c *eventCase) hasStrangers() bool {
	made := map[history.ID]bool{}
	for _, o := range c.ops {
		if o.Kind == history.KindHold || o.Kind == history.KindWish || o.Kind == history.KindSale {
			made[o.ID] = true
		}
	}
	return slices.ContainsFunc(c.ops, func(o *history.Op) bool { return !o.ID.IsZero() && !made[o.ID] })
}

// openWishes are the calls of wishes of unknown outcome, in order.
func (c *eventCase) openWishes() (calls []int64) {
	for _, o := range c.ops {
		if o.Outcome == history.Unknown && o.Wanted > 0 {
			calls = append(calls, o.Called)
		}
	}
	return calls
}
