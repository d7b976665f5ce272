package judge

import (
	"github.com/parterre/parterre/actors/seatmap"
)

// wrong decides a request as the world's fault has it.
func (w *world) wrong(r *request) *seatmap.Answer {
	q := &r.request
	hold := q.Op == seatmap.OpHold && len(q.Add.Seats) > 0
	switch w.fault {
	case appliesTwice:
		a := w.decide(r)
		if hold && a.Code == seatmap.CodeOK {
			twice := *q
			twice.ID, twice.Key, twice.Wish, twice.Add = w.id(), w.key(), seatmap.Wish{Quantity: 1}, seatmap.Selection{}
			w.decide(&request{request: twice})
		}
		return a
	case losesWrites:
		if hold && w.d.below(4) == 0 {
			a := w.decide(r)
			if a.Code == seatmap.CodeOK {
				w.decide(&request{request: seatmap.Request{Op: seatmap.OpRelease, ID: q.ID}})
			}
			return a
		}
	case lapsesEarly:
		if q.Op == seatmap.OpConfirm || q.Op == seatmap.OpGetHold {
			a := w.peek(seatmap.OpGetHold, q.ID)
			if a.Code == seatmap.CodeOK && a.State == seatmap.HoldHeld {
				w.m.Do(w.millis()+1000, &seatmap.Request{Op: seatmap.OpExpire, Limit: 100}, nil)
			}
		}
	case lapsesLate:
		if q.Op == seatmap.OpConfirm || q.Op == seatmap.OpGetHold || q.Op == seatmap.OpExtend {
			a := &seatmap.Answer{}
			w.m.Do(w.millis()-1000, q, a)
			return a
		}
	case sellsTwice:
		if hold && w.d.below(2) == 0 {
			return w.giveAnyway(q)
		}
	case refusesFree:
		if hold && w.d.below(2) == 0 {
			return &seatmap.Answer{Code: seatmap.CodeSeatUnavailable, Labels: q.Add.Seats[:1], Revision: w.revision()}
		}
	case shortensHolds:
		a := w.decide(r)
		if a.ExpiresAtMillis > 0 && hold {
			a.ExpiresAtMillis -= 500
		}
		return a
	case cancelsNothing:
		if q.Op == seatmap.OpCancel {
			if a := w.peek(seatmap.OpGetOrder, q.ID); a.Code == seatmap.CodeOK && len(q.Tickets) == 0 {
				a.State, a.Places = seatmap.HoldCancelled, nil
				return a
			}
		}
	case forgetsChanges:
		if q.Op == seatmap.OpChange && len(q.Add.Seats) > 0 {
			before := w.peek(seatmap.OpGetHold, q.ID)
			a := w.decide(r)
			if a.Code == seatmap.CodeOK && before.Code == seatmap.CodeOK {
				w.decide(&request{request: seatmap.Request{Op: seatmap.OpChange, ID: q.ID, Remove: q.Add, Add: q.Remove}})
			}
			return a
		}
	case oversellsAreas:
		if q.Op == seatmap.OpHold && len(q.Add.Areas) > 0 {
			if a := w.decide(r); a.Code == seatmap.CodeNotEnoughSeats {
				return w.giveAnyway(q)
			} else {
				return a
			}
		}
	case extendsTheDead:
		if q.Op == seatmap.OpExtend {
			if a := w.decide(r); a.Code == seatmap.CodeHoldExpired {
				*a = seatmap.Answer{Created: true, ID: q.ID, State: seatmap.HoldHeld, ExpiresAtMillis: w.millis() + int64(q.TTLSeconds)*1000, Revision: w.revision()}
				return a
			} else {
				return a
			}
		}
	case confirmsTheDead:
		if q.Op == seatmap.OpConfirm {
			if a := w.decide(r); a.Code == seatmap.CodeHoldReleased {
				return &seatmap.Answer{Created: true, ID: q.ID, State: seatmap.HoldConfirmed, Reference: q.Reference, Revision: w.revision()}
			} else {
				return a
			}
		}
	}
	return w.decide(r)
}

func (w *world) revision() uint64 { return w.m.Picture().Revision() }

// giveAnyway answers as if the places had been free.
func (w *world) giveAnyway(q *seatmap.Request) *seatmap.Answer {
	a := &seatmap.Answer{
		Created: true, ID: w.id(), State: seatmap.HoldHeld, ExpiresAtMillis: w.millis() + ttl*1000, Revision: w.revision() + 1,
	}
	for _, seat := range q.Add.Seats {
		a.Places = append(a.Places, seatmap.Place{Kind: seatmap.PlaceSeat, Label: seat, Quantity: 1})
	}
	for _, area := range q.Add.Areas {
		a.Places = append(a.Places, seatmap.Place{Kind: seatmap.PlaceArea, Label: area.Area, Quantity: area.Quantity})
	}
	w.m.Do(w.millis(), &seatmap.Request{Op: seatmap.OpConfigure, Patch: &seatmap.ConfigPatch{
		Set: seatmap.FieldHoldTTL, Config: seatmap.Config{HoldTTLSeconds: ttl},
	}}, nil) // a revision of its own, so that only the places give it away
	return a
}

var faultWords = [faults]string{
	"none", "applies twice", "forgets keys", "loses writes", "lapses early", "lapses late", "reads stale", "sells twice",
	"refuses free seats", "shortens holds", "breaks the limit", "cancels nothing", "forgets changes", "misses min_revision",
	"oversells areas", "extends the dead", "confirms the dead",
}

func (f fault) String() string { return faultWords[f] }
