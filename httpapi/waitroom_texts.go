package httpapi

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"github.com/gin-gonic/gin"

	"github.com/parterre/parterre/actors"
)

// maxRoomTexts is how many rooms' encodings this node keeps.
const maxRoomTexts = 1_024

// roomFigures lets proxies answer a crowd for a second: the figures are no older at the node.
var roomFigures = []string{"public, max-age=1"}

// roomTexts keeps the encoding of each room's public figures, which is part of every answer to a visitor: one encoding serves
// all who ask while the view is the newest. mu is a leaf.
type roomTexts struct {
	mu    sync.RWMutex
	slots map[string]*roomSlot
}

// roomSlot is one event's encodings by format.
type roomSlot struct{ texts [2]atomic.Pointer[roomText] }

// roomText is the encoding of one view. Nobody changes it.
type roomText struct {
	view *actors.RoomView
	text []byte
	tag  string
}

func (a *api) roomText(event string, view *actors.RoomView, msgpack bool) []byte {
	return a.roomTextOf(event, view, msgpack).text
}

func (a *api) roomTextOf(event string, view *actors.RoomView, msgpack bool) *roomText {
	format := 0
	if msgpack {
		format = 1
	}
	slot := a.texts.slot(event)
	known := slot.texts[format].Load()
	if known != nil && known.view == view {
		return known
	}
	w := &writer{msgpack: msgpack} // not pooled: the slot keeps the bytes
	encodeRoom(w, event, view.Figures())
	tag := hex.AppendEncode([]byte{'"'}, strconv.AppendUint(nil, xxhash.Sum64(w.b), 36))
	made := &roomText{view: view, text: w.b, tag: string(append(append(tag, formatSuffix(msgpack, false)...), '"'))}
	slot.texts[format].Store(made)
	return made
}

func (t *roomTexts) slot(event string) *roomSlot {
	t.mu.RLock()
	slot := t.slots[event]
	t.mu.RUnlock()
	if slot != nil {
		return slot
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if slot = t.slots[event]; slot != nil {
		return slot
	}
	if t.slots == nil || len(t.slots) >= maxRoomTexts {
		t.slots = map[string]*roomSlot{} // they are made again when they are asked for
	}
	slot = &roomSlot{}
	t.slots[event] = slot
	return slot
}

// getRoom is GET /v1/events/{event}/room.
func (a *api) getRoom(c *gin.Context) {
	if _, ok := query(c); !ok {
		return
	}
	event, ok := eventParam(c)
	if !ok {
		return
	}
	view, ok := a.roomOf(c, event)
	if !ok {
		return
	}
	msgpack, _ := answersMsgpack(c.Request) // acceptable: admission has seen to it
	text := a.roomTextOf(event, view, msgpack)
	if !fresh(c, text.tag, roomFigures) {
		send(c, http.StatusOK, mediaOf(msgpack), text.text)
	}
}
