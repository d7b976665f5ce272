package seatmap

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// model is the specification written down a second time, with plain maps and no thought of speed: what the map must
// answer. It shares nothing with the map but the types of the contract.
type model struct {
	spec   *PlanSpec
	places map[string]modelPlace
	slots  []string // labels by slot
	areas  map[string]AreaSpec
	bySeat map[string]bool // tables sold by seat

	config   Config
	prices   map[string]int64
	revision uint64

	status  map[string]string // seat or whole table → held, sold, blocked; missing is free
	owner   map[string]ID
	blocked map[string]int32 // area → places
	tickets uint32

	holds      map[ID]*modelHold
	tombstones []ID
	keys       map[Key]modelKey
	changes    []Key
	unchanged  []Key

	maxKeys, maxRefusals, maxTombstones int

	twin *twin // of best available
}

type modelPlace struct {
	slot     uint32
	category string
	table    bool
	row      string // where neighbours are
	at       int    // position in the row; an aisle takes one, too
	atTable  bool
}

type modelHold struct {
	id               ID
	state            HoldState
	deadline         int64
	buyer, reference string
	prices           map[string]int64
	extensions       int32
	seats, tables    []string
	areas            []modelArea // one for each area while held, one for each ticket in an order
	lost             Selection   // what a lapsed hold had
}

type modelArea struct {
	area     string
	quantity int32
	ticket   uint32
}

type modelKey struct {
	fingerprint uint64
	at          int64
	answer      Answer
}

func newModel(spec *PlanSpec, config Config) *model {
	m := &model{
		spec: spec, places: map[string]modelPlace{}, areas: map[string]AreaSpec{}, bySeat: map[string]bool{},
		status: map[string]string{}, owner: map[string]ID{}, blocked: map[string]int32{},
		holds: map[ID]*modelHold{}, keys: map[Key]modelKey{},
		maxKeys: MaxKeys, maxRefusals: MaxRefusals, maxTombstones: MaxTombstones, twin: newTwin(spec),
	}
	group := func(name string, seats []SeatSpec, atTable bool) {
		at := 0
		for _, s := range seats {
			m.places[s.Label] = modelPlace{
				slot: uint32(len(m.slots)), category: spec.Categories[s.Category].Key, row: name, at: at, atTable: atTable,
			}
			m.slots = append(m.slots, s.Label)
			if at++; s.AisleAfter {
				at++
			}
		}
	}
	for i, r := range spec.Rows {
		group(fmt.Sprint("row ", i), r.Seats, false)
	}
	for _, t := range spec.Tables {
		if !t.Whole {
			group("table "+t.Key, t.Seats, true)
			m.bySeat[t.Key] = true
		}
	}
	for _, t := range spec.Tables {
		if t.Whole {
			m.places[t.Key] = modelPlace{slot: uint32(len(m.slots)), category: spec.Categories[t.Category].Key, table: true}
			m.slots = append(m.slots, t.Key)
		}
	}
	for _, a := range spec.Areas {
		m.areas[a.Key] = a
	}
	m.setConfig(config)
	return m
}

func (m *model) setConfig(config Config) {
	m.config = config
	m.prices = map[string]int64{}
	for _, p := range config.Prices {
		m.prices[p.Category] = p.Price
	}
}

func (m *model) do(now int64, req *Request) Answer {
	m.forget(now)
	most := 1 << 30
	if req.Op == OpExpire {
		most = int(req.Limit)
	}
	lapsed := m.lapse(now, most)
	var ans Answer
	if req.Op == OpExpire {
		ans.Revision = m.revision
	} else {
		ans = m.decide(now, req)
	}
	ans.Lapsed = lapsed
	return ans
}

