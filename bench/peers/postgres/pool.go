package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/parterre/parterre/bench/peers"
)

// pool lends its connections to the clients, a step each.
type pool struct {
	idle  chan *pgx.Conn
	users int // clients that are not closed; the last one closes the connections
}

// Open connects, and prepares a client for each caller.
func (s *server) Open(ctx context.Context, mode string, clients, size int) ([]peers.Client, error) {
	if size <= 0 || size > clients {
		size = clients
	}
	p := &pool{idle: make(chan *pgx.Conn, size), users: clients}
	for range size {
		conn, err := pgx.Connect(ctx, s.dsn(primaryPort))
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.idle <- conn
	}
	list := make([]peers.Client, clients)
	for i := range list {
		switch mode {
		case Usual:
			list[i] = &usualClient{pool: p, ttl: s.setup.HoldTTL}
		case Function:
			list[i] = &functionClient{pool: p}
		default:
			return nil, errors.Join(fmt.Errorf("postgres: %w: %s", peers.ErrMode, mode), p.close())
		}
	}
	return list, nil
}

// with lends a connection. One that is in the middle of something after an error is not given back to others as it is: the
// error ends the run.
func (p *pool) with(ctx context.Context, do func(*pgx.Conn) error) error {
	select {
	case conn := <-p.idle:
		defer func() { p.idle <- conn }()
		return do(conn)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave is called by each client's Close, one after the other.
func (p *pool) leave() error {
	if p.users--; p.users > 0 {
		return nil
	}
	return p.close()
}

func (p *pool) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var errs []error
	for len(p.idle) > 0 {
		errs = append(errs, (<-p.idle).Close(ctx))
	}
	return errors.Join(errs...)
}
