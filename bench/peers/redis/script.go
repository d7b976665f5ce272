package redis

import (
	"crypto/sha1" //nolint:gosec // Redis names scripts by it
	_ "embed"
	"encoding/hex"
	"strconv"

	"github.com/parterre/parterre/bench/peers"
)

//go:embed lua/chosen.lua
var chosenScript string

//go:embed lua/best.lua
var bestScript string

//go:embed lua/confirm.lua
var confirmScript string

// scripts are loaded at the start and called by their names, so that only the name travels.
var scripts = []string{chosenScript, bestScript, confirmScript}

var chosenName, bestName, confirmName = scriptName(chosenScript), scriptName(bestScript), scriptName(confirmScript)

func scriptName(text string) string {
	sum := sha1.Sum([]byte(text)) //nolint:gosec // Redis names scripts by it
	return hex.EncodeToString(sum[:])
}

const reference = "bench"

// caller writes the commands of one client.
type caller struct {
	hall       peers.Hall
	ttlSeconds int64
	number     []byte
	id         [8]byte
}

// identify makes a party's id: the first and the last byte are never zero (see best.lua).
func (c *caller) identify(number int64) []byte {
	c.id = [8]byte{
		1, byte(number >> 40), byte(number >> 32), byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number), 1,
	}
	return c.id[:]
}

// The keys of an event.
const (
	seatsKey   = "s:"
	holdsKey   = "h:"
	cursorsKey = "c:"
)

// hold appends a party's EVALSHA.
func (c *caller) hold(b []byte, p *peers.Party) []byte {
	if len(p.Seats) > 0 {
		b = c.begin(b, 10, chosenName, 3)
	} else {
		b = c.begin(b, 11, bestName, 3)
	}
	b = c.key(b, seatsKey, p.Event)
	b = c.key(b, holdsKey, p.Event)
	b = c.key(b, cursorsKey, p.Event)
	b = bulk(b, c.identify(p.Number))
	if len(p.Seats) > 0 {
		b = c.integer(b, int64(p.Seats[0]))
		b = c.integer(b, int64(len(p.Seats)))
		return c.integer(b, c.ttlSeconds)
	}
	b = c.integer(b, int64(p.Quantity))
	b = c.integer(b, c.ttlSeconds)
	b = c.integer(b, int64(c.hall.SeatsPerRow))
	return c.integer(b, int64(c.hall.Rows()))
}

// held reads the answer of hold.
func held(p *peers.Party, first int64) {
	p.Outcome = peers.Refused
	if first < 0 {
		return
	}
	p.Outcome, p.Seats = peers.Held, p.Seats[:0]
	for i := range p.Quantity {
		p.Seats = append(p.Seats, int32(first)+int32(i))
	}
}

// confirm appends a party's EVALSHA.
func (c *caller) confirm(b []byte, p *peers.Party) []byte {
	b = c.begin(b, 6, confirmName, 1)
	b = c.key(b, holdsKey, p.Event)
	b = bulk(b, c.identify(p.Number))
	return bulk(b, []byte(reference))
}

// begin opens EVALSHA: how many words in all, the script, how many keys.
func (c *caller) begin(b []byte, words int64, script string, keys int64) []byte {
	b = append(b, '*')
	b = strconv.AppendInt(b, words, 10)
	b = append(b, "\r\n$7\r\nEVALSHA\r\n$40\r\n"...)
	b = append(append(b, script...), "\r\n"...)
	return c.integer(b, keys)
}

func (c *caller) key(b []byte, prefix string, event int) []byte {
	c.number = strconv.AppendInt(append(c.number[:0], prefix...), int64(event), 10)
	return bulk(b, c.number)
}

func (c *caller) integer(b []byte, n int64) []byte {
	c.number = strconv.AppendInt(c.number[:0], n, 10)
	return bulk(b, c.number)
}

// bulk appends one word of a command.
func bulk(b, word []byte) []byte {
	b = append(b, '$')
	b = strconv.AppendInt(b, int64(len(word)), 10)
	b = append(b, "\r\n"...)
	return append(append(b, word...), "\r\n"...)
}
