package seatmap

// Limits of one event's state. Where one is reached, a command that would go beyond is CodeOverloaded and changes
// nothing, or the oldest record is forgotten.
const (
	// KeyLifeMillis is how long a key is remembered at least, in log time; so are tombstones.
	KeyLifeMillis = 24 * 60 * 60 * 1000
	// MaxKeys bounds the remembered keys of commands that changed something. When it is reached, commands with keys are
	// CodeOverloaded until the oldest are KeyLifeMillis old.
	MaxKeys = 1 << 22
	// MaxRefusals bounds the remembered keys of commands that changed nothing; the oldest are forgotten.
	MaxRefusals = 65_536
	// MaxRefusalBytes bounds the words of the remembered refusals; the oldest are forgotten.
	MaxRefusalBytes = 16 << 20
	// MaxTombstones bounds the released and lapsed holds that are still known; the oldest are forgotten.
	MaxTombstones = 1 << 20
	// MaxHolds bounds the records of holds and orders, tombstones counted.
	MaxHolds = 1 << 23
	// MaxClaims bounds the records of area places and of places that holds had once.
	MaxClaims = 1 << 25
	// MaxPriceBooks bounds how often prices can change.
	MaxPriceBooks = 1_000
	// forgetPerCommand bounds how many keys and tombstones that are old enough one command clears away.
	forgetPerCommand = 256
)

// limits are the limits of one map, so that tests can reach them.
type limits struct {
	keys, refusals, refusalBytes, tombstones, holds, claims, textBytes, priceBooks int
}

func standardLimits() limits {
	return limits{
		keys: MaxKeys, refusals: MaxRefusals, refusalBytes: MaxRefusalBytes, tombstones: MaxTombstones,
		holds: MaxHolds, claims: MaxClaims, textBytes: maxTextBytes, priceBooks: MaxPriceBooks,
	}
}

// full reports whether a limit of the state forbids an operation from starting. One operation takes few records, so the
// limits are met by looking once, before it.
func (m *Map) full(req *Request, keyed bool) bool {
	if keyed && m.changes.records.count() >= uint64(m.limits.keys) {
		return true
	}
	switch req.Op {
	case OpHold, OpSale:
		if int(m.holds.live()) >= m.limits.holds {
			return true
		}
	case OpConfirm, OpChange:
	default:
		return false
	}
	return int(m.claims.live()) >= m.limits.claims || m.text.live >= m.limits.textBytes ||
		m.areaTickets > none-uint32(m.plan.slots)-MaxPlacesPerHold-1
}
