package seatmap

import (
	"encoding/binary"
	"testing"
)

// BenchmarkEntries decides entries of a thousand commands, holds and the confirmations of the holds before them, on three
// replicas in turn, as three nodes on one machine do: each finds little of its state in the caches. An operation is an order.
func BenchmarkEntries(b *testing.B) {
	const holds = 512
	var replicas [3]*Map
	var labels []string
	fresh := func() {
		for i := range replicas {
			replicas[i] = onSale(b, arena50k(b))
		}
		labels = labels[:0]
		for slot := range uint32(replicas[0].plan.Seats()) {
			labels = append(labels, replicas[0].plan.Label(slot))
		}
	}
	fresh()
	var keys, parties uint64
	now, taken := int64(1_800_000_000_000), 0
	entry, held := make([]Request, 0, 2*holds), make([]ID, 0, holds)
	request := func(op Op) *Request {
		keys++
		entry = append(entry, Request{Op: op, CallerKey: true, Reference: "bench"})
		r := &entry[len(entry)-1]
		binary.BigEndian.PutUint64(r.Key[:], finish(keys))
		binary.BigEndian.PutUint64(r.Key[8:], keys)
		return r
	}
	b.ReportAllocs()
	for i := 0; i < b.N; i += holds {
		b.StopTimer()
		if taken > len(labels)-4*holds {
			fresh()
			taken, held = 0, held[:0]
		}
		entry, now = entry[:0], now+7
		for _, id := range held {
			request(OpConfirm).ID = id
		}
		held = held[:0]
		for range holds {
			r := request(OpHold)
			parties++
			binary.BigEndian.PutUint64(r.ID[:], parties)
			binary.BigEndian.PutUint64(r.ID[8:], finish(parties))
			size := 2 + int(parties&1)
			r.Add.Seats = labels[taken : taken+size]
			taken += size
			held = append(held, r.ID)
		}
		b.StartTimer()
		for _, m := range replicas {
			for j := range entry {
				m.Do(now, &entry[j], nil)
			}
		}
	}
}
