package record

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/bench/trace"
)

// buffer takes actions from many goroutines for one that empties it. An action lies in it as
//
//	action u8, micros u64, status u16, id 16 bytes, event, buyer, arguments
//
// with texts and lists behind their lengths, so that a steady stream of actions allocates nothing.
type buffer struct {
	start time.Time
	limit int
	wake  chan struct{} // the buffer is half full

	mu      sync.Mutex
	open    []byte
	dropped int64
	closed  bool
}

// put has fill append an action to the open buffer, and says whether there was room.
func (b *buffer) put(fill func([]byte) []byte, action trace.Action, status int, id seatmap.ID, event, buyer string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return true // whoever comes after the end is not recorded, and not missed
	}
	before := len(b.open)
	next := append(b.open, byte(action))
	next = binary.LittleEndian.AppendUint64(next, uint64(time.Since(b.start).Microseconds())) // in the lock: times never go back
	next = binary.LittleEndian.AppendUint16(next, uint16(status))
	next = append(next, id[:]...)
	next = appendText(appendText(next, event), buyer)
	if fill != nil {
		next = fill(next)
	}
	if len(next) > b.limit {
		b.dropped++
		return false
	}
	b.open = next
	if half := b.limit / 2; before < half && len(next) >= half {
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
	return true
}

// swap gives the actions that lie in the buffer, which goes on with spare, and how many found no room.
func (b *buffer) swap(spare []byte) (full []byte, dropped int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	full, dropped = b.open, b.dropped
	b.open, b.dropped = spare[:0], 0
	return full, dropped
}

func (b *buffer) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func appendTexts(b []byte, texts []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(texts)))
	for _, text := range texts {
		b = appendText(b, text)
	}
	return b
}

// actions tells which operations are shoppers'.
var actions = [seatmap.Ops]trace.Action{
	seatmap.OpHold: trace.Hold, seatmap.OpConfirm: trace.Confirm, seatmap.OpSale: trace.Sale, seatmap.OpRelease: trace.Release,
	seatmap.OpExtend: trace.Extend, seatmap.OpChange: trace.Change, seatmap.OpCancel: trace.Cancel,
	seatmap.OpGetHold: trace.ReadHold, seatmap.OpGetOrder: trace.ReadOrder,
}

// appendArguments appends what counts for the operation.
func appendArguments(b []byte, r *seatmap.Request) []byte {
	switch r.Op {
	case seatmap.OpHold, seatmap.OpSale:
		w := &r.Wish
		b = binary.AppendUvarint(b, uint64(max(w.Quantity, 0)))
		b = binary.AppendUvarint(append(b, byte(w.Together)), uint64(max(w.Accessible, 0)))
		b = appendTexts(appendTexts(b, w.Categories), w.Sections)
		return appendSelection(b, &r.Add)
	case seatmap.OpChange:
		return appendSelection(appendSelection(b, &r.Add), &r.Remove)
	case seatmap.OpConfirm:
		if r.Retake {
			return append(b, 1)
		}
		return append(b, 0)
	case seatmap.OpExtend:
		return binary.AppendUvarint(b, uint64(max(r.TTLSeconds, 0)))
	case seatmap.OpCancel:
		return binary.AppendUvarint(b, uint64(len(r.Tickets)))
	}
	return b
}

func appendSelection(b []byte, s *seatmap.Selection) []byte {
	b = appendTexts(appendTexts(b, s.Seats), s.Tables)
	b = binary.AppendUvarint(b, uint64(len(s.Areas)))
	for i := range s.Areas {
		b = binary.AppendUvarint(appendText(b, s.Areas[i].Area), uint64(max(s.Areas[i].Quantity, 0)))
	}
	return b
}
