package httpapi

import (
	"net/url"

	"github.com/parterre/parterre/actors/waitroom"
)

// The words of rooms' modes, in order of their numbers.
var roomModes = []string{"random", "fifo", "open", "closed"}

// What a room has where its maker says nothing.
const (
	defaultMaxInside     = 500
	defaultEnterSeconds  = 120
	defaultIdleSeconds   = 300
	defaultStaySeconds   = 900
	defaultTokenSeconds  = 24 * 3600
	defaultTargetMillis  = 50
	maxTargetMillis      = 60_000
	maxPartyThousandths  = 1_000_000
	leastTokenLifeSecond = 60
)

func newRoomConfig() *waitroom.Config {
	return &waitroom.Config{
		MaxInside: defaultMaxInside, EnterWithinSeconds: defaultEnterSeconds, IdleSeconds: defaultIdleSeconds,
		StaySeconds: defaultStaySeconds, TokenLifeSeconds: defaultTokenSeconds, TargetCommitMillis: defaultTargetMillis, PublicShare: 1,
	}
}

// decodeRoom reads the body that makes or changes a room.
func decodeRoom(d *decoder, c *waitroom.Config) {
	d.object(func(name string) bool {
		switch name {
		case "mode":
			c.Mode = waitroom.Mode(d.choice(roomModes...)) + waitroom.ModeRandom
		case "prequeue_opens_at":
			c.PreQueueOpensMillis = d.moment()
		case "opens_at":
			c.OpensMillis = d.moment()
		case "max_inside":
			c.MaxInside = uint32(d.number(1, waitroom.MaxInside))
		case "admit_per_minute":
			c.AdmitPerMinute = uint32(d.number(0, waitroom.MaxPerMinute))
		case "target_commit_ms":
			c.TargetCommitMillis = uint32(d.number(0, maxTargetMillis))
		case "party_thousandths":
			c.PlacesPerVisitor = uint32(d.number(0, maxPartyThousandths))
		case "public_share":
			c.PublicShare = uint32(d.number(1, waitroom.MaxShare))
		case "lanes":
			d.array(waitroom.MaxLanes-1, func() { c.Lanes = append(c.Lanes, decodeLane(d)) })
		case "shop_url":
			c.ShopURL = d.shopURL()
		default:
			return decodeRoomTimes(d, name, c)
		}
		return true
	})
	d.required("mode", c.Mode != 0)
}

func decodeRoomTimes(d *decoder, name string, c *waitroom.Config) bool {
	switch name {
	case "enter_within_seconds":
		c.EnterWithinSeconds = uint32(d.number(1, waitroom.MaxSeconds))
	case "idle_seconds":
		c.IdleSeconds = uint32(d.number(1, waitroom.MaxSeconds))
	case "stay_seconds":
		c.StaySeconds = uint32(d.number(1, waitroom.MaxSeconds))
	case "token_life_seconds":
		c.TokenLifeSeconds = uint32(d.number(leastTokenLifeSecond, waitroom.MaxSeconds))
	default:
		return false
	}
	return true
}

func decodeLane(d *decoder) (l waitroom.LaneConfig) {
	l.Share = 1
	d.object(func(name string) bool {
		switch name {
		case "lane":
			if l.Key = d.line(waitroom.MaxLaneKey, true); l.Key != "" && (nameReason(l.Key, waitroom.MaxLaneKey) != "" || l.Key == publicLane) {
				d.reject("must be made of A-Z, a-z, 0-9, '.', '_' and '-', and not be " + publicLane)
			}
		case "share":
			l.Share = uint32(d.number(1, waitroom.MaxShare))
		default:
			return false
		}
		return true
	})
	d.required("lane", l.Key != "")
	return l
}

// shopURL reads an address that a browser may be sent to.
func (d *decoder) shopURL() string {
	if d.null() {
		return ""
	}
	text := d.line(waitroom.MaxShopURL, false)
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || u.Fragment != "" {
		d.reject("must be an http or https address without a fragment")
		return ""
	}
	return text
}

// joining is the body of who joins.
type joining struct{ buyer, lane, invitation string }

func decodeJoining(d *decoder, j *joining) {
	d.object(func(name string) bool {
		switch name {
		case "buyer":
			j.buyer = d.line(maxRoomBuyer, false)
		case "lane":
			j.lane = d.line(waitroom.MaxLaneKey, false)
		case "invitation":
			j.invitation = d.line(maxPaperText, false)
		default:
			return false
		}
		return true
	})
}

// decodeEntering reads whose token it is said to be, where a shop says so.
func decodeEntering(d *decoder, buyer *string) {
	d.object(func(name string) bool {
		if name != "buyer" {
			return false
		}
		*buyer = d.line(maxRoomBuyer, false)
		return true
	})
}

// decodeCount reads an object of one number.
func decodeCount(d *decoder, field string, lowest, highest int64) (n uint32) {
	there := false
	d.object(func(name string) bool {
		if name != field {
			return false
		}
		there = true
		n = uint32(d.number(lowest, highest))
		return true
	})
	d.required(field, there)
	return n
}

// decodeNothing reads an object without fields.
func decodeNothing(d *decoder) { d.object(func(string) bool { return false }) }
