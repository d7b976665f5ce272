package waitroom

import (
	"slices"
	"strconv"
	"strings"
)

// put makes the room live, or changes its settings. Settings that are the same change nothing.
func (r *Room) put(nowMillis int64, q *Request, a *Answer) {
	if q.Config == nil {
		a.Code, a.Field, a.Reason = CodeInvalid, "room", "settings are missing"
		return
	}
	if a.Field, a.Reason = q.Config.fault(); a.Field != "" {
		a.Code = CodeInvalid
		return
	}
	if !r.live {
		r.nowMillis = max(nowMillis, 0)
		r.seed, r.live, a.Created = q.Seed, true, true
		r.lottery = q.Config.Mode == ModeRandom
		r.ringNumber = 1
		r.ring = []KeyRecord{{Number: 1, MadeMillis: r.nowMillis, Secret: q.Secret}}
		r.pace.atMillis, r.pace.pressure = r.nowMillis, fullPressure
		r.settings(q.Config)
		return
	}
	if a.Field, a.Reason = r.fixed(q.Config); a.Field != "" {
		a.Code = CodeFixed
		return
	}
	if !r.opened && q.Config.Mode <= ModeFIFO {
		r.lottery = q.Config.Mode == ModeRandom
	}
	reopens := r.closed && q.Config.Mode != ModeClosed
	if reopens || !r.config.same(q.Config) {
		r.closed = r.closed && !reopens
		r.settings(q.Config)
	}
}

// settings takes c over.
func (r *Room) settings(c *Config) {
	r.config = *c
	r.config.ShopURL = strings.Clone(c.ShopURL)
	r.config.Lanes = slices.Clone(c.Lanes)
	for i := range r.config.Lanes {
		r.config.Lanes[i].Key = strings.Clone(r.config.Lanes[i].Key)
	}
	if int(r.turn.lane) >= r.laneCount() {
		r.turn = turn{}
	}
	r.lifeMillis = max(r.lifeMillis, millis(c.TokenLifeSeconds), millis(c.StaySeconds))
	r.changed()
}

// changed notes that settings, seed, ring or admits are others.
func (r *Room) changed() {
	r.configSum = r.sumSettings()
	r.revision++
}

func (c *Config) same(d *Config) bool {
	mine, theirs := c.words(), d.words()
	for i := range mine {
		if *mine[i] != *theirs[i] {
			return false
		}
	}
	return c.Mode == d.Mode && c.PreQueueOpensMillis == d.PreQueueOpensMillis && c.OpensMillis == d.OpensMillis &&
		c.ShopURL == d.ShopURL && slices.Equal(c.Lanes, d.Lanes)
}

// fault finds the first setting that breaks a rule.
func (c *Config) fault() (field, reason string) {
	for _, rule := range []struct {
		field  string
		ok     bool
		reason string
	}{
		{"mode", c.Mode >= ModeRandom && c.Mode <= ModeClosed, "want random, fifo, open or closed"},
		{"prequeue_opens_at", c.PreQueueOpensMillis >= 0, "must not be before 1970"},
		{"opens_at", c.OpensMillis >= 0, "must not be before 1970"},
		{"opens_at", c.OpensMillis >= c.PreQueueOpensMillis, "must not be before prequeue_opens_at"},
		{"opens_at", c.OpensMillis <= maxMillis, "is too late"}, // a snapshot could not say it
		{"max_inside", c.MaxInside >= 1 && c.MaxInside <= MaxInside, "want 1 to 1000000"},
		{"admit_per_minute", c.AdmitPerMinute <= MaxPerMinute, "want at most 60000000"},
		{"enter_within_seconds", c.EnterWithinSeconds >= 1 && c.EnterWithinSeconds <= MaxSeconds, "want 1 to 2592000"},
		{"idle_seconds", c.IdleSeconds >= 1 && c.IdleSeconds <= MaxSeconds, "want 1 to 2592000"},
		{"stay_seconds", c.StaySeconds >= 1 && c.StaySeconds <= MaxSeconds, "want 1 to 2592000"},
		{"token_life_seconds", c.TokenLifeSeconds >= 1 && c.TokenLifeSeconds <= MaxSeconds, "want 1 to 2592000"},
		{"target_commit_ms", c.TargetCommitMillis <= MaxTargetMillis, "want at most 60000"},
		{"party_thousandths", c.PlacesPerVisitor <= MaxParty, "want at most 1000000"},
		{"public_share", c.PublicShare <= MaxShare, "want at most 1000"},
		{"shop_url", len(c.ShopURL) <= MaxShopURL, "want at most 512 bytes"},
		{"lanes", len(c.Lanes) < MaxLanes, "want at most 7"},
	} {
		if !rule.ok {
			return rule.field, rule.reason
		}
	}
	for i, lane := range c.Lanes {
		field := "lanes." + strconv.Itoa(i)
		switch {
		case lane.Key == "" || len(lane.Key) > MaxLaneKey:
			return field + ".lane", "want 1 to 64 bytes"
		case slices.ContainsFunc(c.Lanes[:i], func(l LaneConfig) bool { return l.Key == lane.Key }):
			return field + ".lane", "is named twice"
		case lane.Share < 1 || lane.Share > MaxShare:
			return field + ".share", "want 1 to 1000"
		}
	}
	return "", ""
}

// fixed finds a setting that cannot be changed any more. Whoever has a number has been told how numbers are ordered, and knows
// the lane by its place among the lanes; what has opened cannot open again.
func (r *Room) fixed(c *Config) (field, reason string) {
	switch {
	case r.opened && c.OpensMillis != r.config.OpensMillis:
		return "opens_at", "the room has opened"
	case r.nowMillis >= r.config.PreQueueOpensMillis && c.PreQueueOpensMillis != r.config.PreQueueOpensMillis:
		return "prequeue_opens_at", "the pre-queue has opened"
	case !r.anyJoined():
		return "", ""
	case !r.opened && c.Mode <= ModeFIFO && (c.Mode == ModeRandom) != r.lottery:
		return "mode", "visitors have joined"
	}
	for i, lane := range r.config.Lanes {
		if i >= len(c.Lanes) || c.Lanes[i].Key != lane.Key {
			return "lanes", "visitors have joined: those that there are stay, in their order"
		}
	}
	return "", ""
}

func (r *Room) anyJoined() bool {
	return slices.ContainsFunc(r.lanes[:], func(l lane) bool { return l.given > 0 })
}
