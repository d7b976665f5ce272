package audit

import (
	"context"
	"crypto/tls"
	"fmt"
	"strconv"
	"time"

	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/wire"
)

// Bounds of reading back: one batch, its answer, and how long a node may be busy or without a leader.
const (
	batchTimeout    = 30 * time.Second
	batchBytes      = 16 << 20
	patience        = 30 * time.Second
	patienceBetween = 100 * time.Millisecond
)

// nodeReader opens raw connections to one node.
type nodeReader struct {
	name, addr string
	tls        *tls.Config
}

func newNodeReader(endpoint string) (*nodeReader, error) {
	addr, secure, err := wire.Endpoint(endpoint)
	if err != nil {
		return nil, fmt.Errorf("audit: %s: %w", endpoint, err)
	}
	n := &nodeReader{name: endpoint, addr: addr}
	if secure {
		n.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return n, nil
}

func (n *nodeReader) dial() *wire.Conn {
	return wire.New(n.addr, wire.Options{Timeout: batchTimeout, MaxAnswerBytes: batchBytes, TLS: n.tls})
}

// batchReader reads orders and holds in batches over one connection.
type batchReader struct {
	*ledger
	conn    *wire.Conn
	node    string
	body    []byte
	op      history.Op
	scratch [2][]history.Place
	again   []lookup
}

var batchPath = []byte("/v1/batch")

// read asks for some claims, and again for those that the node could not answer yet.
func (r *batchReader) read(ctx context.Context, list []lookup) error {
	until := time.Now().Add(patience)
	for {
		err := r.ask(list)
		if err == nil && len(r.again) == 0 {
			return nil
		}
		if err == nil {
			list = append([]lookup(nil), r.again...)
			err = fmt.Errorf("%d orders or holds were answered with status %d %s", len(list), r.op.Status, r.op.Code)
		}
		if ctx.Err() != nil || time.Now().After(until) {
			return fmt.Errorf("audit: read back from %s: %w", r.node, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(patienceBetween):
		}
	}
}

// ask makes one batch and judges what is answered; what is not goes to again.
func (r *batchReader) ask(list []lookup) error {
	r.again = r.again[:0]
	r.encode(list)
	answer, err := r.conn.Do(&wire.Request{Method: wire.Post, Path: batchPath, Body: r.body})
	if err != nil {
		return err
	}
	if answer.Status != 200 {
		return fmt.Errorf("%w: status %d: %.200s", ErrAnswer, answer.Status, answer.Body)
	}
	answered := 0
	err = history.EachResult(answer.Body, func(i, status int, body []byte) {
		if answered++; i < len(list) {
			r.result(list[i], status, body)
		}
	})
	if err == nil && answered != len(list) {
		err = fmt.Errorf("%w: %d answers to a batch of %d", ErrAnswer, answered, len(list))
	}
	return err
}

func (r *batchReader) result(k lookup, status int, body []byte) {
	c, kind, rule := &r.claims[k.claim], history.KindReadHold, r.v.ReleasesKept
	if k.order {
		kind, rule = history.KindReadOrder, r.v.OrdersKept
	}
	r.op.Begin(kind, c.event, 0)
	decided, err := r.op.AnsweredWith(r.run.ChartOf(c.event), status, body, 0)
	if err != nil || !decided {
		r.again = append(r.again, k)
		return
	}
	r.v.checked(rule, 1)
	r.judge(k, &r.op)
}

// encode makes the body of a batch.
func (r *batchReader) encode(list []lookup) {
	b := append(r.body[:0], `{"operations":[`...)
	for i, k := range list {
		if i > 0 {
			b = append(b, ',')
		}
		c := &r.claims[k.claim]
		b = append(b, `{"op":"get_`...)
		what := "hold"
		if k.order {
			what = "order"
		}
		b = append(append(b, what...), `","event":"`...)
		b = append(append(b, r.eventName(c.event)...), `","body":{"`...) // an event's key needs no escapes
		b = append(append(b, what...), `":"`...)
		b = append(c.id.AppendText(b), `"}}`...)
	}
	r.body = append(b, `]}`...)
}

func appendNumber(b []byte, n uint32) []byte { return strconv.AppendUint(b, uint64(n), 10) }
