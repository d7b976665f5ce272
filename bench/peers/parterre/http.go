package parterre

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/parterre/parterre/bench/peers"
	"github.com/parterre/parterre/bench/wire"
)

// httpClient is one connection, one request under way.
type httpClient struct {
	hall     peers.Hall
	names    []string
	hosts    []string
	conn     *wire.Conn
	prefix   []byte // of its idempotency keys
	sequence int64
	request  wire.Request
}

// requestTimeout bounds one request; after it the same key is asked again.
const requestTimeout = 10 * time.Second

func newHTTPClient(s *server, hosts []string, i int) *httpClient {
	prefix := strconv.AppendInt(nil, s.generation, 36)
	prefix = strconv.AppendInt(append(prefix, '-'), int64(i), 36)
	return &httpClient{
		hall: s.setup.Hall, names: s.names, hosts: hosts, prefix: append(prefix, '-'),
		conn: wire.New(hosts[i%len(hosts)], wire.Options{Timeout: requestTimeout}), request: wire.Request{Method: wire.Post},
	}
}

// Hold asks for each party's hold.
func (c *httpClient) Hold(ctx context.Context, parties []*peers.Party) error {
	for _, p := range parties {
		c.path(p.Event, "/holds")
		c.request.Body = appendHold(c.request.Body[:0], c.hall, p)
		answer, err := c.ask(ctx, p)
		if err != nil {
			return err
		}
		switch answer.Status {
		case 201:
			if err := readHold(c.hall, p, answer.Body); err != nil {
				return err
			}
		case 409:
			p.Outcome = peers.Refused
		default:
			return fmt.Errorf("%w: hold: %d: %s", ErrAnswer, answer.Status, answer.Body)
		}
	}
	return nil
}

// Confirm makes orders.
func (c *httpClient) Confirm(ctx context.Context, parties []*peers.Party) error {
	for _, p := range parties {
		c.path(p.Event, "/orders")
		c.request.Body = appendConfirm(c.request.Body[:0], p)
		answer, err := c.ask(ctx, p)
		switch {
		case err != nil:
			return err
		case answer.Status == 410 || answer.Status == 404:
			return peers.ErrLost
		case answer.Status != 201:
			return fmt.Errorf("%w: confirm: %d: %s", ErrAnswer, answer.Status, answer.Body)
		}
	}
	return nil
}

// Close closes the connection.
func (c *httpClient) Close() error {
	c.conn.Close()
	return nil
}

func (c *httpClient) path(event int, verb string) {
	c.request.Path = append(append(append(c.request.Path[:0], "/v1/events/"...), c.names[event]...), verb...)
}

// backoff is the pause before the same key is asked again.
const backoff = 5 * time.Millisecond

// ask posts until an answer decides, always with the same key.
func (c *httpClient) ask(ctx context.Context, p *peers.Party) (*wire.Answer, error) {
	c.sequence++
	c.request.Key = strconv.AppendInt(append(c.request.Key[:0], c.prefix...), c.sequence, 36)
	for {
		answer, err := c.conn.Do(&c.request)
		if err == nil && answer.Status != 429 && answer.Status != 503 && answer.Status != 504 {
			return answer, nil
		}
		p.Retried++
		if err != nil {
			next := slices.Index(c.hosts, c.conn.Addr()) + 1
			c.conn.Move(c.hosts[next%len(c.hosts)])
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(backoff):
		}
	}
}

// appendHold appends the body of a hold.
func appendHold(b []byte, h peers.Hall, p *peers.Party) []byte {
	if len(p.Seats) == 0 {
		b = append(b, `{"best_available":{"quantity":`...)
		return append(strconv.AppendInt(b, int64(p.Quantity), 10), `}}`...)
	}
	b = append(b, `{"seats":[`...)
	for i, seat := range p.Seats {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendLabel(append(b, '"'), h, seat), '"')
	}
	return append(b, `]}`...)
}

// appendConfirm appends the body of a confirmation.
func appendConfirm(b []byte, p *peers.Party) []byte {
	b = append(append(b, `{"hold":"`...), p.Token...)
	return append(b, `","reference":"bench"}`...)
}

// readHold takes a hold's id, and the seats if they were not chosen, from its answer.
func readHold(h peers.Hall, p *peers.Party, body []byte) error {
	id, _, ok := stringField(body, `"hold":"`)
	if !ok {
		return fmt.Errorf("%w: a hold without id: %s", ErrAnswer, body)
	}
	p.Token, p.Outcome = append(p.Token[:0], id...), peers.Held
	if len(p.Seats) > 0 {
		return nil
	}
	for rest := body; ; {
		label, after, ok := stringField(rest, `"seat":"`)
		if !ok {
			break
		}
		seat, ok := parseLabel(h, label)
		if !ok {
			return fmt.Errorf("%w: seat %q", ErrAnswer, label)
		}
		p.Seats, rest = append(p.Seats, seat), after
	}
	if len(p.Seats) != p.Quantity {
		return fmt.Errorf("%w: %d seats instead of %d: %s", ErrAnswer, len(p.Seats), p.Quantity, body)
	}
	return nil
}

// stringField finds a string member by its quoted name and colon, in answers whose strings need no unescaping.
func stringField(body []byte, name string) (value, after []byte, ok bool) {
	at := bytes.Index(body, []byte(name))
	if at < 0 {
		return nil, nil, false
	}
	rest := body[at+len(name):]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, nil, false
	}
	return rest[:end], rest[end:], true
}
