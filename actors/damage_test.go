package actors

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/parterre/parterre/actors/seatmap"
)

// untouched restores b into a partition that has something, and wants a refusal that leaves it as it was.
func untouched(t *testing.T, r *replica, b []byte, want error, about string, detail ...any) {
	t.Helper()
	hash, a := r.Hash(), r.event("a")
	err := r.Restore(bytes.NewReader(b))
	if !errors.Is(err, ErrSnapshot) || want != nil && !errors.Is(err, want) {
		t.Errorf("%s %v: %v, want %v", about, detail, err, want)
	}
	if r.Hash() != hash || r.event("a") != a || r.Halted() != nil {
		t.Fatalf("%s %v: the state was touched", about, detail)
	}
}

func TestADamagedByteIsFound(t *testing.T) {
	snapshot := soldOut(t).snapshot()
	r := newReplica(t)
	r.open(6, "a")
	for i := range snapshot {
		damaged := slices.Clone(snapshot)
		damaged[i] ^= byte(1 << (i % 8))
		untouched(t, r, damaged, nil, "byte", i)
	}
	r.do(hold("a", 1, "A-1"), seatmap.CodeOK)
}

func TestATruncatedSnapshotIsFound(t *testing.T) {
	snapshot := soldOut(t).snapshot()
	r := newReplica(t)
	r.open(6, "a")
	at := len(snapshotMagic) + 2
	cuts := []int{0, 1, at - 1}
	for _, f := range framesOf(t, snapshot) {
		cuts = append(cuts, at, at+1, at+framePrefixBytes, at+framePrefixBytes+len(f.payload)/2, at+framePrefixBytes+len(f.payload))
		at += framePrefixBytes + len(f.payload) + frameSuffixBytes
	}
	cuts = append(cuts, len(snapshot)-1)
	for _, n := range cuts {
		untouched(t, r, snapshot[:n], ErrSnapshotTruncated, "cut at", n)
	}
	failing := io.MultiReader(bytes.NewReader(snapshot[:len(snapshot)/2]), iotest.ErrReader(errPlanted))
	if err := r.Restore(failing); !errors.Is(err, errPlanted) || errors.Is(err, ErrSnapshot) {
		t.Errorf("a reader's fault: %v, want it as it is", err)
	}
}

