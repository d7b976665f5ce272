package clustertest

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// Category is the only category of a hall.
const Category = "1"

// Hall is the chart of a room with one row of seats, S-1 and so on.
func (c *Cluster) Hall(name string, seats int) *command.Chart {
	c.t.Helper()
	spec := &seatmap.PlanSpec{Categories: []seatmap.CategorySpec{{Key: Category, Name: "Stalls"}}}
	row := seatmap.RowSpec{Section: -1, Key: "S"}
	for i := range seats {
		row.Seats = append(row.Seats, seatmap.SeatSpec{Label: Seat(i), Rank: uint32(i)})
	}
	spec.Rows = []seatmap.RowSpec{row}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		c.t.Fatalf("clustertest: the hall is no plan: %v", err)
	}
	document := fmt.Appendf(nil, `{"name":%q,"rows":[{"key":"S","seats":{"count":%d}}]}`, name, seats)
	return &command.Chart{
		Name: name, Document: packed(document), Content: sha256.Sum256(document),
		Plan: plan.Hash(), PlanCode: packed(plan.AppendBinary(nil)), Key: Key(),
	}
}

// Seat is the label of the i-th seat of a hall, counted from 0.
func Seat(i int) string { return fmt.Sprintf("S-%d", i+1) }

// MakeEvent puts a hall of that many seats on sale, through any node that runs.
func (c *Cluster) MakeEvent(event string, seats int) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	n := c.Nodes()[0]
	hall := fmt.Sprintf("hall-%d", seats)
	if r, err := n.PutChart(ctx, c.Hall(hall, seats)); err != nil || r.Answer.Code != seatmap.CodeOK {
		c.t.Fatalf("clustertest: chart %s: %+v, %v", hall, r, err)
	}
	config := EventConfig()
	if r, err := n.CreateEvent(ctx, event, hall, &config, Key()); err != nil || r.Answer.Code != seatmap.CodeOK {
		c.t.Fatalf("clustertest: event %s: %+v, %v", event, r, err)
	}
}

// EventConfig is an event on sale with the usual settings.
func EventConfig() seatmap.Config {
	return seatmap.Config{
		Currency: "CHF", Prices: []seatmap.CategoryPrice{{Category: Category, Price: 6_500}}, State: seatmap.SaleOn,
		HoldTTLSeconds: seatmap.DefaultHoldTTL, HoldExtensions: seatmap.DefaultExtensions,
		PlacesPerHold: seatmap.DefaultPlacesInHold, Orphans: seatmap.OrphansAllow,
	}
}

// Hold is a command that claims seats under a fresh key, as a node makes one for a caller who gave none.
func Hold(event string, seats ...string) *command.Command {
	c := &command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{
		Op: seatmap.OpHold, Key: Key(), ID: seatmap.ID(uuid.Must(uuid.NewV7())), Buyer: "b-1",
		Add: seatmap.Selection{Seats: seats},
	}}
	c.Request.Fingerprint = command.Fingerprint(c)
	return c
}

// Sale is a command that sells seats under a fresh key.
func Sale(event string, seats ...string) *command.Command {
	c := Hold(event, seats...)
	c.Request.Op, c.Request.Reference = seatmap.OpSale, "psp-1"
	c.Request.Fingerprint = command.Fingerprint(c)
	return c
}

// GetHold is a command that reads a hold through the log.
func GetHold(event string, id seatmap.ID) *command.Command {
	return &command.Command{Kind: command.KindEvent, Event: event, Request: seatmap.Request{Op: seatmap.OpGetHold, ID: id}}
}

// Key is a random key.
func Key() (k seatmap.Key) {
	_, _ = rand.Read(k[:]) // never fails (crypto/rand)
	return k
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // a bytes.Buffer takes everything
	_ = z.Close()
	return out.Bytes()
}
