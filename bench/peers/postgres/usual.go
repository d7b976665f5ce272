package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parterre/parterre/bench/peers"
)

// usualClient runs the transactions that shops write. BEGIN travels with the first statement and COMMIT with the last.
type usualClient struct {
	pool  *pool
	ttl   time.Duration
	seats []int32
}

// The statements. A held seat whose deadline has passed is as good as free; the row's lock decides between two who want it.
const (
	lockChosen = `SELECT seat FROM seats WHERE event = $1 AND seat = ANY ($2)
		AND (status = 0 OR status = 1 AND until <= now()) ORDER BY seat FOR UPDATE SKIP LOCKED`
	lockBest = `SELECT seat FROM seats WHERE event = $1 AND status = 0 ORDER BY seat LIMIT $2 FOR UPDATE SKIP LOCKED`

	insertHold = `INSERT INTO holds (id, event, seats, until) VALUES ($1, $2, $3, $4)`
	markHeld   = `UPDATE seats SET status = 1, hold = $3, until = $4 WHERE event = $1 AND seat = ANY ($2)`

	confirmHold   = `UPDATE holds SET state = 1 WHERE id = $1 AND state = 0 AND until > now()`
	insertOrder   = `INSERT INTO orders (id, event, reference) SELECT id, event, $2 FROM holds WHERE id = $1 AND state = 1`
	insertTickets = `INSERT INTO tickets SELECT id, s.number, event, s.seat
		FROM holds, unnest(seats) WITH ORDINALITY AS s (seat, number) WHERE id = $1 AND state = 1`
	markSold = `UPDATE seats SET status = 2 WHERE event = $1 AND seat = ANY ($2) AND status = 1 AND hold = $3`
)

// Hold locks the seats, then marks them: two round trips.
func (c *usualClient) Hold(ctx context.Context, parties []*peers.Party) error {
	for _, p := range parties {
		if err := c.pool.with(ctx, func(conn *pgx.Conn) error { return c.hold(ctx, conn, p) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *usualClient) hold(ctx context.Context, conn *pgx.Conn, p *peers.Party) error {
	lock := &pgx.Batch{}
	lock.Queue("BEGIN")
	if len(p.Seats) > 0 {
		lock.Queue(lockChosen, p.Event, p.Seats)
	} else {
		lock.Queue(lockBest, p.Event, p.Quantity)
	}
	if err := c.lock(ctx, conn, lock); err != nil {
		return err
	}
	if len(c.seats) < p.Quantity {
		p.Outcome = peers.Refused
		_, err := conn.Exec(ctx, "ROLLBACK")
		return err
	}
	p.Seats, p.Outcome = append(p.Seats[:0], c.seats...), peers.Held
	until := time.Now().Add(c.ttl)
	mark := &pgx.Batch{}
	mark.Queue(insertHold, p.Number, p.Event, p.Seats, until)
	mark.Queue(markHeld, p.Event, p.Seats, p.Number, until)
	mark.Queue("COMMIT")
	return conn.SendBatch(ctx, mark).Close()
}

// lock runs BEGIN and the locking SELECT and keeps the seats that it locked.
func (c *usualClient) lock(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch) error {
	results := conn.SendBatch(ctx, batch)
	if _, err := results.Exec(); err != nil {
		_ = results.Close() // the same error
		return err
	}
	rows, err := results.Query()
	if err != nil {
		_ = results.Close() // the same error
		return err
	}
	c.seats = c.seats[:0]
	for rows.Next() {
		var seat int32
		if err := rows.Scan(&seat); err != nil {
			_ = results.Close() // the first error tells
			return err
		}
		c.seats = append(c.seats, seat)
	}
	return results.Close()
}

// Confirm makes the order, its tickets, and marks the seats sold: one pipelined transaction, one round trip.
func (c *usualClient) Confirm(ctx context.Context, parties []*peers.Party) error {
	for _, p := range parties {
		if err := c.pool.with(ctx, func(conn *pgx.Conn) error { return c.confirm(ctx, conn, p) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *usualClient) confirm(ctx context.Context, conn *pgx.Conn, p *peers.Party) error {
	batch := &pgx.Batch{} // without BEGIN, what travels together is one transaction
	batch.Queue(confirmHold, p.Number)
	batch.Queue(insertOrder, p.Number, reference)
	batch.Queue(insertTickets, p.Number)
	batch.Queue(markSold, p.Event, p.Seats, p.Number)
	results := conn.SendBatch(ctx, batch)
	confirmed, err := results.Exec()
	if err != nil {
		_ = results.Close() // the same error
		return err
	}
	if err := results.Close(); err != nil {
		return err
	}
	if confirmed.RowsAffected() != 1 {
		return peers.ErrLost
	}
	return nil
}

// Close gives the pool up.
func (c *usualClient) Close() error { return c.pool.leave() }