func (m *model) forget(now int64) {
	drop := func(keys []Key) []Key {
		for len(keys) > 0 && now-m.keys[keys[0]].at >= 24*60*60*1000 {
			delete(m.keys, keys[0])
			keys = keys[1:]
		}
		return keys
	}
	m.changes, m.unchanged = drop(m.changes), drop(m.unchanged)
	for len(m.tombstones) > 0 && now-m.holds[m.tombstones[0]].deadline >= 24*60*60*1000 {
		delete(m.holds, m.tombstones[0])
		m.tombstones = m.tombstones[1:]
	}
}

func (m *model) lapse(now int64, most int) (lapsed int32) {
	var due []*modelHold
	for _, h := range m.holds {
		if h.state == HoldHeld && h.deadline <= now {
			due = append(due, h)
		}
	}
	slices.SortFunc(due, func(a, b *modelHold) int {
		if a.deadline != b.deadline {
			return int(a.deadline - b.deadline)
		}
		return bytes.Compare(a.id[:], b.id[:])
	})
	for _, h := range due[:min(len(due), max(0, most))] {
		m.end(h, HoldExpired, now)
		m.revision++
		lapsed++
	}
	return lapsed
}

func (m *model) end(h *modelHold, state HoldState, now int64) {
	h.lost = Selection{Seats: h.seats, Tables: h.tables}
	for _, a := range h.areas {
		h.lost.Areas = append(h.lost.Areas, AreaQuantity{a.area, a.quantity})
	}
	m.free(h)
	h.state, h.deadline = state, now
	m.tombstones = append(m.tombstones, h.id)
	for len(m.tombstones) > m.maxTombstones {
		delete(m.holds, m.tombstones[0])
		m.tombstones = m.tombstones[1:]
	}
}

func (m *model) free(h *modelHold) {
	for _, label := range slices.Concat(h.seats, h.tables) {
		delete(m.status, label)
		delete(m.owner, label)
	}
	h.seats, h.tables, h.areas = nil, nil, nil
}

func (m *model) decide(now int64, req *Request) Answer {
	keyed := req.Key != Key{} && req.Op != OpGetHold && req.Op != OpGetOrder
	if known, ok := m.keys[req.Key]; keyed && ok {
		if known.fingerprint != req.Fingerprint {
			return Answer{Code: CodeIdempotencyMismatch, Revision: m.revision, Reason: "the key was used with another request"}
		}
		known.answer.Replayed = true
		return known.answer
	}
	if keyed && len(m.changes) >= m.maxKeys {
		return Answer{Code: CodeOverloaded, Revision: m.revision, Reason: "a limit of the event's state is reached"}
	}
	ans, changed := m.operate(now, req)
	if changed {
		m.revision++
		ans.Created = true
	}
	ans.Revision = m.revision
	switch {
	case keyed && changed:
		m.changes = append(m.changes, req.Key)
		m.keys[req.Key] = modelKey{req.Fingerprint, now, ans}
	case keyed && req.CallerKey:
		m.unchanged = append(m.unchanged, req.Key)
		m.keys[req.Key] = modelKey{req.Fingerprint, now, ans}
		if len(m.unchanged) > m.maxRefusals {
			delete(m.keys, m.unchanged[0])
			m.unchanged = m.unchanged[1:]
		}
	}
	return ans
}

func (m *model) operate(now int64, req *Request) (Answer, bool) {
	switch req.Op {
	case OpHold, OpSale:
		return m.hold(now, req)
	case OpConfirm:
		return m.confirm(now, req)
	case OpBlock, OpUnblock:
		return m.block(req)
	case OpConfigure:
		return m.configure(req)
	}
	h := m.holds[req.ID]
	if h == nil {
		if req.Op == OpCancel || req.Op == OpGetOrder {
			return Answer{Code: CodeUnknownOrder}, false
		}
		return Answer{Code: CodeUnknownHold}, false
	}
	switch req.Op {
	case OpRelease:
		return m.release(now, h)
	case OpExtend:
		return m.extend(now, req, h)
	case OpChange:
		return m.change(now, req, h)
	case OpCancel:
		return m.cancel(req, h)
	case OpGetHold:
		if h.state == HoldReleased || h.state == HoldExpired {
			return Answer{Code: m.ended(h)}, false
		}
		return m.tell(h), false
	case OpGetOrder:
		if h.state != HoldConfirmed && h.state != HoldCancelled {
			return Answer{Code: CodeUnknownOrder}, false
		}
		return m.tell(h), false
	}
	panic("not in the model")
}

