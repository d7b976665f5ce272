package actors

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// soldOut is a replica with two charts, three events and some holds and orders.
func soldOut(t testing.TB) *replica {
	r := newReplica(t)
	chart := r.open(6, "a", "b", "c")
	other := hall(t, 8)
	other.Name = "other"
	r.apply(
		putChart(other), create("d", chart, 50),
		hold("a", 1, "A-1", "A-2"), hold("b", 2, "B-1"), confirm("b", 3, 2), hold("a", 4, "A-3"), release("a", 5, 4),
	)
	return r
}

func TestARestoredPartitionIsTheSame(t *testing.T) {
	r := soldOut(t)
	snapshot := r.snapshot()
	if !bytes.Equal(snapshot, r.snapshot()) {
		t.Fatal("two snapshots of one state differ")
	}
	again := newReplica(t)
	again.open(20, "a", "x")
	again.do(hold("a", 1, "A-9"), seatmap.CodeOK)
	// One byte at a time: what is read must not depend on how it comes.
	if err := again.Restore(iotest.OneByteReader(bytes.NewReader(snapshot))); err != nil {
		t.Fatal(err)
	}
	if again.Hash() != r.Hash() || again.AppliedIndex() != r.AppliedIndex() || again.NowMillis() != r.NowMillis() {
		t.Error("hash, index or log time differ")
	}
	if !bytes.Equal(again.snapshot(), snapshot) {
		t.Error("the restored partition writes another snapshot")
	}
	if _, ok := again.Event("x"); ok {
		t.Error("an event that is not in the snapshot is still there")
	}
	if c, ok := again.Chart("other"); !ok || !again.HasPlan(c.Plan) {
		t.Error("a chart is missing")
	}
	want, got := r.fresh("a"), again.event("a").View()
	if !bytes.Equal(want.AppendStates(nil), got.AppendStates(nil)) || want.Revision() != got.Revision() {
		t.Error("an event looks different")
	}
	if got.AppliedIndex != r.index || got.NowMillis != r.nowMillis {
		t.Errorf("restored view of index %d, %d ms", got.AppliedIndex, got.NowMillis)
	}
	if due, want := again.Due(1<<62, 10), r.Due(1<<62, 10); !slices.Equal(due, want) || len(due) != 1 {
		t.Errorf("due %v, want %v", due, want)
	}
	again.index, again.nowMillis = r.index, r.nowMillis
	for _, c := range []command.Command{hold("a", 1, "A-1", "A-2"), create("c", hall(t, 6), 1_000_002), confirm("a", 60, 1), hold("d", 61, "A-1")} {
		if a, b := r.do(c, seatmap.CodeOK), again.do(c, seatmap.CodeOK); a.Created != b.Created || a.Replayed != b.Replayed || a.Revision != b.Revision {
			t.Errorf("%+v, restored %+v", a, b)
		}
	}
	if again.Hash() != r.Hash() {
		t.Error("the restored partition goes another way")
	}
}

func TestAFrozenStateStaysWhileTheLogGoesOn(t *testing.T) {
	r := soldOut(t)
	want := r.snapshot()
	f, err := r.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	chart, _ := r.Chart("hall")
	r.apply(hold("b", 70, "B-2"), hold("c", 71, "A-1"), release("a", 72, 1), create("z", &command.Chart{Name: "hall", Plan: chart.Plan}, 73), hold("z", 74, "A-1"))
	var got bytes.Buffer
	if err := f.Encode(&got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("what was frozen changed")
	}
	if bytes.Equal(r.snapshot(), want) {
		t.Error("nothing changed at all: the test shows nothing")
	}
}

func TestAFrozenStateIsWrittenBesideApply(t *testing.T) {
	r := soldOut(t)
	want := r.snapshot()
	for n := range uint64(20) {
		f, err := r.Freeze()
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Clone(want)
		if n > 0 {
			want = r.snapshot()
		}
		written := make(chan []byte)
		go func() {
			defer f.Release()
			var b bytes.Buffer
			if err := f.Encode(&b); err != nil {
				t.Error(err)
			}
			written <- b.Bytes()
		}()
		r.apply(hold("c", 100+2*n, "A-1"), release("c", 101+2*n, 100+2*n))
		if !bytes.Equal(<-written, want) {
			t.Fatal("what was frozen changed")
		}
	}
}

func TestReadersGoOnWithTheRestoredEvent(t *testing.T) {
	r := soldOut(t)
	e := r.event("a")
	revision := r.fresh("a").Revision()
	snapshot := r.snapshot()
	behind := newReplica(t)
	behind.open(6, "a", "x")
	stale, gone := behind.event("a"), behind.event("x")
	type found struct {
		v   *View
		err error
	}
	waited, lost := make(chan found), make(chan found)
	go func() {
		v, err := stale.ViewAt(soon(t), revision)
		waited <- found{v, err}
	}()
	go func() {
		v, err := gone.ViewAt(soon(t), revision)
		lost <- found{v, err}
	}()
	if err := behind.Restore(bytes.NewReader(snapshot)); err != nil {
		t.Fatal(err)
	}
	if f := <-waited; f.err != nil || !bytes.Equal(f.v.AppendStates(nil), e.View().AppendStates(nil)) {
		t.Errorf("waited for a view: %v", f.err)
	}
	if f := <-lost; !errors.Is(f.err, ErrGone) {
		t.Errorf("waited for an event that is gone: %v", f.err)
	}
	if v, err := stale.Fresh(context.Background()); err != nil || v.Revision() != revision {
		t.Errorf("Fresh of the event of before: %v", err)
	}
	if _, err := gone.Fresh(context.Background()); !errors.Is(err, ErrGone) {
		t.Errorf("Fresh of an event that is gone: %v", err)
	}
}

func TestALargeRecordIsStreamedInFrames(t *testing.T) {
	r := newReplica(t)
	chart := hall(t, 6)
	chart.Document = make([]byte, 3*maxFrameBytes+17)
	source := rand.NewChaCha8([32]byte{7})
	if _, err := source.Read(chart.Document); err != nil {
		t.Fatal(err)
	}
	exact := hall(t, 8)
	exact.Name = "exact"
	exact.Document = slices.Clone(chart.Document[:2*maxFrameBytes-len((&StoredChart{Name: exact.Name}).appendFields(nil))])
	r.apply(putChart(chart), putChart(exact))
	snapshot := r.snapshot()
	frames := map[byte]int{}
	for _, f := range framesOf(t, snapshot) {
		frames[f.kind]++
		if len(f.payload) > maxFrameBytes {
			t.Errorf("frame of %d bytes", len(f.payload))
		}
	}
	if frames[frameChart] != 4+2 {
		t.Errorf("%d frames for two charts, want 6", frames[frameChart])
	}
	again := newReplica(t)
	if err := again.Restore(bytes.NewReader(snapshot)); err != nil {
		t.Fatal(err)
	}
	if c, _ := again.Chart("hall"); !bytes.Equal(c.Document, chart.Document) {
		t.Error("the drawing differs")
	}
	if !bytes.Equal(again.snapshot(), snapshot) {
		t.Error("the restored partition writes another snapshot")
	}
}

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
		"a longer header":          {func(f []frame) []frame { f[0].payload = append(f[0].payload, 0); return f }, ErrSnapshotLimit},
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

// FuzzRestore feeds anything, as it is and with its checksums made right, so that the fuzzer reaches what stands behind them.
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
		s := staged{number: 3, in: newRecordReader(bytes.NewReader(b)), state: newDirectory()}
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
	})
}
