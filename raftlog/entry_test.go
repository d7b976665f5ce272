package raftlog

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

var update = flag.Bool("update", false, "write the fixtures of this version anew")

func sealCommands(timeMillis int64, commands ...command.Command) []byte {
	b := make([]byte, entryHeaderBytes)
	for i := range commands {
		b = command.AppendCommand(b, &commands[i])
	}
	return sealEntry(b, kindCommands, timeMillis, len(commands))
}

func goldenCommands() []command.Command {
	return []command.Command{
		{Kind: command.KindEvent, Event: "tour-2027:zurich", Request: seatmap.Request{
			Op: seatmap.OpHold, Key: seatmap.Key{1, 2, 3}, Fingerprint: 4, ID: seatmap.ID{5, 6}, Buyer: "b-81",
			Add: seatmap.Selection{Seats: []string{"A-1-1", "A-1-2"}},
		}},
		{Kind: command.KindEvent, Event: "opening", Request: seatmap.Request{Op: seatmap.OpExpire, Limit: 512}},
		{Kind: command.KindRead, Event: "opening"},
	}
}

// The fixtures are entries as version 1 wrote them: later versions must read them for ever.
func TestEntriesOfVersion1AreReadForEver(t *testing.T) {
	const at = 1_800_000_000_123
	for name, sealed := range map[string][]byte{
		"commands":   sealCommands(at, goldenCommands()...),
		"empty":      sealCommands(at),
		"checkpoint": sealCheckpoint(checkpoint{applied: 1023, hash: 0x0123456789abcdef}, at),
	} {
		path := filepath.Join("testdata", "v1-"+name+".hex")
		if *update {
			if err := os.WriteFile(path, []byte(hex.EncodeToString(sealed)+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden := readFixture(t, path)
		if !bytes.Equal(sealed, golden) {
			t.Errorf("%s: this version writes\n%x, version 1 wrote\n%x", name, sealed, golden)
		}
		e, err := decodeEntry(golden)
		if err != nil || e.timeMillis != at {
			t.Fatalf("%s: %+v, %v", name, e, err)
		}
		if name == "checkpoint" {
			if c, err := e.checkpoint(); err != nil || c != (checkpoint{1023, 0x0123456789abcdef}) {
				t.Errorf("checkpoint: %+v, %v", c, err)
			}
		}
		if name == "commands" {
			got, err := e.commands(command.NewDecoder(nil), nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				want := goldenCommands()[i]
				if got[i].Kind != want.Kind || got[i].Event != want.Event || got[i].Request.Op != want.Request.Op ||
					got[i].Request.Key != want.Request.Key || !cmp.Equal(got[i].Request.Add.Seats, want.Request.Add.Seats) &&
					len(got[i].Request.Add.Seats)+len(want.Request.Add.Seats) > 0 {
					t.Errorf("command %d: %+v", i, got[i])
				}
			}
		}
	}
}

func readFixture(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// resum gives altered bytes a right checksum.
func resum(b []byte) []byte {
	body := b[:len(b)-entryTrailerBytes]
	sum := crc32.Checksum(body, castagnoli)
	return append(bytes.Clone(body), byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24))
}

func TestAnEntryOfAnotherVersionOrKindIsUnknownNotDamaged(t *testing.T) {
	version := sealCommands(1, goldenCommands()...)
	version[0] = 2
	if _, err := decodeEntry(version); !errors.Is(err, ErrUnknownEntry) {
		t.Errorf("version 2: %v", err)
	}
	kind := sealCommands(1, goldenCommands()...)
	kind[1] = 9
	if _, err := decodeEntry(resum(kind)); !errors.Is(err, ErrUnknownEntry) {
		t.Errorf("kind 9: %v", err)
	}
}

func TestEveryFlippedBitAndEveryTruncationIsFound(t *testing.T) {
	whole := sealCommands(7, goldenCommands()...)
	for bit := range len(whole) * 8 {
		b := bytes.Clone(whole)
		b[bit/8] ^= 1 << (bit % 8)
		if _, err := decodeEntry(b); err == nil {
			t.Fatalf("bit %d flipped: not noticed", bit)
		}
	}
	for n := range whole {
		if _, err := decodeEntry(whole[:n]); err == nil {
			t.Fatalf("%d of %d bytes: not noticed", n, len(whole))
		}
	}
}

func TestACountThatIsNotTheCommandsIsDamage(t *testing.T) {
	for _, count := range []byte{2, 4} {
		b := sealCommands(7, goldenCommands()...)
		b[10] = count
		e, err := decodeEntry(resum(b))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.commands(command.NewDecoder(nil), nil); !errors.Is(err, ErrDamagedEntry) {
			t.Errorf("count %d of 3: %v", count, err)
		}
	}
	b := sealCommands(7)
	b[12] = 0xff // 16 million commands
	if _, err := decodeEntry(resum(b)); !errors.Is(err, ErrDamagedEntry) {
		t.Errorf("count beyond the limit: %v", err)
	}
}

func FuzzDecodeEntry(f *testing.F) {
	f.Add(sealCommands(1, goldenCommands()...))
	f.Add(sealCommands(1))
	f.Add(sealCheckpoint(checkpoint{1, 2}, 3))
	f.Add([]byte{entryVersion, 9, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		// Without a right checksum the fuzzer would never get past it.
		for _, frame := range [][]byte{b, resum(append(bytes.Clone(b), 0, 0, 0, 0))} {
			e, err := decodeEntry(frame)
			if err != nil {
				if !errors.Is(err, ErrDamagedEntry) && !errors.Is(err, ErrUnknownEntry) {
					t.Fatalf("unnamed error: %v", err)
				}
				continue
			}
			if e.kind == kindCheckpoint {
				if c, err := e.checkpoint(); err == nil && !bytes.Equal(sealCheckpoint(c, e.timeMillis), frame) {
					t.Fatal("a checkpoint does not encode to itself")
				}
				continue
			}
			commands, err := e.commands(command.NewDecoder(nil), nil)
			if err != nil {
				continue
			}
			again, err := decodeEntry(sealCommands(e.timeMillis, commands...))
			if err != nil || again.count != e.count {
				t.Fatalf("what was read cannot be written: %v", err)
			}
			if _, err := again.commands(command.NewDecoder(nil), nil); err != nil {
				t.Fatalf("what was written cannot be read: %v", err)
			}
		}
	})
}
