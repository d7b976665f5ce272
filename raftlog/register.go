package raftlog

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/raft"
)

// MaxRegisterBytes bounds the register's value.
const MaxRegisterBytes = 128 << 10

// Register is a small value that a group keeps beside its state, for the owner of the groups: it is written through the
// log, stands in snapshots, and every replica has it. A write counts only if the register still has the version that the
// writer had seen, so that of two writers who saw the same one wins. Version counts the writes; 0 = never written.
type Register struct {
	Version uint64
	Value   []byte // nobody changes it
}

// Register is the value as this replica has applied it.
func (g *Group) Register() Register { return g.fsm.register.current() }

// RegisterChanged is closed at the register's next change. Take it before Register, so that no change is missed.
func (g *Group) RegisterChanged() <-chan struct{} { return g.fsm.register.next() }

// SetRegister writes the register if it still has that version, and returns once that is committed and applied here.
// Errors: ErrNotLeader, ErrRegisterChanged, ErrTooLarge (nothing was written); ErrOutcomeUnknown or ctx's (nothing is
// known: the register tells).
func (g *Group) SetRegister(ctx context.Context, version uint64, value []byte) error {
	if len(value) > MaxRegisterBytes {
		return ErrTooLarge
	}
	entry := sealRegister(version, value, g.config.ClockMillis())
	return g.wait(ctx, func() error {
		return g.withRaft(func(r *raft.Raft) error {
			if l := g.Lead(); !l.Self || !l.Ready {
				return ErrNotLeader
			}
			f := r.Apply(entry, 0)
			if err := f.Error(); err != nil {
				return registerOutcome(err)
			}
			switch answer := f.Response().(type) {
			case error:
				return answer
			case bool:
				if answer {
					return nil
				}
			}
			return ErrRegisterChanged
		})
	})
}

func registerOutcome(err error) error {
	if errors.Is(err, raft.ErrNotLeader) || errors.Is(err, raft.ErrLeadershipTransferInProgress) {
		return ErrNotLeader
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// neverVersion is a version that no register has: a write that expects it changes nothing.
const neverVersion = math.MaxUint64

func sealRegister(version uint64, value []byte, timeMillis int64) []byte {
	b := make([]byte, entryHeaderBytes, entryHeaderBytes+8+len(value)+entryTrailerBytes)
	b = binary.LittleEndian.AppendUint64(b, version)
	return sealEntry(append(b, value...), kindRegister, timeMillis, 0)
}

// register is the write that the entry asks for.
func (e *entry) register() (Register, error) {
	if len(e.payload) < 8 || len(e.payload) > 8+MaxRegisterBytes || e.count != 0 {
		return Register{}, fmt.Errorf("%w: register of %d bytes", ErrDamagedEntry, len(e.payload))
	}
	return Register{Version: binary.LittleEndian.Uint64(e.payload), Value: e.payload[8:]}, nil
}

// applyRegister answers whether the write counts. Log time stands still: nothing of the state machine is changed.
func (f *fsm) applyRegister(l *raft.Log, e *entry) any {
	write, err := e.register()
	if err != nil {
		return f.refuse(l, err)
	}
	f.machine.NoteApplied(l.Index, f.machine.NowMillis())
	if f.register.current().Version != write.Version {
		return false
	}
	f.register.show(Register{Version: write.Version + 1, Value: bytes.Clone(write.Value)})
	return true
}

// registerBoard shows the register's value to any goroutine. Only the apply goroutine writes.
type registerBoard struct {
	value   atomic.Pointer[Register]
	mu      sync.Mutex // a leaf
	changed chan struct{}
}

func (b *registerBoard) current() Register {
	if r := b.value.Load(); r != nil {
		return *r
	}
	return Register{}
}

func (b *registerBoard) show(r Register) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.value.Store(&r)
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}

func (b *registerBoard) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}

// A register that was ever written stands before the state in a snapshot, little endian:
//
//	magic    [8]byte
//	format   uint16
//	version  uint64
//	length   uint32
//	value    [length]byte
//	checksum uint32  CRC-32C of everything before it
//
// One that never was is left out, so that the snapshot is what it was before there were registers.
const (
	registerMagic       = "PTREGIST"
	registerFormat      = 1
	registerHeaderBytes = len(registerMagic) + 2 + 8 + 4
)

func appendRegister(b []byte, r Register) []byte {
	if r.Version == 0 {
		return b
	}
	from := len(b)
	b = append(b, registerMagic...)
	b = binary.LittleEndian.AppendUint16(b, registerFormat)
	b = binary.LittleEndian.AppendUint64(b, r.Version)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(r.Value)))
	b = append(b, r.Value...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
}

// readRegister reads the register at the beginning of a snapshot, if there is one.
func readRegister(r *bufio.Reader) (Register, error) {
	magic, err := r.Peek(len(registerMagic))
	if err != nil || string(magic) != registerMagic {
		return Register{}, nil // the state itself: its reader says what is wrong, if anything is
	}
	head := make([]byte, registerHeaderBytes)
	if _, err := io.ReadFull(r, head); err != nil {
		return Register{}, fmt.Errorf("raftlog: the snapshot's register is cut: %w", err)
	}
	if f := binary.LittleEndian.Uint16(head[8:]); f != registerFormat {
		return Register{}, fmt.Errorf("%w: the snapshot's register has format %d", ErrUnknownEntry, f)
	}
	length := binary.LittleEndian.Uint32(head[18:])
	if length > MaxRegisterBytes {
		return Register{}, fmt.Errorf("%w: the snapshot's register has %d bytes", ErrDamagedEntry, length)
	}
	rest := make([]byte, length+4)
	if _, err := io.ReadFull(r, rest); err != nil {
		return Register{}, fmt.Errorf("raftlog: the snapshot's register is cut: %w", err)
	}
	sum := crc32.Checksum(slices.Concat(head, rest[:length]), castagnoli)
	if binary.LittleEndian.Uint32(rest[length:]) != sum {
		return Register{}, fmt.Errorf("%w: the checksum of the snapshot's register", ErrDamagedEntry)
	}
	return Register{Version: binary.LittleEndian.Uint64(head[10:]), Value: rest[:length:length]}, nil
}

// restore reads register and state. The register never goes back: a machine that was ahead of a snapshot of its own
// meets its entries again, and those whose version is past count for nothing.
func (f *fsm) restore(from io.Reader) error {
	r := bufio.NewReaderSize(from, snapshotBufferBytes)
	register, err := readRegister(r)
	if err != nil {
		return err
	}
	if err := f.machine.RestoreWith(r, f.pace()); err != nil {
		return err
	}
	if register.Version > f.register.current().Version {
		f.register.show(register)
	}
	return nil
}