func (m *model) ended(h *modelHold) Code {
	return map[HoldState]Code{
		HoldConfirmed: CodeHoldConfirmed, HoldCancelled: CodeHoldConfirmed,
		HoldReleased: CodeHoldReleased, HoldExpired: CodeHoldExpired,
	}[h.state]
}

// tell is the answer that shows a hold or order as it is.
func (m *model) tell(h *modelHold) Answer {
	ans := Answer{State: h.state, ID: h.id, Buyer: h.buyer, Reference: h.reference, Currency: m.config.Currency}
	if h.state == HoldHeld {
		ans.ExpiresAtMillis = h.deadline
		ans.ExtensionsLeft = max(0, m.config.HoldExtensions-h.extensions)
	}
	add := func(p Place) {
		p.Price = h.prices[p.Category]
		ans.Total += p.Price * int64(p.Quantity)
		if h.state == HoldHeld {
			p.Ticket = 0
		}
		ans.Places = append(ans.Places, p)
	}
	for _, label := range h.seats {
		add(Place{Kind: PlaceSeat, Label: label, Category: m.places[label].category, Quantity: 1, Ticket: m.places[label].slot})
	}
	for _, key := range h.tables {
		add(Place{Kind: PlaceTable, Label: key, Category: m.places[key].category, Quantity: 1, Ticket: m.places[key].slot})
	}
	for _, a := range h.areas {
		category := m.spec.Categories[m.areas[a.area].Category].Key
		add(Place{Kind: PlaceArea, Label: a.area, Category: category, Quantity: a.quantity, Ticket: a.ticket})
	}
	ans.Together = m.together(h.seats)
	return ans
}

func (m *model) together(seats []string) bool {
	var at []int
	for _, label := range seats {
		if m.places[label].row != m.places[seats[0]].row {
			return false
		}
		at = append(at, m.places[label].at)
	}
	if len(at) == 0 || m.places[seats[0]].atTable {
		return len(at) > 0
	}
	slices.Sort(at)
	return at[len(at)-1]-at[0] == len(at)-1
}

func (m *model) onSale(now int64) (reason string) {
	switch {
	case m.config.State == SaleDraft:
		return "the event is a draft"
	case m.config.State == SalePaused:
		return "the sale is paused"
	case m.config.State == SaleClosed:
		return "the sale is closed"
	case now < m.config.SaleOpensMillis:
		return "the sale has not opened yet"
	case m.config.SaleClosesMillis > 0 && now >= m.config.SaleClosesMillis:
		return "the sale has closed"
	}
	return ""
}

// look checks a selection for itself; unknown names are appended to ans.Labels.
func (m *model) look(s *Selection, prefix string, ans *Answer) bool {
	seen := map[string]bool{}
	bad := func(part string, i int, more, reason string) bool {
		*ans = Answer{Code: CodeInvalid, Field: prefix + part + "[" + strconv.Itoa(i) + "]" + more, Reason: reason, Labels: ans.Labels}
		return false
	}
	for i, label := range s.Seats {
		if place, ok := m.places[label]; !ok || place.table {
			ans.Labels = append(ans.Labels, label)
		} else if seen[label] {
			return bad("seats", i, "", "named twice")
		}
		seen[label] = true
	}
	for i, key := range s.Tables {
		if m.bySeat[key] {
			return bad("tables", i, "", "is sold seat by seat: name its seats")
		} else if place, ok := m.places[key]; !ok || !place.table {
			ans.Labels = append(ans.Labels, key)
		} else if seen[key] {
			return bad("tables", i, "", "named twice")
		}
		seen[key] = true
	}
	for i, a := range s.Areas {
		if a.Quantity < 1 {
			return bad("areas", i, ".quantity", "want at least 1")
		} else if _, ok := m.areas[a.Area]; !ok {
			ans.Labels = append(ans.Labels, a.Area)
		} else if seen[a.Area] {
			return bad("areas", i, "", "named twice")
		}
		seen[a.Area] = true
	}
	return true
}

