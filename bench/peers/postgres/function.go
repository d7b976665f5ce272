package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/parterre/parterre/bench/peers"
)

// functionClient calls one function a step: one round trip, one transaction.
type functionClient struct {
	pool  *pool
	seats []int32
}

const (
	// refusedState is what the functions raise for a refusal; conflictState asks for the same call again.
	refusedState  = "PX001"
	conflictState = "40001"
	// maxConflicts bounds how often a call is repeated.
	maxConflicts = 100
	reference    = "bench"
)

// Hold calls hold_chosen or hold_best for each party.
func (c *functionClient) Hold(ctx context.Context, parties []*peers.Party) error {
	for _, p := range parties {
		err := c.pool.with(ctx, func(conn *pgx.Conn) error { return c.hold(ctx, conn, p) })
		switch {
		case err == nil:
			p.Outcome = peers.Held
		case sqlState(err) == refusedState:
			p.Outcome = peers.Refused
		default:
			return err
		}
	}
	return nil
}

func (c *functionClient) hold(ctx context.Context, conn *pgx.Conn, p *peers.Party) error {
	if len(p.Seats) > 0 {
		_, err := conn.Exec(ctx, "SELECT hold_chosen($1, $2, $3)", p.Event, p.Seats, p.Number)
		return err
	}
	for conflicts := 0; ; conflicts++ {
		err := conn.QueryRow(ctx, "SELECT hold_best($1, $2, $3)", p.Event, p.Quantity, p.Number).Scan(&c.seats)
		if err == nil {
			p.Seats = append(p.Seats[:0], c.seats...)
		}
		if sqlState(err) != conflictState || conflicts == maxConflicts {
			return err
		}
	}
}

// Confirm calls confirm for each party.
func (c *functionClient) Confirm(ctx context.Context, parties []*peers.Party) error {
	for _, p := range parties {
		var done bool
		err := c.pool.with(ctx, func(conn *pgx.Conn) error {
			return conn.QueryRow(ctx, "SELECT confirm($1, $2)", p.Number, reference).Scan(&done)
		})
		if err != nil {
			return err
		}
		if !done {
			return peers.ErrLost
		}
	}
	return nil
}

// Close gives the pool up.
func (c *functionClient) Close() error { return c.pool.leave() }

// sqlState is the state of an error that the server raised, or empty.
func sqlState(err error) string {
	var raised *pgconn.PgError
	if errors.As(err, &raised) {
		return raised.Code
	}
	return ""
}
