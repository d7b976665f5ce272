package cluster

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"time"
)

// hello is what founders tell each other before any Raft traffic: who they are and how far their folder got.
type hello struct {
	Format     int    `json:"format"`
	Node       string `json:"node"`
	Cluster    string `json:"cluster"`
	Partitions int    `json:"partitions"`
	Stage      stage  `json:"stage"`
}

const (
	helloFormat   = 1
	maxHelloBytes = 4 << 10
	helloTimeout  = time.Second // for one greeting, there and back
)

// greet says hello on a connection and reads the answer.
func greet(ctx context.Context, conn net.Conn, own hello) (hello, error) {
	stop := bindConn(ctx, conn, helloTimeout)
	defer stop()
	if err := writeHello(conn, own); err != nil {
		return hello{}, err
	}
	return readHello(conn)
}

// answerGreeting reads one hello and answers it with this node's own.
func answerGreeting(ctx context.Context, conn net.Conn, own func() hello) error {
	stop := bindConn(ctx, conn, helloTimeout)
	defer stop()
	if _, err := readHello(conn); err != nil {
		return err
	}
	return writeHello(conn, own())
}

// bindConn gives conn a deadline and closes it when ctx ends first.
func bindConn(ctx context.Context, conn net.Conn, d time.Duration) (stop func() bool) {
	_ = conn.SetDeadline(time.Now().Add(d))
	return context.AfterFunc(ctx, func() { _ = conn.Close() })
}

func writeHello(w io.Writer, h hello) error { return writeFrame(w, h) }

// writeFrame sends v as JSON behind its length.
func writeFrame(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(b)), uint32(len(b)))
	_, err = w.Write(append(frame, b...))
	return err
}

func readHello(r io.Reader) (hello, error) {
	var h hello
	if err := readFrame(r, maxHelloBytes, &h); err != nil {
		return hello{}, err
	}
	if h.Format != helloFormat {
		return hello{}, fmt.Errorf("cluster: a greeting of format %d, this version reads %d", h.Format, helloFormat)
	}
	return h, nil
}

// readFrame reads what writeFrame sends.
func readFrame(r io.Reader, most uint32, v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > most {
		return fmt.Errorf("cluster: a greeting of %d bytes, at most %d are read", n, most)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("cluster: a greeting that cannot be read: %w", err)
	}
	return nil
}
