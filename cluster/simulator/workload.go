package simulator

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// The house: few places, so that everybody wants the same.
const (
	events       = 3
	rowSeats     = 16
	rows         = "ABC"
	tableKey     = "T1"
	areaKey      = "Floor"
	areaCapacity = 24
	holdTTL      = 4 // seconds
	perBuyer     = 7
	buyers       = 12
)

func (w *world) key() (k seatmap.Key) {
	binary.BigEndian.PutUint64(k[:], w.rng.Uint64())
	binary.BigEndian.PutUint64(k[8:], w.rng.Uint64())
	return k
}

// house is the chart.
func (w *world) house() (*command.Chart, error) {
	spec := &seatmap.PlanSpec{
		Categories: []seatmap.CategorySpec{{Key: "1", Name: "Stalls"}},
		Tables:     []seatmap.TableSpec{{Key: tableKey, Whole: true, Seats: make([]seatmap.SeatSpec, 4)}},
		Areas:      []seatmap.AreaSpec{{Key: areaKey, Name: "Standing", Section: -1, Capacity: areaCapacity}},
	}
	for i, row := range rows {
		r := seatmap.RowSpec{Section: -1, Key: string(row)}
		for n := range rowSeats {
			r.Seats = append(r.Seats, seatmap.SeatSpec{Label: seatLabel(i, n), Rank: uint32(n)})
		}
		spec.Rows = append(spec.Rows, r)
	}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		return nil, err
	}
	document := []byte(`{"name":"house"}`)
	return &command.Chart{
		Name: "house", Document: packed(document), Content: sha256.Sum256(document),
		Plan: plan.Hash(), PlanCode: packed(plan.AppendBinary(nil)), Key: w.key(),
	}, nil
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // a bytes.Buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

func seatLabel(row, n int) string { return fmt.Sprintf("%c-%d", rows[row], n+1) }

func eventName(i int) string { return fmt.Sprintf("e-%d", i) }

func eventConfig(i int) seatmap.Config {
	c := seatmap.Config{
		Name: "Night", Currency: "CHF", Prices: []seatmap.CategoryPrice{{Category: "1", Price: 4_200}}, State: seatmap.SaleOn,
		HoldTTLSeconds: holdTTL, HoldExtensions: 2, PlacesPerHold: 6, Orphans: seatmap.OrphansAllow,
	}
	if i == 1 {
		c.PlacesPerBuyer, c.Orphans = perBuyer, seatmap.OrphansAvoid
	}
	return c
}

// opening are the first commands of a night.
func (w *world) opening() ([]command.Command, error) {
	chart, err := w.house()
	if err != nil {
		return nil, err
	}
	all := []command.Command{{Kind: command.KindPutChart, Chart: chart}}
	for i := range events {
		all = append(all, command.Command{Kind: command.KindCreateEvent, Event: eventName(i), Create: &command.Create{
			Chart: "house", Plan: chart.Plan, Config: eventConfig(i), Key: w.key(),
		}})
	}
	return all, nil
}

func (c *client) patience() time.Duration {
	return c.w.between(300*time.Millisecond, 5*time.Second)
}

// think waits, then asks for something.
func (c *client) think() {
	w := c.w
	w.after(w.between(w.o.Think/4, 7*w.o.Think/4), func() {
		if !w.closing {
			c.begin(c.invent(), c.patience())
		}
	})
}

// invent is the next request.
func (c *client) invent() *op {
	w := c.w
	o := &op{node: w.rng.IntN(len(w.nodes))}
	switch p := w.rng.IntN(100); {
	case p < 6:
		o.kind, o.event = opStrong, eventName(w.rng.IntN(events))
		o.wants = w.judge.acked[o.event]
	case p < 9:
		o.kind, o.event = opView, eventName(w.rng.IntN(events))
		o.wants = w.judge.acked[o.event]
	case p < 15:
		o.kind = opMany
		for range 2 + w.rng.IntN(6) {
			o.commands = append(o.commands, c.command())
		}
	case p < 19 && len(c.recent) > 0: // once more, with the same key
		again := c.recent[w.rng.IntN(len(c.recent))]
		if again.Request.CallerKey {
			if w.chance(20) { // a caller's mistake
				again.Request.Fingerprint++
			}
			o.commands = []command.Command{again}
			o.attempt = 1
			break
		}
		fallthrough
	default:
		o.commands = []command.Command{c.command()}
	}
	return o
}

