package etcd

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/parterre/parterre/bench/peers"
)

// lapsed is what a claim takes over: seats by key with their revisions, and the holds that had them.
type lapsed struct {
	seats map[string]int64
	holds map[string]int64
	freed []int32 // all seats of those holds
}

// revision is that of a seat's key which is taken over.
func (l *lapsed) revision(key string) (int64, bool) {
	if l == nil {
		return 0, false
	}
	revision, ok := l.seats[key]
	return revision, ok
}

// extend adds to a claim that the lapsed holds are unchanged, and ends them.
func (l *lapsed) extend(p *peers.Party, compares []clientv3.Cmp, puts []clientv3.Op) ([]clientv3.Cmp, []clientv3.Op) {
	if l == nil {
		return compares, puts
	}
	for key, revision := range l.holds {
		compares = append(compares, clientv3.Compare(clientv3.ModRevision(key), "=", revision))
		puts = append(puts, clientv3.OpDelete(key))
	}
	for _, seat := range l.freed {
		if !slices.Contains(p.Seats, seat) {
			puts = append(puts, clientv3.OpDelete(seatKey(p.Event, seat)))
		}
	}
	return compares, puts
}

// lapsed looks at the owners that a refused claim was told; nil if one of them is not lapsed. Most of the time the deadline beside
// the owner says so, without a further look-up.
func (c *client) lapsed(ctx context.Context, p *peers.Party, answer *clientv3.TxnResponse) (*lapsed, error) {
	l := &lapsed{seats: map[string]int64{}, holds: map[string]int64{}}
	now := time.Now().UnixMilli()
	for _, response := range answer.Responses {
		for _, kv := range response.GetResponseRange().Kvs {
			owner, text, _ := strings.Cut(string(kv.Value), " ")
			deadline, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("etcd: %s: %w", kv.Key, err)
			}
			if deadline > now {
				return nil, nil
			}
			l.seats[string(kv.Key)] = kv.ModRevision
			l.holds["h/"+strconv.Itoa(p.Event)+"/"+owner] = 0
		}
	}
	for key := range l.holds {
		hold, err := c.etcd.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		if len(hold.Kvs) == 0 {
			return nil, nil // ended meanwhile
		}
		words := strings.Fields(string(hold.Kvs[0].Value))
		if words[0] != heldState {
			return nil, nil // sold
		}
		seats, err := parseSeats(words[2])
		if err != nil {
			return nil, err
		}
		l.holds[key], l.freed = hold.Kvs[0].ModRevision, append(l.freed, seats...)
	}
	return l, nil
}