func sizeOf(s *Selection) (places int) {
	places = len(s.Seats) + len(s.Tables)
	for _, a := range s.Areas {
		places += int(a.Quantity)
	}
	return places
}

func (m *model) perHold(places int, added *Selection, prefix string) (Answer, bool) {
	if places <= int(m.config.PlacesPerHold) {
		return Answer{}, true
	}
	part := "areas"
	if len(added.Tables) > 0 {
		part = "tables"
	}
	if len(added.Seats) > 0 {
		part = "seats"
	}
	reason := fmt.Sprintf("at most %d places in one hold", m.config.PlacesPerHold)
	return Answer{Code: CodeInvalid, Field: prefix + part, Reason: reason}, false
}

func (m *model) buyerHas(buyer string) (places int) {
	for _, h := range m.holds {
		if h.buyer == buyer {
			places += m.placesOf(h)
		}
	}
	return places
}

func (m *model) placesOf(h *modelHold) (places int) {
	places = len(h.seats) + len(h.tables)
	for _, a := range h.areas {
		places += int(a.quantity)
	}
	return places
}

func (m *model) withinLimit(buyer string, more int) bool {
	limit := int(m.config.PlacesPerBuyer)
	return limit == 0 || buyer == "" || more <= 0 || m.buyerHas(buyer)+more <= limit
}

// areaFree is capacity less what is blocked, held and sold.
func (m *model) areaFree(area string) int32 {
	free := m.areas[area].Capacity - m.blocked[area]
	for _, h := range m.holds {
		for _, a := range h.areas {
			if a.area == area {
				free -= a.quantity
			}
		}
	}
	return free
}

func (m *model) checkFree(s *Selection) (Answer, bool) {
	var ans Answer
	for _, label := range slices.Concat(s.Seats, s.Tables) {
		if m.status[label] != "" {
			ans.Labels = append(ans.Labels, label)
		}
	}
	if len(ans.Labels) > 0 {
		ans.Code = CodeSeatUnavailable
		return ans, false
	}
	for _, a := range s.Areas {
		if m.areaFree(a.Area) < a.Quantity {
			ans.Labels = append(ans.Labels, a.Area)
		}
	}
	if len(ans.Labels) > 0 {
		ans.Code = CodeNotEnoughSeats
		return ans, false
	}
	return ans, true
}

func (m *model) hold(now int64, req *Request) (Answer, bool) {
	if reason := m.onSale(now); reason != "" {
		return Answer{Code: CodeNotOnSale, Reason: reason}, false
	}
	var ans Answer
	if !m.look(&req.Add, "", &ans) {
		return ans, false
	}
	if len(ans.Labels) > 0 {
		ans.Code = CodeUnknownSeat
		return ans, false
	}
	party := int(req.Wish.Quantity)
	switch {
	case party == 0 && req.Add.Empty():
		return Answer{Code: CodeInvalid, Field: "seats", Reason: "choose at least one place"}, false
	case party > 0 && len(req.Add.Seats) > 0:
		return Answer{Code: CodeInvalid, Field: "best_available", Reason: "choose seats or wish, not both"}, false
	case party > int(m.config.PlacesPerHold):
		reason := fmt.Sprintf("at most %d places in one hold", m.config.PlacesPerHold)
		return Answer{Code: CodeInvalid, Field: "best_available.quantity", Reason: reason}, false
	}
	if refusal, ok := m.perHold(sizeOf(&req.Add)+party, &req.Add, ""); !ok {
		return refusal, false
	}
	if !m.withinLimit(req.Buyer, sizeOf(&req.Add)+party) {
		return Answer{Code: CodeBuyerLimit}, false
	}
	if refusal, ok := m.checkFree(&req.Add); !ok {
		return refusal, false
	}
	if m.holds[req.ID] != nil {
		return Answer{Code: CodeInvalid, Field: "hold", Reason: "the id is another hold's"}, false
	}
	if refusal, ok := m.checkOrphans(&req.Add, &Selection{}); !ok {
		return refusal, false
	}
	add := req.Add
	if party > 0 {
		if add.Seats = m.best(&req.Wish); add.Seats == nil {
			return Answer{Code: CodeNotEnoughSeats, Reason: "no free seats fit the wish"}, false
		}
	}
	h := &modelHold{id: req.ID, buyer: req.Buyer, prices: m.prices}
	m.holds[h.id] = h
	if req.Op == OpSale {
		m.sell(h, &add, req.Reference)
	} else {
		m.take(h, &add, "held")
		h.state, h.deadline = HoldHeld, now+int64(m.config.HoldTTLSeconds)*1000
	}
	return m.tell(h), true
}

