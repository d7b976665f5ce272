package raftlog

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/parterre/parterre/actors/command"
)

// Limits of an entry. Beyond a quarter of a mebibyte a larger entry makes fsync and heartbeats slower than it saves.
const (
	MaxEntryCommands = 1_024
	MaxEntryBytes    = 256 << 10
	// MaxLoneCommandBytes bounds a single command that is larger than MaxEntryBytes (a chart): it gets an entry of its own.
	MaxLoneCommandBytes = 34 << 20
)

// entryVersion is the layout below. A reader refuses any other: see ErrUnknownEntry.
const entryVersion = 1

// entryKind is what an entry is about. Numbers stand in logs: never renumber, only append.
type entryKind uint8

const (
	kindCommands   entryKind = 1 // count commands, in order
	kindCheckpoint entryKind = 2 // applied index and state hash of just before
	kindRegister   entryKind = 3 // a conditional write of the register: see Register
)

// Layout of version 1, little endian:
//
//	0  version   uint8
//	1  kind      uint8
//	2  time      int64   the leader's clock, Unix ms
//	10 count     uint32  commands in the payload
//	14 payload           commands (package command), or applied index uint64 and hash uint64, or the register's version
//	                     before the write uint64 and its new value
//	   checksum  uint32  CRC-32C of everything before it
const (
	entryHeaderBytes  = 14
	entryTrailerBytes = 4
	checkpointBytes   = 16
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// entry is a decoded frame; payload aliases the log's bytes.
type entry struct {
	kind       entryKind
	timeMillis int64
	count      int
	payload    []byte
}

// checkpoint is what a leader says about the state that its log had made of the partition.
type checkpoint struct {
	applied uint64 // index of the newest entry that was applied
	hash    uint64
}

// sealEntry writes header and checksum around the payload that begins at entryHeaderBytes.
func sealEntry(b []byte, kind entryKind, timeMillis int64, count int) []byte {
	b[0], b[1] = entryVersion, byte(kind)
	binary.LittleEndian.PutUint64(b[2:], uint64(timeMillis))
	binary.LittleEndian.PutUint32(b[10:], uint32(count))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func sealCheckpoint(c checkpoint, timeMillis int64) []byte {
	b := make([]byte, entryHeaderBytes, entryHeaderBytes+checkpointBytes+entryTrailerBytes)
	b = binary.LittleEndian.AppendUint64(b, c.applied)
	b = binary.LittleEndian.AppendUint64(b, c.hash)
	return sealEntry(b, kindCheckpoint, timeMillis, 0)
}

// decodeEntry checks the frame. Another version may be laid out in another way, so the version is judged before the
// checksum, and the kind after it.
func decodeEntry(b []byte) (entry, error) {
	if len(b) == 0 {
		return entry{}, fmt.Errorf("%w: empty", ErrDamagedEntry)
	}
	if b[0] != entryVersion {
		return entry{}, fmt.Errorf("%w: version %d", ErrUnknownEntry, b[0])
	}
	if len(b) < entryHeaderBytes+entryTrailerBytes {
		return entry{}, fmt.Errorf("%w: %d bytes", ErrDamagedEntry, len(b))
	}
	body, sum := b[:len(b)-entryTrailerBytes], binary.LittleEndian.Uint32(b[len(b)-entryTrailerBytes:])
	if got := crc32.Checksum(body, castagnoli); got != sum {
		return entry{}, fmt.Errorf("%w: checksum %08x, want %08x", ErrDamagedEntry, got, sum)
	}
	count := binary.LittleEndian.Uint32(body[10:])
	if count > MaxEntryCommands {
		return entry{}, fmt.Errorf("%w: %d commands", ErrDamagedEntry, count)
	}
	e := entry{
		kind:       entryKind(body[1]),
		timeMillis: int64(binary.LittleEndian.Uint64(body[2:])),
		count:      int(count),
		payload:    body[entryHeaderBytes:],
	}
	if e.kind != kindCommands && e.kind != kindCheckpoint && e.kind != kindRegister {
		return entry{}, fmt.Errorf("%w: kind %d", ErrUnknownEntry, e.kind)
	}
	return e, nil
}

// commands decodes the payload into buffer, whose elements are used again; the strings alias the log's bytes.
func (e *entry) commands(d *command.Decoder, buffer []command.Command) ([]command.Command, error) {
	if cap(buffer) < e.count {
		grown := make([]command.Command, e.count, max(e.count, min(2*cap(buffer), MaxEntryCommands)))
		copy(grown, buffer[:cap(buffer)])
		buffer = grown
	}
	buffer = buffer[:e.count]
	d.Reset(e.payload)
	for i := range buffer {
		if err := d.Command(&buffer[i]); err != nil {
			return nil, fmt.Errorf("%w: command %d: %w", ErrDamagedEntry, i, err)
		}
	}
	if n := d.Remaining(); n != 0 {
		return nil, fmt.Errorf("%w: %d bytes after the last command", ErrDamagedEntry, n)
	}
	return buffer, nil
}

func (e *entry) checkpoint() (checkpoint, error) {
	if len(e.payload) != checkpointBytes || e.count != 0 {
		return checkpoint{}, fmt.Errorf("%w: checkpoint of %d bytes", ErrDamagedEntry, len(e.payload))
	}
	return checkpoint{
		applied: binary.LittleEndian.Uint64(e.payload),
		hash:    binary.LittleEndian.Uint64(e.payload[8:]),
	}, nil
}
