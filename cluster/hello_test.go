package cluster

import (
	"bytes"
	"encoding/binary"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAGreetingIsAnswered(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	ours := hello{Format: 1, Node: "n1", Cluster: "c", Partitions: 3, Stage: stageEmpty}
	theirs := hello{Format: 1, Node: "n2", Cluster: "c", Partitions: 3, Stage: stageFormed}
	answered := make(chan error, 1)
	go func() { answered <- answerGreeting(t.Context(), b, func() hello { return theirs }) }()
	got, err := greet(t.Context(), a, ours)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(theirs, got); diff != "" {
		t.Error(diff)
	}
}

func TestBadGreetingsAreRefused(t *testing.T) {
	frame := func(text string) string {
		return string(binary.BigEndian.AppendUint32(nil, uint32(len(text)))) + text
	}
	for name, text := range map[string]string{
		"nothing":   "",
		"cut":       frame(`{"format":1}`)[:9],
		"endless":   "\xff\xff\xff\xff{",
		"no json":   frame("hello"),
		"newer":     frame(`{"format":2}`),
		"no format": frame(`{}`),
	} {
		if _, err := readHello(strings.NewReader(text)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if b := new(bytes.Buffer); writeHello(b, hello{Format: 1}) != nil || b.Len() > maxHelloBytes {
		t.Error("our own greeting cannot be sent")
	}
}