// show tells the twin what is free, with what a change gives back.
func (m *model) show(back *Selection) {
	m.twin.orphans, m.twin.prices = m.config.Orphans, nil
	for _, c := range m.spec.Categories {
		m.twin.prices = append(m.twin.prices, m.prices[c.Key])
	}
	for i := range m.twin.seats {
		label := m.slots[i]
		m.twin.seats[i].free = m.status[label] == "" || slices.Contains(back.Seats, label)
	}
}

// best is the twin's choice for a wish of the random histories, which has no filter but one category.
func (m *model) best(w *Wish) (labels []string) {
	m.show(&Selection{})
	wish := twinWish{party: int(w.Quantity), together: w.Together}
	for _, key := range w.Categories {
		at := slices.IndexFunc(m.spec.Categories, func(c CategorySpec) bool { return c.Key == key })
		wish.categories = append(wish.categories, at)
	}
	for _, seat := range m.twin.choose(&wish) {
		labels = append(labels, m.slots[seat])
	}
	return labels
}

func (m *model) checkOrphans(add, remove *Selection) (ans Answer, ok bool) {
	m.show(remove)
	var chosen []int
	for _, label := range add.Seats {
		chosen = append(chosen, int(m.places[label].slot))
	}
	if m.config.Orphans == OrphansRefuse {
		for _, seat := range m.twin.orphansOf(chosen) {
			ans.Labels = append(ans.Labels, m.slots[seat])
		}
	}
	if len(ans.Labels) > 0 {
		ans.Code, ans.Reason = CodeWouldLeaveOrphan, "a single seat would be left"
	}
	return ans, len(ans.Labels) == 0
}

func (m *model) take(h *modelHold, s *Selection, status string) {
	for _, label := range slices.Concat(s.Seats, s.Tables) {
		m.status[label], m.owner[label] = status, h.id
	}
	h.seats, h.tables = slices.Concat(h.seats, s.Seats), slices.Concat(h.tables, s.Tables)
	for _, a := range s.Areas {
		at := slices.IndexFunc(h.areas, func(b modelArea) bool { return b.area == a.Area })
		if at < 0 {
			h.areas = append(slices.Clone(h.areas), modelArea{area: a.Area, quantity: a.Quantity})
		} else {
			h.areas[at].quantity += a.Quantity
		}
	}
}

// sell makes an order of a hold and of what is free and added to it.
func (m *model) sell(h *modelHold, s *Selection, reference string) {
	m.take(h, s, "sold")
	for _, label := range slices.Concat(h.seats, h.tables) {
		m.status[label] = "sold"
	}
	var tickets []modelArea
	for _, a := range h.areas {
		for range a.quantity {
			tickets = append(tickets, modelArea{area: a.area, quantity: 1, ticket: uint32(len(m.slots)) + m.tickets})
			m.tickets++
		}
	}
	h.areas, h.state, h.reference, h.deadline = tickets, HoldConfirmed, reference, 0
}

