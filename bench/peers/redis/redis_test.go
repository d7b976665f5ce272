package redis

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/peers"
)

func TestWhereNoServerIsInstalledAPlainErrorNamesThePackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Peer{Fsync: Always}.Start(t.Context(), peers.Setup{Dir: t.TempDir()})
	if !errors.Is(err, peers.ErrMissing) || !strings.Contains(err.Error(), "apt install redis-server") {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerIsAnIntegerOrAnError(t *testing.T) {
	for text, want := range map[string]int64{":0\r\n": 0, ":-1\r\n": -1, ":49999\r\n": 49_999} {
		if got, err := readInteger(bufio.NewReader(strings.NewReader(text))); got != want || err != nil {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"-NOSCRIPT No matching script\r\n": ErrServer, "+OK\r\n": ErrProtocol, ":x\r\n": ErrProtocol, ":-\r\n": ErrProtocol,
		":1\n": ErrProtocol, ":99999999999999999999\r\n": ErrProtocol,
	} {
		if got, err := readInteger(bufio.NewReader(strings.NewReader(text))); !errors.Is(err, want) {
			t.Errorf("%q: got %d, %v, want %v", text, got, err, want)
		}
	}
}

func TestAnIDHasNoEightZerosInIt(t *testing.T) {
	var c caller
	for _, number := range []int64{0, 1, 255, 256, 1 << 24, 1<<48 - 1} {
		free := string(make([]byte, seatBytes))
		id := string(c.identify(number))
		if at := strings.Index(id+free+id, free); at != len(id) {
			t.Errorf("id %x: a free seat is found at %d, not %d", id, at, len(id))
		}
	}
}
