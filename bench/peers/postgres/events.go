package postgres

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/parterre/parterre/bench/peers"
)

//go:embed schema_usual.sql
var usualSchema string

//go:embed schema_function.sql
var functionSchema string

// Fresh drops everything and makes new tables. The checkpoint comes before the seats are written, so that their pages are in
// the log since then and no measurement pays for full-page images.
func (s *server) Fresh(ctx context.Context, mode string, events int, best bool) error {
	statements := []string{
		"SET synchronous_commit = local", // the standbys follow at their own pace while nothing is measured
		"DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "CHECKPOINT",
	}
	fill := fmt.Sprintf("INSERT INTO seats (event, seat) SELECT e, s FROM generate_series(0, %d) e, generate_series(0, %d) s",
		events-1, s.setup.Hall.Seats()-1)
	switch mode {
	case Usual:
		statements = append(statements, usualSchema, fill)
		if best {
			statements = append(statements, "CREATE INDEX seats_free ON seats (event, seat) WHERE status = 0")
		}
	case Function:
		schema := strings.NewReplacer(
			"@row@", strconv.Itoa(s.setup.Hall.SeatsPerRow), "@ttl@", strconv.Itoa(int(s.setup.HoldTTL.Seconds())),
		).Replace(functionSchema)
		statements = append(statements, schema, fill, fmt.Sprintf(
			"INSERT INTO rows SELECT e, r, %d FROM generate_series(0, %d) e, generate_series(0, %d) r",
			peers.MaxParty, events-1, s.setup.Hall.Rows()-1))
	default:
		return fmt.Errorf("postgres: %w: %s", peers.ErrMode, mode)
	}
	statements = append(statements, "VACUUM ANALYZE", "SET synchronous_commit = on")
	for _, statement := range statements {
		if _, err := s.control.Exec(ctx, statement); err != nil {
			return fmt.Errorf("postgres: %.60s: %w", statement, err)
		}
	}
	// A commit that waits for the standbys: afterwards they have all of the above.
	_, err := s.control.Exec(ctx, "CREATE TABLE caught_up ()")
	return err
}

// What the server has, from its own rows.
const (
	usualTotals = `SELECT (SELECT count(*) FROM orders), count(*),
		(SELECT count(*) FROM (SELECT 1 FROM tickets GROUP BY event, seat HAVING count(*) > 1) twice)
		FROM tickets JOIN seats USING (event, seat) WHERE seats.status = 2 AND seats.hold = tickets.order_id`
	functionTotals = `WITH tickets AS (SELECT id, event, unnest(seats) AS seat FROM holds WHERE reference IS NOT NULL)
		SELECT (SELECT count(*) FROM holds WHERE reference IS NOT NULL), count(*),
		(SELECT count(*) FROM (SELECT 1 FROM tickets GROUP BY event, seat HAVING count(*) > 1) twice)
		FROM tickets JOIN seats USING (event, seat) WHERE seats.hold = tickets.id`
)

// Totals counts orders, and tickets whose seat agrees that it is theirs.
func (s *server) Totals(ctx context.Context) (t peers.Totals, err error) {
	query := functionTotals
	var usual bool
	if err := s.control.QueryRow(ctx, "SELECT to_regclass('tickets') IS NOT NULL").Scan(&usual); err != nil {
		return t, err
	}
	if usual {
		query = usualTotals
	}
	err = s.control.QueryRow(ctx, query).Scan(&t.Orders, &t.Tickets, &t.Twice)
	return t, err
}