// Whoever writes right checksums around wrong content is refused by what is wrong.
func TestWrongContentIsNamed(t *testing.T) {
	snapshot := soldOut(t).snapshot()
	kind := func(frames []frame, k byte) int {
		return slices.IndexFunc(frames, func(f frame) bool { return f.kind == k })
	}
	for name, c := range map[string]struct {
		alter func(f []frame) []frame
		want  error
	}{
		"other partition": {func(f []frame) []frame { f[0].payload[0] ^= 1; return f }, ErrSnapshotPartition},
		"other hash":      {func(f []frame) []frame { f[0].payload[20] ^= 1; return f }, ErrSnapshotHash},
		"other log time":  {func(f []frame) []frame { f[0].payload[12] ^= 1; return f }, ErrSnapshotHash},
		"too many events": {func(f []frame) []frame {
			binary.LittleEndian.PutUint32(f[0].payload[36:], MaxEvents+1)
			return f
		}, ErrSnapshotLimit},
		"an event fewer than said": {func(f []frame) []frame { f[0].payload[36]++; return f }, ErrSnapshotKind},
		"an event more than said":  {func(f []frame) []frame { f[0].payload[36]--; return f }, ErrSnapshotKind},
		"a longer header":          {func(f []frame) []frame { f[0].payload = append(f[0].payload, make([]byte, 5)...); return f }, ErrSnapshotLimit},
		"a shorter header":         {func(f []frame) []frame { f[0].payload = f[0].payload[1:]; return f }, ErrSnapshotContent},
		"a room of a later version": {func(f []frame) []frame {
			return slices.Insert(f, len(f)-1, frame{kind: 5, flags: flagLast, payload: []byte("waitroom")})
		}, ErrSnapshotKind},
		"no header":             {func(f []frame) []frame { return f[1:] }, ErrSnapshotKind},
		"unknown flag":          {func(f []frame) []frame { f[1].flags |= 2; return f }, ErrSnapshotContent},
		"record without an end": {func(f []frame) []frame { f[1].flags = 0; return f }, ErrSnapshotContent},
		"frame too large": {func(f []frame) []frame {
			f[1].payload = append(f[1].payload, make([]byte, maxFrameBytes)...)
			return f
		}, ErrSnapshotLimit},
		"empty last frame": {func(f []frame) []frame {
			i := kind(f, frameChart)
			f[i].payload = append(f[i].payload, make([]byte, maxFrameBytes-len(f[i].payload))...)
			f[i].flags = 0
			return slices.Insert(f, i+1, frame{kind: frameChart, flags: flagLast})
		}, ErrSnapshotContent},
		"plans out of order": {func(f []frame) []frame {
			i := kind(f, framePlan)
			f[i], f[i+1] = f[i+1], f[i]
			return f
		}, ErrSnapshotContent},
		"plan of another hash": {func(f []frame) []frame { f[kind(f, framePlan)].payload[0] ^= 1; return f }, ErrSnapshotContent},
		"plan cut":             {func(f []frame) []frame { f[kind(f, framePlan)].payload = f[kind(f, framePlan)].payload[:60]; return f }, ErrSnapshotContent},
		"half a plan's hash":   {func(f []frame) []frame { f[kind(f, framePlan)].payload = f[kind(f, framePlan)].payload[:16]; return f }, ErrSnapshotContent},
		"chart named twice": {func(f []frame) []frame {
			i := kind(f, frameChart)
			f[i+1] = f[i]
			return f
		}, ErrSnapshotContent},
		"chart without its plan": {func(f []frame) []frame { f[kind(f, frameChart)].payload[4+4+32] ^= 1; return f }, ErrSnapshotContent},
		"chart's name too long":  {func(f []frame) []frame { f[kind(f, frameChart)].payload[3] = 1; return f }, ErrSnapshotLimit},
		"chart's other content":  {func(f []frame) []frame { f[kind(f, frameChart)].payload[4+4] ^= 1; return f }, ErrSnapshotHash},
		"events out of order": {func(f []frame) []frame {
			i := kind(f, frameEvent)
			f[i], f[i+1] = f[i+1], f[i]
			return f
		}, ErrSnapshotContent},
		"event without its plan": {func(f []frame) []frame { f[kind(f, frameEvent)].payload[4+1+4+4] ^= 1; return f }, ErrSnapshotContent},
		"event's key missing": {func(f []frame) []frame {
			i := kind(f, frameEvent)
			f[i].payload = append([]byte{0, 0, 0, 0}, f[i].payload[5:]...)
			return f
		}, ErrSnapshotContent},
		"event's other key": {func(f []frame) []frame { f[kind(f, frameEvent)].payload[4] = 'A'; return f }, ErrSnapshotHash},
		"event without a map": {func(f []frame) []frame {
			i := kind(f, frameEvent)
			f[i].payload = f[i].payload[:4+1+4+4+32+16+32+8]
			return f
		}, ErrSnapshotContent},
		"half of an event's fields": {func(f []frame) []frame {
			f[kind(f, frameEvent)].payload = f[kind(f, frameEvent)].payload[:40]
			return f
		}, ErrSnapshotContent},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReplica(t)
			r.open(6, "a")
			untouched(t, r, seal(c.alter(framesOf(t, snapshot))), c.want, name)
		})
	}
	t.Run("a later version", func(t *testing.T) {
		r := newReplica(t)
		r.open(6, "a")
		later := slices.Clone(snapshot)
		later[len(snapshotMagic)]++
		untouched(t, r, later, ErrSnapshotVersion, "version")
		untouched(t, r, []byte("not a snapshot at all"), ErrSnapshotFormat, "format")
		untouched(t, r, append(slices.Clone(snapshot), 0), ErrSnapshotContent, "a byte after the end")
	})
	t.Run("the trailer", func(t *testing.T) {
		r := newReplica(t)
		r.open(6, "a")
		for n, want := range map[int]error{0: ErrSnapshotContent, 8: ErrSnapshotChecksum} {
			frames := framesOf(t, snapshot)
			last := frames[len(frames)-1]
			last.payload[n] ^= 1
			whole := append(seal(frames[:len(frames)-1])[:len(snapshot)-last.size()], last.append(nil)...)
			untouched(t, r, whole, want, "byte", n)
		}
	})
}

