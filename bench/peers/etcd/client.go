package etcd

import (
	"context"
	"strconv"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/parterre/parterre/bench/peers"
)

// client is one caller.
type client struct {
	etcd   *clientv3.Client
	owner  bool // closes etcd
	ttl    time.Duration
	blocks *blocks

	compares []clientv3.Cmp
	puts     []clientv3.Op
	gets     []clientv3.Op
}

// Keys: s/<event>/<seat> = "<hold> <deadline>", and h/<event>/<hold> = "held <deadline> <seats>" or "order <reference> <seats>".
func seatKey(event int, seat int32) string {
	return "s/" + strconv.Itoa(event) + "/" + strconv.Itoa(int(seat))
}

func holdKey(event int, number int64) string {
	return "h/" + strconv.Itoa(event) + "/" + strconv.FormatInt(number, 36)
}

const (
	heldState  = "held"
	orderState = "order"
	reference  = "bench"
)

// Hold claims the parties' seats, one transaction a party.
func (c *client) Hold(ctx context.Context, parties []*peers.Party) error {
	for _, p := range parties {
		if err := c.hold(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) hold(ctx context.Context, p *peers.Party) error {
	best := len(p.Seats) == 0
	for {
		if best && !c.blocks.next(p) {
			p.Outcome = peers.Refused
			return nil
		}
		err := c.claim(ctx, p, nil)
		if err != nil || p.Outcome == peers.Held || !best {
			return err
		}
	}
}

// claim puts the seats' keys and the hold's if no seat has an owner, but for holds that have lapsed.
func (c *client) claim(ctx context.Context, p *peers.Party, over *lapsed) error {
	deadline := strconv.FormatInt(time.Now().Add(c.ttl).UnixMilli(), 10)
	owner := strconv.FormatInt(p.Number, 36) + " " + deadline
	c.compares, c.puts, c.gets = c.compares[:0], c.puts[:0], c.gets[:0]
	for _, seat := range p.Seats {
		key := seatKey(p.Event, seat)
		if revision, ok := over.revision(key); ok {
			c.compares = append(c.compares, clientv3.Compare(clientv3.ModRevision(key), "=", revision))
		} else {
			c.compares = append(c.compares, clientv3.Compare(clientv3.CreateRevision(key), "=", 0))
		}
		c.puts, c.gets = append(c.puts, clientv3.OpPut(key, owner)), append(c.gets, clientv3.OpGet(key))
	}
	c.puts = append(c.puts, clientv3.OpPut(holdKey(p.Event, p.Number), heldState+" "+deadline+" "+seatList(p.Seats)))
	c.compares, c.puts = over.extend(p, c.compares, c.puts)
	answer, err := c.etcd.Txn(ctx).If(c.compares...).Then(c.puts...).Else(c.gets...).Commit()
	if err != nil {
		return err
	}
	if answer.Succeeded {
		p.Outcome, p.Token = peers.Held, strconv.AppendInt(p.Token[:0], answer.Header.Revision, 10)
		return nil
	}
	p.Outcome = peers.Refused
	if over != nil {
		return nil // somebody else was faster
	}
	if over, err = c.lapsed(ctx, p, answer); err != nil || over == nil {
		return err
	}
	return c.claim(ctx, p, over)
}

// Confirm makes orders of holds that are as they were made.
func (c *client) Confirm(ctx context.Context, parties []*peers.Party) error {
	for _, p := range parties {
		made, err := strconv.ParseInt(string(p.Token), 10, 64)
		if err != nil {
			return err
		}
		key := holdKey(p.Event, p.Number)
		answer, err := c.etcd.Txn(ctx).If(clientv3.Compare(clientv3.ModRevision(key), "=", made)).
			Then(clientv3.OpPut(key, orderState+" "+reference+" "+seatList(p.Seats))).Commit()
		if err != nil {
			return err
		}
		if !answer.Succeeded {
			return peers.ErrLost
		}
	}
	return nil
}

// Close closes the connection if this client is its owner.
func (c *client) Close() error {
	if !c.owner {
		return nil
	}
	return c.etcd.Close()
}

func seatList(seats []int32) string {
	b := make([]byte, 0, 6*len(seats))
	for i, seat := range seats {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(seat), 10)
	}
	return string(b)
}

// parseSeats reads what seatList wrote.
func parseSeats(text string) ([]int32, error) {
	var seats []int32
	for word := range strings.SplitSeq(text, ",") {
		seat, err := strconv.ParseInt(word, 10, 32)
		if err != nil {
			return nil, err
		}
		seats = append(seats, int32(seat))
	}
	return seats, nil
}
