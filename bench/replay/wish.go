package replay

import (
	"strconv"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/trace"
)

// wish writes the body of a hold or sale; false if the map shows nothing to ask for.
func (t *task) wish(e *Event) bool {
	r := &t.record
	rest := "/holds"
	if r.Action == trace.Sale {
		rest = "/sales"
	}
	t.path = append(t.path, rest...)
	b := append(t.body, '{')
	if !r.Anonymous {
		t.seen.Buyer = t.shopper.number + 1 // 0 is nobody
		b = strconv.AppendUint(append(b, `"buyer":"b-`...), t.shopper.number, 36)
		b = append(b, `",`...)
	}
	if r.Action == trace.Sale {
		b = append(b, `"reference":"`...)
		from := len(b)
		b = t.reference(b)
		t.seen.Reference = history.Digest(b[from:])
		b = append(b, `",`...)
	}
	switch r.Way {
	case trace.WayBest:
		b = append(t.best(b, e.house), ',')
	case trace.WayWanted:
		var ok bool
		if b, ok = t.wanted(b, e.house); !ok {
			return false
		}
		b = append(b, ',')
	}
	b = appendPlaces(b, e.house, r.Places, t.seen.AskPlaces)
	t.body = closed(b)
	return true
}

// closed ends an object whose members each have a comma behind them.
func closed(b []byte) []byte {
	if b[len(b)-1] == ',' {
		b[len(b)-1] = '}'
		return b
	}
	return append(b, '}')
}

// wanted names the run of free seats that is nearest to the one that the shopper likes, on the map that the shopper saw last.
func (t *task) wanted(b []byte, h *house) ([]byte, bool) {
	r := &t.record
	if t.shopper.seen == nil {
		return b, false
	}
	first, ok := t.shopper.seen.FreeRun(int(r.Row), int(r.Seat), int(r.Quantity))
	if !ok {
		return b, false
	}
	b = append(b, `"seats":[`...)
	for n := first; n < first+int(r.Quantity); n++ {
		t.seen.Ask(uint32(n))
		b = append(append(b, h.quoted[n]...), ',')
	}
	b[len(b)-1] = ']'
	return b, true
}

// best wishes for the best available seats.
func (t *task) best(b []byte, h *house) []byte {
	r := &t.record
	t.seen.Wanted = uint32(r.Quantity)
	b = strconv.AppendUint(append(b, `"best_available":{"quantity":`...), uint64(r.Quantity), 10)
	if r.Together != trace.Prefer {
		b = append(append(append(b, `,"together":"`...), r.Together.String()...), '"')
	}
	if r.Together == trace.Require {
		t.seen.Flags |= history.FlagTogether
	}
	if r.Accessible > 0 || len(r.Categories) > 0 || len(r.Sections) > 0 {
		t.seen.Flags |= history.FlagNarrowed
	}
	if r.Accessible > 0 {
		b = strconv.AppendUint(append(b, `,"accessible":`...), uint64(r.Accessible), 10)
	}
	b = appendKeys(b, `,"categories":[`, h.categories, r.Categories)
	b = appendKeys(b, `,"sections":[`, h.sections, r.Sections)
	return append(b, '}')
}

// appendKeys writes the keys of the indexes that the chart has.
func appendKeys(b []byte, open string, keys [][]byte, indexes []uint32) []byte {
	if len(indexes) == 0 {
		return b
	}
	b = append(b, open...)
	for _, i := range indexes {
		if int(i) < len(keys) {
			b = append(append(b, keys[i]...), ',')
		}
	}
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return append(b, ']')
}

// change adds places to the hold and removes places from it.
func (t *task) change(h *house) {
	b := append(t.body, '{')
	for _, part := range []struct {
		name   string
		places []trace.Place
		note   func(number, quantity uint32)
	}{{`"add":{`, t.record.Places, t.seen.AskPlaces}, {`"remove":{`, t.record.Removed, t.seen.TakePlaces}} {
		if len(part.places) == 0 {
			continue
		}
		b = appendPlaces(append(b, part.name...), h, part.places, part.note)
		b = append(closed(b), ',')
	}
	t.body = closed(b)
}

// appendPlaces writes the members of a selection that are not empty, each with a comma behind it.
func appendPlaces(b []byte, h *house, places []trace.Place, note func(number, quantity uint32)) []byte {
	for kind, name := range [...]string{trace.Seat: `"seats":[`, trace.Area: `"areas":[`, trace.Table: `"tables":[`} {
		open := false
		for _, p := range places {
			number, there := h.place(p)
			if p.Kind != trace.Kind(kind) || !there {
				continue
			}
			if !open {
				b, open = append(b, name...), true
			}
			b = appendPlace(b, p, h.quoted[number])
			note(number, max(1, uint32(p.Quantity)))
		}
		if open {
			b[len(b)-1] = ']'
			b = append(b, ',')
		}
	}
	return b
}

func appendPlace(b []byte, p trace.Place, quoted []byte) []byte {
	switch p.Kind {
	case trace.Area:
		b = append(append(b, `{"area":`...), quoted...)
		b = strconv.AppendUint(append(b, `,"quantity":`...), uint64(p.Quantity), 10)
		return append(b, "},"...)
	case trace.Table:
		b = append(append(b, `{"table":`...), quoted...)
		return append(b, "},"...)
	}
	return append(append(b, quoted...), ',')
}
