package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/wire"
)

// roomDoor asks a room over HTTP, one request after the other.
type roomDoor struct {
	conn *wire.Conn
	path string
}

func newRoomDoor(node *nodes.Node, event string) *roomDoor {
	return &roomDoor{conn: wire.New(node.HTTP, wire.Options{}), path: "/v1/events/" + event + "/room"}
}

// ask sends a request and reads the answer into out; a status of 300 or more is an error.
func (d *roomDoor) ask(method, rest, token string, body, out any) error {
	r := &wire.Request{Method: method, Path: []byte(d.path + rest), Visitor: []byte(token)}
	if body != nil {
		var err error
		if r.Body, err = json.Marshal(body); err != nil {
			return err
		}
	}
	answer, err := d.conn.Do(r)
	if err != nil {
		return err
	}
	if answer.Status >= 300 {
		return fmt.Errorf("%s %s: %d %s", method, r.Path, answer.Status, answer.Body)
	}
	if out == nil || len(answer.Body) == 0 {
		return nil
	}
	return json.Unmarshal(answer.Body, out)
}

// roomStanding is what a visitor is told.
type roomStanding struct {
	Token, State string
	Number       uint64
	EnterBy      string `json:"enter_by"`
}

// roomEvent is an event with a room, on a fresh cluster.
func roomEvent(ctx context.Context, cluster *nodes.Cluster, settings map[string]any) (*stock, error) {
	s, err := newStock(ctx, cluster, 2_000, 1)
	if err != nil {
		return nil, err
	}
	door := newRoomDoor(cluster.Nodes[0], s.names[0])
	defer door.conn.Close()
	if err := door.ask(wire.Put, "", "", settings, nil); err != nil {
		s.api.Close()
		return nil, err
	}
	return s, nil
}

// join gives so many visitors a token.
func (d *roomDoor) join(visitors int) ([]roomStanding, error) {
	list := make([]roomStanding, visitors)
	for i := range list {
		if err := d.ask(wire.Post, "/visitors", "", map[string]any{"buyer": fmt.Sprintf("b-%d", i)}, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sleep waits, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