func (m *model) confirm(now int64, req *Request) (Answer, bool) {
	h := m.holds[req.ID]
	switch {
	case h == nil:
		return Answer{Code: CodeUnknownHold}, false
	case h.state == HoldReleased:
		return Answer{Code: CodeHoldReleased}, false
	case h.state == HoldConfirmed || h.state == HoldCancelled:
		if h.reference != req.Reference {
			return Answer{Code: CodeHoldConfirmed, Reason: "confirmed with another reference"}, false
		}
		return m.tell(h), false
	case h.state == HoldHeld:
		m.sell(h, &Selection{}, req.Reference)
		return m.tell(h), true
	case !req.Retake:
		return Answer{Code: CodeHoldExpired}, false
	case m.config.State == SaleDraft:
		return Answer{Code: CodeNotOnSale, Reason: "the event is a draft"}, false
	case !m.withinLimit(h.buyer, sizeOf(&h.lost)):
		return Answer{Code: CodeBuyerLimit}, false
	}
	if refusal, ok := m.checkFree(&h.lost); !ok {
		return refusal, false
	}
	m.tombstones = slices.DeleteFunc(m.tombstones, func(id ID) bool { return id == h.id })
	m.sell(h, &h.lost, req.Reference)
	return m.tell(h), true
}

func (m *model) release(now int64, h *modelHold) (Answer, bool) {
	changed := false
	switch h.state {
	case HoldHeld:
		m.end(h, HoldReleased, now)
		changed = true
	case HoldConfirmed, HoldCancelled:
		return Answer{Code: CodeHoldConfirmed}, false
	}
	return m.tell(h), changed
}

func (m *model) extend(now int64, req *Request, h *modelHold) (Answer, bool) {
	if h.state != HoldHeld {
		return Answer{Code: m.ended(h)}, false
	}
	if req.TTLSeconds < 1 || req.TTLSeconds > 86400 {
		return Answer{Code: CodeInvalid, Field: "ttl_seconds", Reason: "want 1 to 86400"}, false
	}
	if h.extensions >= m.config.HoldExtensions {
		return Answer{Code: CodeInvalid, Field: "ttl_seconds", Reason: "no extension is left"}, false
	}
	h.extensions++
	h.deadline = now + int64(req.TTLSeconds)*1000
	return m.tell(h), true
}

func (m *model) change(now int64, req *Request, h *modelHold) (Answer, bool) {
	if h.state != HoldHeld {
		return Answer{Code: m.ended(h)}, false
	}
	if reason := m.onSale(now); reason != "" && !req.Add.Empty() {
		return Answer{Code: CodeNotOnSale, Reason: reason}, false
	}
	var ans Answer
	if !m.look(&req.Remove, "remove.", &ans) || !m.look(&req.Add, "add.", &ans) {
		return ans, false
	}
	if len(ans.Labels) > 0 {
		ans.Code = CodeUnknownSeat
		return ans, false
	}
	if field, reason := m.badChange(req, h); field != "" {
		return Answer{Code: CodeInvalid, Field: field, Reason: reason}, false
	}
	if !req.Add.Empty() {
		if refusal, ok := m.perHold(m.placesOf(h)-sizeOf(&req.Remove)+sizeOf(&req.Add), &req.Add, "add."); !ok {
			return refusal, false
		}
		if !m.withinLimit(h.buyer, sizeOf(&req.Add)-sizeOf(&req.Remove)) {
			return Answer{Code: CodeBuyerLimit}, false
		}
	}
	if refusal, ok := m.checkFree(&req.Add); !ok {
		return refusal, false
	}
	if refusal, ok := m.checkOrphans(&req.Add, &req.Remove); !ok {
		return refusal, false
	}
	m.remove(h, &req.Remove)
	m.take(h, &req.Add, "held")
	return m.tell(h), true
}

