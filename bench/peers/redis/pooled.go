package redis

import (
	"bufio"
	"context"
	"net"
	"time"

	"github.com/parterre/parterre/bench/peers"
)

// pooledClient has a connection of its own. All parties of a step are sent together, and then all answers read.
type pooledClient struct {
	caller caller
	conn   net.Conn
	reader *bufio.Reader
	buffer []byte
}

func (s *server) openPooled(clients int) ([]peers.Client, error) {
	list := make([]peers.Client, 0, clients)
	for range clients {
		conn, err := net.Dial("unix", s.socket)
		if err != nil {
			return nil, closeAll(list, err)
		}
		list = append(list, &pooledClient{caller: s.caller(), conn: conn, reader: bufio.NewReader(conn)})
	}
	return list, nil
}

// answerTimeout bounds one step.
const answerTimeout = 10 * time.Second

// Hold claims the parties' seats.
func (c *pooledClient) Hold(_ context.Context, parties []*peers.Party) error {
	c.buffer = c.buffer[:0]
	for _, p := range parties {
		c.buffer = c.caller.hold(c.buffer, p)
	}
	if err := c.send(); err != nil {
		return err
	}
	for _, p := range parties {
		first, err := readInteger(c.reader)
		if err != nil {
			return err
		}
		held(p, first)
	}
	return nil
}

// Confirm makes orders.
func (c *pooledClient) Confirm(_ context.Context, parties []*peers.Party) error {
	c.buffer = c.buffer[:0]
	for _, p := range parties {
		c.buffer = c.caller.confirm(c.buffer, p)
	}
	if err := c.send(); err != nil {
		return err
	}
	for range parties {
		if done, err := readInteger(c.reader); err != nil {
			return err
		} else if done != 1 {
			return peers.ErrLost
		}
	}
	return nil
}

func (c *pooledClient) send() error {
	if err := c.conn.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return err
	}
	_, err := c.conn.Write(c.buffer)
	return err
}

// Close closes the connection.
func (c *pooledClient) Close() error { return c.conn.Close() }