// command makes one of all operations.
func (c *client) command() command.Command {
	w := c.w
	q := seatmap.Request{Key: w.key(), CallerKey: w.chance(65)}
	event := eventName(w.rng.IntN(events))
	p := w.rng.IntN(100)
	if len(c.holds) > 0 && p >= 40 && p < 90 {
		h := &c.holds[w.rng.IntN(len(c.holds))]
		event = h.event
		c.follow(&q, h)
	} else {
		c.start(&q, p)
	}
	cmd := command.Command{Kind: command.KindEvent, Event: event, Request: q}
	cmd.Request.Fingerprint = command.Fingerprint(&cmd)
	return cmd
}

// follow asks something about a hold or order.
func (c *client) follow(q *seatmap.Request, h *holding) {
	w := c.w
	q.ID = seatmap.ID(h.id)
	if h.order {
		switch p := w.rng.IntN(100); {
		case p < 55:
			q.Op = seatmap.OpCancel
			if len(h.places) > 1 && w.chance(50) {
				q.Tickets = []uint32{h.places[w.rng.IntN(len(h.places))].Ticket}
			}
		case p < 85:
			q.Op = seatmap.OpGetOrder
		default:
			q.Op, q.Reference = seatmap.OpConfirm, "r-2"
		}
		return
	}
	switch p := w.rng.IntN(100); {
	case p < 45:
		q.Op, q.Reference, q.Retake = seatmap.OpConfirm, "r-1", w.chance(40)
	case p < 60:
		q.Op = seatmap.OpRelease
	case p < 72:
		q.Op, q.TTLSeconds = seatmap.OpExtend, int32(1+w.rng.IntN(holdTTL))
	case p < 88:
		q.Op = seatmap.OpChange
		if w.chance(70) {
			q.Add.Seats = w.seats(1 + w.rng.IntN(2))
		}
		if len(h.places) > 0 && w.chance(50) {
			if p := h.places[w.rng.IntN(len(h.places))]; p.Kind == seatmap.PlaceSeat {
				q.Remove.Seats = []string{p.Label}
			}
		}
	default:
		q.Op = seatmap.OpGetHold
	}
}

// start asks for places, or is the seller's.
func (c *client) start(q *seatmap.Request, p int) {
	w := c.w
	switch {
	case p >= 99:
		q.Op, q.Patch = seatmap.OpConfigure, &seatmap.ConfigPatch{Set: seatmap.FieldState | seatmap.FieldSaleOpens | seatmap.FieldSaleCloses}
		q.Patch.Config.State = seatmap.SaleOn
		switch w.rng.IntN(4) {
		case 0:
			q.Patch.Config.State = seatmap.SalePaused
		case 1:
			q.Patch.Config.SaleOpensMillis = w.judge.logMillis + int64(w.rng.IntN(4_000))
		case 2:
			q.Patch.Config.SaleClosesMillis = w.judge.logMillis + 1 + int64(w.rng.IntN(4_000))
		}
		return
	case p >= 95: // what was paused goes on some day
		q.Op, q.Patch = seatmap.OpConfigure, &seatmap.ConfigPatch{Set: seatmap.FieldState | seatmap.FieldSaleOpens | seatmap.FieldSaleCloses}
		q.Patch.Config.State = seatmap.SaleOn
		return
	case p >= 97:
		q.Op = seatmap.OpBlock
		q.Add.Seats = w.seats(1 + w.rng.IntN(3))
		return
	case p >= 92:
		q.Op = seatmap.OpUnblock
		q.Add.Seats = w.seats(8)
		return
	}
	q.Op = seatmap.OpHold
	if w.chance(20) {
		q.Op, q.Reference = seatmap.OpSale, "r-3"
	}
	q.ID = seatmap.ID(w.key())
	q.Buyer = fmt.Sprintf("b-%d", w.rng.IntN(buyers))
	switch p := w.rng.IntN(100); {
	case p < 60:
		q.Add.Seats = w.seats(1 + w.rng.IntN(4))
	case p < 75:
		q.Add.Areas = []seatmap.AreaQuantity{{Area: areaKey, Quantity: int32(1 + w.rng.IntN(5))}}
	case p < 80:
		q.Add.Tables = []string{tableKey}
	default:
		q.Wish = seatmap.Wish{Quantity: int32(1 + w.rng.IntN(5)), Together: seatmap.Together(w.rng.IntN(3))}
	}
}

// seats are neighbours, somewhere.
func (w *world) seats(n int) []string {
	row, first := w.rng.IntN(len(rows)), w.rng.IntN(rowSeats-n+1)
	var labels []string
	for i := range n {
		labels = append(labels, seatLabel(row, first+i))
	}
	return labels
}