// badChange is what is wrong between a change and its hold.
func (m *model) badChange(req *Request, h *modelHold) (field, reason string) {
	if req.Add.Empty() && req.Remove.Empty() {
		return "add", "name places to add or to remove"
	}
	parts := func(s *Selection, bad func(label string) bool) string {
		for i, label := range s.Seats {
			if bad(label) {
				return fmt.Sprintf("seats[%d]", i)
			}
		}
		for i, label := range s.Tables {
			if bad(label) {
				return fmt.Sprintf("tables[%d]", i)
			}
		}
		return ""
	}
	mine := func(label string) bool { return m.owner[label] == h.id && m.status[label] != "" }
	if part := parts(&req.Remove, func(label string) bool { return !mine(label) }); part != "" {
		return "remove." + part, "is not in the hold"
	}
	for i, a := range req.Remove.Areas {
		if !slices.ContainsFunc(h.areas, func(b modelArea) bool { return b.area == a.Area && b.quantity >= a.Quantity }) {
			return fmt.Sprintf("remove.areas[%d]", i), "the hold does not have so many"
		}
	}
	if part := parts(&req.Add, mine); part != "" {
		return "add." + part, "is in the hold already"
	}
	for i, a := range req.Add.Areas {
		if slices.ContainsFunc(req.Remove.Areas, func(b AreaQuantity) bool { return b.Area == a.Area }) {
			return fmt.Sprintf("add.areas[%d]", i), "is among what is to be removed, too"
		}
	}
	if m.placesOf(h)-sizeOf(&req.Remove)+sizeOf(&req.Add) == 0 {
		return "remove", "nothing would be left: release the hold instead"
	}
	return "", ""
}

func (m *model) remove(h *modelHold, s *Selection) {
	gone := map[string]bool{}
	for _, label := range slices.Concat(s.Seats, s.Tables) {
		gone[label] = true
		delete(m.status, label)
		delete(m.owner, label)
	}
	left := func(labels []string) []string {
		return slices.DeleteFunc(slices.Clone(labels), func(label string) bool { return gone[label] })
	}
	h.seats, h.tables = left(h.seats), left(h.tables)
	var areas []modelArea
	for _, a := range h.areas {
		for _, r := range s.Areas {
			if r.Area == a.area {
				a.quantity -= r.Quantity
			}
		}
		if a.quantity > 0 {
			areas = append(areas, a)
		}
	}
	h.areas = areas
}

func (m *model) cancel(req *Request, h *modelHold) (Answer, bool) {
	if h.state != HoldConfirmed && h.state != HoldCancelled {
		return Answer{Code: CodeUnknownOrder}, false
	}
	tickets := map[uint32]bool{}
	for _, p := range m.tell(h).Places {
		tickets[p.Ticket] = true
	}
	if h.state == HoldCancelled && len(req.Tickets) == 0 {
		return m.tell(h), false
	}
	named := map[uint32]bool{}
	for i, ticket := range req.Tickets {
		if !tickets[ticket] || named[ticket] {
			return Answer{Code: CodeInvalid, Field: fmt.Sprintf("tickets[%d]", i), Reason: "is not part of the order, or not any more"}, false
		}
		named[ticket] = true
	}
	if len(req.Tickets) == 0 {
		named = tickets
	}
	var s Selection
	for _, label := range h.seats {
		if named[m.places[label].slot] {
			s.Seats = append(s.Seats, label)
		}
	}
	for _, label := range h.tables {
		if named[m.places[label].slot] {
			s.Tables = append(s.Tables, label)
		}
	}
	h.areas = slices.DeleteFunc(slices.Clone(h.areas), func(a modelArea) bool { return named[a.ticket] })
	m.remove(h, &s)
	if m.placesOf(h) == 0 {
		h.state = HoldCancelled
	}
	return m.tell(h), true
}

