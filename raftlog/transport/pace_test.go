package transport

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/raft"
)

func TestASnapshotIsSentAtItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := bytes.Repeat([]byte("seat"), 3<<20/4)
		p := &paced{from: bytes.NewReader(state), rate: 1 << 20, closing: make(chan struct{})}
		begin := time.Now()
		got, err := io.ReadAll(p)
		if err != nil || !bytes.Equal(got, state) {
			t.Fatalf("%d bytes of %d, %v", len(got), len(state), err)
		}
		if took := time.Since(begin); took != 3*time.Second {
			t.Errorf("3 MiB at 1 MiB a second took %s", took)
		}
	})
}

func TestAPacedSnapshotEndsWithItsTransport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		closing := make(chan struct{})
		p := &paced{from: bytes.NewReader(make([]byte, 2*paceBytes)), rate: 1, closing: closing}
		ended := make(chan error)
		go func() {
			_, err := io.ReadAll(p)
			ended <- err
		}()
		synctest.Wait()
		close(closing)
		if err := <-ended; !errors.Is(err, raft.ErrTransportShutdown) {
			t.Error(err)
		}
	})
}

func TestAFollowerIsOnItsWayBackUntilAWhileAfterItsSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var trans Transport
		const grace = time.Second
		if trans.Sending(grace) {
			t.Error("before the first")
		}
		trans.sends.begin()
		time.Sleep(time.Hour)
		if !trans.Sending(grace) {
			t.Error("not while one is sent")
		}
		trans.sends.end()
		if time.Sleep(grace / 2); !trans.Sending(grace) {
			t.Error("not right after")
		}
		if time.Sleep(grace); trans.Sending(grace) {
			t.Error("for ever")
		}
	})
}
