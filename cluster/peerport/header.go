package peerport

import (
	"encoding/binary"
	"fmt"
)

// HeaderBytes is the length of the header that opens every connection:
// magic(4) version(1) kind(1) cluster id(4) partition(4).
const HeaderBytes = 14

// Version is the version of the header that this package writes, and the only one it reads.
const Version = 1

// magic begins with a byte that neither text nor a TLS record begins with, so that a browser or a TLS dialer on a plain
// port is told apart by its first byte.
var magic = [4]byte{0xc9, 'P', 'A', 'R'}

// Kind is what a connection carries. Numbers stand on the wire: never renumber, only append.
type Kind byte

// The kinds.
const (
	KindRaft  Kind = 1 // a Raft stream of one partition
	KindLink  Kind = 2 // forwarded commands
	KindHello Kind = 3 // formation and status exchange
	KindJoin  Kind = 4 // a node without data asks what cluster this is: its header names none
)

// introduced is set in the byte of the kind if an Introduction follows the header.
const introduced = 0x80

// String is the kind's word, used in logs and as a metric label.
func (k Kind) String() string {
	switch k {
	case KindRaft:
		return "raft"
	case KindLink:
		return "link"
	case KindHello:
		return "hello"
	case KindJoin:
		return "join"
	}
	return "unknown"
}

// Header is what the first bytes of a connection say.
type Header struct {
	Kind       Kind
	Introduced bool // an Introduction follows
	Cluster    uint32
	Partition  uint32
}

// AppendHeader appends the HeaderBytes bytes of h to b.
func AppendHeader(b []byte, h Header) []byte {
	b = append(b, magic[:]...)
	kind := byte(h.Kind)
	if h.Introduced {
		kind |= introduced
	}
	b = append(b, Version, kind)
	b = binary.BigEndian.AppendUint32(b, h.Cluster)
	return binary.BigEndian.AppendUint32(b, h.Partition)
}

// ParseHeader reads a header from exactly HeaderBytes bytes. It fails with ErrMagic or ErrVersion; whether kind, cluster
// and partition are known is the port's business.
func ParseHeader(b []byte) (Header, error) {
	if len(b) != HeaderBytes || [4]byte(b[:4]) != magic {
		return Header{}, ErrMagic
	}
	if b[4] != Version {
		return Header{}, fmt.Errorf("%w: version %d, want %d", ErrVersion, b[4], Version)
	}
	return Header{
		Kind:       Kind(b[5] &^ introduced),
		Introduced: b[5]&introduced != 0,
		Cluster:    binary.BigEndian.Uint32(b[6:10]),
		Partition:  binary.BigEndian.Uint32(b[10:14]),
	}, nil
}

// answer is the one byte that the acceptor sends back. Numbers stand on the wire: never renumber, only append.
type answer byte

const (
	answerWelcome   answer = 0
	answerVersion   answer = 1
	answerCluster   answer = 2
	answerKind      answer = 3
	answerPartition answer = 4
	answerBusy      answer = 5
	answerRemoved   answer = 6
	answerStranger  answer = 7
	answerOtherNode answer = 8
)

// err is what a dialer makes of the answer.
func (a answer) err() error {
	switch a {
	case answerWelcome:
		return nil
	case answerVersion:
		return ErrVersion
	case answerCluster:
		return ErrOtherCluster
	case answerKind:
		return ErrUnknownKind
	case answerPartition:
		return ErrUnknownPartition
	case answerBusy:
		return ErrBusy
	case answerRemoved:
		return ErrRemoved
	case answerStranger:
		return ErrStranger
	case answerOtherNode:
		return ErrOtherNode
	}
	return fmt.Errorf("%w: unknown answer %d", ErrRefused, byte(a))
}
