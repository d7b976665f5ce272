package etcd

import (
	"context"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/parterre/parterre/bench/peers"
)

// Fresh deletes every key and compacts what they were: a free seat is one that has no key.
func (s *server) Fresh(ctx context.Context, _ string, events int, _ bool) error {
	s.blocks = newBlocks(s.setup.Hall, events)
	deleted, err := s.control.Delete(ctx, "", clientv3.WithPrefix())
	if err != nil {
		return err
	}
	if deleted.Deleted == 0 {
		return nil
	}
	_, err = s.control.Compact(ctx, deleted.Header.Revision, clientv3.WithCompactPhysical())
	return err
}

// pageKeys is how many keys are read at once.
const pageKeys = 10_000

// Totals reads every order and every seat; a ticket counts if its seat names the order as its owner.
func (s *server) Totals(ctx context.Context) (t peers.Totals, err error) {
	owners := map[string]string{}
	err = s.each(ctx, "s/", func(key, value string) error {
		owners[key], _, _ = strings.Cut(value, " ")
		return nil
	})
	if err != nil {
		return t, err
	}
	sold := map[string]bool{}
	err = s.each(ctx, "h/", func(key, value string) error {
		words := strings.Fields(value)
		if words[0] != orderState {
			return nil
		}
		seats, err := parseSeats(words[2])
		if err != nil {
			return err
		}
		t.Orders++
		path := strings.Split(key, "/") // h, event, hold
		for _, seat := range seats {
			place := "s/" + path[1] + "/" + seatList([]int32{seat})
			if sold[place] {
				t.Twice++
			}
			sold[place] = true
			if owners[place] == path[2] {
				t.Tickets++
			}
		}
		return nil
	})
	return t, err
}

// each reads all keys with a prefix, page by page.
func (s *server) each(ctx context.Context, prefix string, do func(key, value string) error) error {
	from, end := prefix, clientv3.GetPrefixRangeEnd(prefix)
	for {
		page, err := s.control.Get(ctx, from, clientv3.WithRange(end), clientv3.WithLimit(pageKeys))
		if err != nil {
			return err
		}
		for _, kv := range page.Kvs {
			if err := do(string(kv.Key), string(kv.Value)); err != nil {
				return err
			}
			from = string(kv.Key) + "\x00"
		}
		if !page.More {
			return nil
		}
	}
}
