package waitroom

import "slices"

func (r *Room) setPaused(paused bool) {
	if r.paused != paused {
		r.paused = paused
		r.revision++
	}
}

func (r *Room) close() {
	if !r.closed {
		r.closed = true
		r.revision++
	}
}

func (r *Room) setRate(q *Request, a *Answer) {
	if q.PerMinute > MaxPerMinute {
		a.Code, a.Field, a.Reason = CodeInvalid, "admit_per_minute", "want at most 60000000"
		return
	}
	if r.config.AdmitPerMinute != q.PerMinute {
		r.config.AdmitPerMinute = q.PerMinute
		r.changed()
	}
}

// setPressure takes over what the leader measured; 0 is no measure.
func (r *Room) setPressure(pressure uint32) {
	if pressure == 0 {
		return
	}
	if pressure = min(max(pressure, leastPressure), fullPressure); pressure != r.pace.pressure {
		r.pace.pressure = pressure
		r.revision++
	}
}

// rememberedAdmits is how many keys of OpAdmit are remembered; the oldest are forgotten.
const rememberedAdmits = 64

// admit calls so many at once, whatever the rate and the stock are. Those for whom there is no place are not called later.
func (r *Room) admit(q *Request, a *Answer) {
	switch {
	case q.Count < 1 || q.Count > MaxAdmit:
		a.Code, a.Field, a.Reason = CodeInvalid, "count", "want 1 to 1000000"
		return
	case r.isClosed():
		a.Code = CodeClosed
		return
	case !r.opened || r.config.Mode == ModeOpen:
		a.Code = CodeNotOpen
		return
	}
	if q.Key != ([16]byte{}) {
		if slices.Contains(r.admits, q.Key) {
			return
		}
		r.admits = append(r.admits[len(r.admits)/rememberedAdmits:len(r.admits):len(r.admits)], q.Key)
		r.changed()
	}
	free := r.config.MaxInside - min(r.config.MaxInside, r.inside+r.called)
	r.call(min(q.Count, free))
}

// signedLate is how long a key may still sign after its successor was made: until every node has heard of that.
const signedLate = 60_000

// rotate adds a signing key, and forgets the oldest ones as far as nothing that they signed can be alive. The key that is the
// newest already is not added again.
func (r *Room) rotate(q *Request, a *Answer) {
	newest := len(r.ring) - 1
	if r.ring[newest].Secret == q.Secret {
		return
	}
	ring := slices.Clone(r.ring)
	ring[newest].RetiredMillis = max(r.nowMillis, 1)
	for len(ring) > 1 && ring[0].RetiredMillis+r.lifeMillis+signedLate <= r.nowMillis {
		ring = ring[1:]
	}
	if len(ring) == MaxKeys {
		a.Code, a.Field, a.Reason = CodeFull, "keys", "what the oldest key has signed can still be alive"
		return
	}
	r.ringNumber++
	r.ring = append(ring, KeyRecord{Number: r.ringNumber, MadeMillis: r.nowMillis, Secret: q.Secret})
	r.changed()
}
