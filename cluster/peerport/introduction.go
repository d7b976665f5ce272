package peerport

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Introduction follows a header that announces one: who dials, whom it wants to reach, and how much it knows of who is a
// member. Addresses are used again by other nodes, names never are.
//
//	offset  bytes   field
//	0       8       version of the dialer's member directory, big endian
//	8       1       length of the dialer's name
//	9       0-255   the dialer's name
//	        1       length of the acceptor's name
//	        0-255   the acceptor's name; empty = whoever listens there
type Introduction struct {
	From, To  string
	Directory uint64
}

// Door is what a port asks about names. Its methods are called by many goroutines and never block.
type Door interface {
	// Introduce is this node's name and the version of the member directory that it knows.
	Introduce() (node string, directory uint64)
	// Admit is nil if a node of that name may open a connection of that kind, else ErrRemoved or ErrStranger. from is
	// empty if the dialer did not introduce itself, as versions did not before there was a directory.
	Admit(k Kind, from string, directory uint64) error
}

const maxNameBytes = 255

// AppendIntroduction appends i to b. Names are cut at 255 bytes.
func AppendIntroduction(b []byte, i Introduction) []byte {
	b = binary.BigEndian.AppendUint64(b, i.Directory)
	for _, name := range []string{i.From, i.To} {
		name = name[:min(len(name), maxNameBytes)]
		b = append(append(b, byte(len(name))), name...)
	}
	return b
}

// ReadIntroduction reads exactly one introduction.
func ReadIntroduction(r io.Reader) (i Introduction, err error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return i, err
	}
	i.Directory = binary.BigEndian.Uint64(head[:])
	for _, name := range []*string{&i.From, &i.To} {
		var length [1]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return i, err
		}
		b := make([]byte, length[0])
		if _, err := io.ReadFull(r, b); err != nil {
			return i, err
		}
		*name = string(b)
	}
	return i, nil
}

// acquaint reads c's introduction, if there is one, and asks the door. The answer says why c may not come in.
func (p *Port) acquaint(c *conn, h Header) (answer, error) {
	var i Introduction
	if h.Introduced {
		var err error
		if i, err = ReadIntroduction(c.Conn); err != nil {
			return answerVersion, fmt.Errorf("%w: %w", errShort, err)
		}
	}
	door := p.options.Door
	if door == nil {
		return answerWelcome, nil
	}
	if own, _ := door.Introduce(); i.To != "" && i.To != own {
		return answerOtherNode, fmt.Errorf("%w: %q wants to reach %q, and this is %q", ErrOtherNode, i.From, i.To, own)
	}
	switch err := door.Admit(h.Kind, i.From, i.Directory); {
	case errors.Is(err, ErrRemoved):
		return answerRemoved, fmt.Errorf("%w: %q", err, i.From)
	case err != nil:
		return answerStranger, fmt.Errorf("%w: %q", err, i.From)
	}
	p.mu.Lock()
	c.from = i.From
	p.mu.Unlock()
	return answerWelcome, nil
}