// frame is a frame of a snapshot, apart.
type frame struct {
	kind, flags byte
	payload     []byte
}

func (f frame) size() int { return framePrefixBytes + len(f.payload) + frameSuffixBytes }

func (f frame) append(b []byte) []byte {
	start := len(b)
	b = append(b, f.kind, f.flags)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(f.payload)))
	b = append(b, f.payload...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// framesOf takes a snapshot apart; what is no whole frame ends it.
func framesOf(t testing.TB, b []byte) (frames []frame) {
	t.Helper()
	b = slices.Clone(b[min(len(b), len(snapshotMagic)+2):])
	for len(b) >= framePrefixBytes+frameSuffixBytes {
		n := int(binary.LittleEndian.Uint32(b[2:]))
		if n > len(b)-framePrefixBytes-frameSuffixBytes {
			break
		}
		frames = append(frames, frame{b[0], b[1], b[framePrefixBytes : framePrefixBytes+n : framePrefixBytes+n]})
		b = b[framePrefixBytes+n+frameSuffixBytes:]
	}
	return frames
}

// seal puts frames together with right checksums, and a right trailer in place of theirs.
func seal(frames []frame) []byte {
	b := binary.LittleEndian.AppendUint16([]byte(snapshotMagic), snapshotVersion)
	var records uint64
	for _, f := range frames {
		if f.kind == frameTrailer {
			continue
		}
		b = f.append(b)
		if f.flags&flagLast != 0 {
			records++
		}
	}
	digest := sha256.Sum256(b)
	payload := append(binary.LittleEndian.AppendUint64(nil, records), digest[:]...)
	return frame{frameTrailer, flagLast, payload}.append(b)
}

// FuzzRestore feeds anything, as it is and with its checksums made right.
func FuzzRestore(f *testing.F) {
	empty, full := newReplica(f), soldOut(f)
	for _, snapshot := range [][]byte{empty.snapshot(), full.snapshot()} {
		f.Add(snapshot, false)
		f.Add(snapshot, true)
		f.Add(snapshot[:len(snapshot)/2], true)
	}
	f.Fuzz(func(t *testing.T, b []byte, sealed bool) {
		if sealed {
			b = seal(framesOf(t, b))
		}
		takenOrRefused(t, b)
	})
}

// FuzzRestorePatched alters single bytes of a good snapshot and makes its checksums right again, so that the fuzzer reaches
// what stands behind them. A patch is four bytes: frame, place in it (two bytes), and what is flipped there.
func FuzzRestorePatched(f *testing.F) {
	snapshot := soldOut(f).snapshot()
	f.Add([]byte{0, 20, 0, 1})
	f.Add([]byte{1, 5, 0, 1, 3, 4, 0, 2})
	for i := range framesOf(f, snapshot) {
		for _, at := range []byte{4, 30, 60, 90, 120, 150, 180, 210, 240} {
			f.Add([]byte{byte(i), at, 0, 1, byte(i), at, 1, 0x80})
		}
	}
	f.Fuzz(func(t *testing.T, patches []byte) {
		frames := framesOf(t, snapshot)
		for ; len(patches) >= 4; patches = patches[4:] {
			payload := frames[int(patches[0])%len(frames)].payload
			payload[int(binary.LittleEndian.Uint16(patches[1:]))%len(payload)] ^= patches[3]
		}
		takenOrRefused(t, seal(frames))
	})
}

// takenOrRefused wants a refusal in order, or a state that writes the same bytes again.
func takenOrRefused(t *testing.T, b []byte) {
	t.Helper()
	s := newStaged(3, bytes.NewReader(b), Pace{Members: 2})
	if err := s.read(); err != nil {
		if !errors.Is(err, ErrSnapshot) {
			t.Fatalf("%v does not wrap ErrSnapshot", err)
		}
		return
	}
	r := newReplica(t)
	if err := r.Restore(bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(r.snapshot(), b) {
		t.Error("a snapshot that is taken is not the one that is written again")
	}
}