func (m *model) block(req *Request) (Answer, bool) {
	var ans Answer
	if !m.look(&req.Add, "", &ans) {
		return ans, false
	}
	if len(ans.Labels) > 0 {
		ans.Code = CodeUnknownSeat
		return ans, false
	}
	if req.Add.Empty() {
		return Answer{Code: CodeInvalid, Field: "seats", Reason: "choose at least one place"}, false
	}
	for _, label := range slices.Concat(req.Add.Seats, req.Add.Tables) {
		if m.status[label] == "held" || m.status[label] == "sold" {
			ans.Code, ans.Labels = CodeSeatUnavailable, append(ans.Labels, label)
		}
	}
	if ans.Code != CodeOK {
		return ans, false
	}
	for _, a := range req.Add.Areas {
		if (req.Op == OpBlock && m.areaFree(a.Area) < a.Quantity) || (req.Op == OpUnblock && m.blocked[a.Area] < a.Quantity) {
			ans.Code, ans.Labels = CodeNotEnoughSeats, append(ans.Labels, a.Area)
		}
	}
	if ans.Code != CodeOK {
		return ans, false
	}
	changed := len(req.Add.Areas) > 0
	for _, label := range slices.Concat(req.Add.Seats, req.Add.Tables) {
		if blocked := m.status[label] == "blocked"; blocked != (req.Op == OpBlock) {
			changed = true
			delete(m.status, label)
			if req.Op == OpBlock {
				m.status[label] = "blocked"
			}
		}
	}
	for _, a := range req.Add.Areas {
		if req.Op == OpBlock {
			m.blocked[a.Area] += a.Quantity
		} else {
			m.blocked[a.Area] -= a.Quantity
		}
	}
	return Answer{}, changed
}

// configure knows the settings that the tests change: prices, state, window and limits, always to good values.
func (m *model) configure(req *Request) (Answer, bool) {
	was, next, from := fmt.Sprint(m.config), m.config, &req.Patch.Config
	if req.Patch.Set&FieldPrices != 0 {
		next.Prices = slices.Clone(from.Prices)
		slices.SortFunc(next.Prices, func(a, b CategoryPrice) int { return bytes.Compare([]byte(a.Category), []byte(b.Category)) })
	}
	if req.Patch.Set&FieldState != 0 {
		next.State = from.State
	}
	if req.Patch.Set&FieldSaleCloses != 0 {
		next.SaleClosesMillis = from.SaleClosesMillis
	}
	if req.Patch.Set&FieldPlacesPerHold != 0 {
		next.PlacesPerHold = from.PlacesPerHold
	}
	if req.Patch.Set&FieldPlacesPerBuyer != 0 {
		next.PlacesPerBuyer = from.PlacesPerBuyer
	}
	if req.Patch.Set&FieldOrphans != 0 {
		next.Orphans = from.Orphans
	}
	if req.Patch.Set&FieldHoldTTL != 0 {
		next.HoldTTLSeconds = from.HoldTTLSeconds
	}
	if req.Patch.Set&FieldHoldExtensions != 0 {
		next.HoldExtensions = from.HoldExtensions
	}
	if fmt.Sprint(next) == was {
		return Answer{}, false
	}
	m.setConfig(next)
	return Answer{}, true
}

// states is the seat map: one letter for each numbered seat.
func (m *model) states() string {
	var b []byte
	for _, label := range m.slots {
		if m.places[label].table {
			break
		}
		letter := byte('f')
		if s := m.status[label]; s != "" {
			letter = s[0]
		}
		b = append(b, letter)
	}
	return string(b)
}

// areaState is how an area's places are divided.
func (m *model) areaState(area string) AreaState {
	s := AreaState{Capacity: m.areas[area].Capacity, Blocked: m.blocked[area], Free: m.areaFree(area)}
	for _, h := range m.holds {
		for _, a := range h.areas {
			if a.area == area && h.state == HoldHeld {
				s.Held += a.quantity
			} else if a.area == area {
				s.Sold += a.quantity
			}
		}
	}
	return s
}
