package pack_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
	"pgregory.net/rapid"

	"github.com/parterre/parterre/actors/command/pack"
)

func TestWritersTakeTheShortestForm(t *testing.T) {
	for _, test := range []struct {
		name string
		got  []byte
		want string
	}{
		{"nil", pack.AppendNil(nil), "c0"},
		{"false", pack.AppendBool(nil, false), "c2"},
		{"true", pack.AppendBool(nil, true), "c3"},
		{"0", pack.AppendUint(nil, 0), "00"},
		{"127", pack.AppendUint(nil, 127), "7f"},
		{"128", pack.AppendUint(nil, 128), "cc80"},
		{"256", pack.AppendUint(nil, 256), "cd0100"},
		{"65536", pack.AppendUint(nil, 1<<16), "ce00010000"},
		{"2^32", pack.AppendUint(nil, 1<<32), "cf0000000100000000"},
		{"-1", pack.AppendInt(nil, -1), "ff"},
		{"-32", pack.AppendInt(nil, -32), "e0"},
		{"-33", pack.AppendInt(nil, -33), "d0df"},
		{"-129", pack.AppendInt(nil, -129), "d1ff7f"},
		{"-32769", pack.AppendInt(nil, -32769), "d2ffff7fff"},
		{"-2^31-1", pack.AppendInt(nil, -1<<31-1), "d3ffffffff7fffffff"},
		{"positive int", pack.AppendInt(nil, 200), "ccc8"},
		{"text", pack.AppendString(nil, "A-1"), "a3412d31"},
		{"bin", pack.AppendBytes(nil, []byte{1, 2}), "c4020102"},
		{"array", pack.AppendArray(nil, 15), "9f"},
		{"array16", pack.AppendArray(nil, 16), "dc0010"},
		{"array32", pack.AppendArray(nil, 1<<16), "dd00010000"},
	} {
		if got := hex.EncodeToString(test.got); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestReaderReadsWhatWritersWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, i := rapid.Uint64().Draw(t, "u"), rapid.Int64().Draw(t, "i")
		text := strings.Repeat("é", rapid.SampledFrom([]int{0, 1, 15, 16, 127, 128, 32_767, 32_768}).Draw(t, "length"))
		b := pack.AppendArray(nil, 6)
		b = pack.AppendUint(b, u)
		b = pack.AppendInt(b, i)
		b = pack.AppendString(b, text)
		b = pack.AppendBytes(b, []byte(text))
		b = pack.AppendBool(b, i > 0)
		b = pack.AppendNil(b)
		r := pack.NewReader(b)
		if n := r.Array(6); n != 6 {
			t.Fatalf("array of %d", n)
		}
		if got := r.Uint(math.MaxUint64); got != u {
			t.Fatalf("uint %d, want %d", got, u)
		}
		if got := r.Int(math.MinInt64, math.MaxInt64); got != i {
			t.Fatalf("int %d, want %d", got, i)
		}
		if r.String(1<<20) != text || string(r.Bytes(1<<20)) != text || r.Bool() != (i > 0) || !r.Nil() {
			t.Fatal("another value came back")
		}
		if r.Err() != nil || r.Remaining() != 0 || r.Offset() != len(b) {
			t.Fatalf("error %v, %d bytes left", r.Err(), r.Remaining())
		}
	})
}

func TestMsgpackLibraryReadsWhatWritersWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, i := rapid.Uint64().Draw(t, "u"), rapid.Int64().Draw(t, "i")
		text, data := rapid.String().Draw(t, "text"), rapid.SliceOf(rapid.Byte()).Draw(t, "data")
		b := pack.AppendBytes(pack.AppendString(pack.AppendInt(pack.AppendUint(nil, u), i), text), data)
		dec := msgpack.NewDecoder(bytes.NewReader(b))
		gotU, errU := dec.DecodeUint64()
		gotI, errI := dec.DecodeInt64()
		gotText, errText := dec.DecodeString()
		gotData, errData := dec.DecodeBytes()
		if err := errors.Join(errU, errI, errText, errData); err != nil {
			t.Fatal(err)
		}
		if gotU != u || gotI != i || gotText != text || !bytes.Equal(gotData, data) {
			t.Fatal("another value came back")
		}
	})
}

func TestReaderReadsEveryFormTheMsgpackLibraryWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.Int8Range(0, math.MaxInt8).Draw(t, "i")
		var buf bytes.Buffer
		enc := msgpack.NewEncoder(&buf)
		err := errors.Join(enc.EncodeInt8(i), enc.EncodeInt16(int16(i)), enc.EncodeInt32(int32(i)), enc.EncodeInt64(int64(i)),
			enc.EncodeUint8(uint8(i)), enc.EncodeUint16(uint16(i)), enc.EncodeUint32(uint32(i)), enc.EncodeUint64(uint64(i)),
			enc.EncodeInt(int64(i)))
		if err != nil {
			t.Fatal(err)
		}
		signed, unsigned := pack.NewReader(buf.Bytes()), pack.NewReader(buf.Bytes())
		for range 9 {
			if got := signed.Int(math.MinInt8, math.MaxInt8); got != int64(i) {
				t.Fatalf("int %d, want %d: %v", got, i, signed.Err())
			}
			if got := unsigned.Uint(math.MaxInt8); got != uint64(i) {
				t.Fatalf("uint %d, want %d: %v", got, i, unsigned.Err())
			}
		}
	})
}

func TestReaderRefuses(t *testing.T) {
	text := func(r *pack.Reader) { r.String(4) }
	uint8s := func(r *pack.Reader) { r.Uint(255) }
	ints := func(r *pack.Reader) { r.Int(-10, 10) }
	for _, test := range []struct {
		name, bytes string
		read        func(*pack.Reader)
		want        error
	}{
		{"nothing", "", uint8s, pack.ErrTruncated},
		{"a number cut off", "cf00", uint8s, pack.ErrTruncated},
		{"a text cut off", "a34142", text, pack.ErrTruncated},
		{"a text's length cut off", "da00", text, pack.ErrTruncated},
		{"a text above the limit", "a54142434445", text, pack.ErrTooLong},
		{"a text that claims 4 GiB", "dbffffffff", text, pack.ErrTooLong},
		{"binary data for a text", "c40141", text, pack.ErrForm},
		{"a text for binary data", "a141", func(r *pack.Reader) { r.Bytes(8) }, pack.ErrForm},
		{"an array that claims more than there is", "dd00ffffff00", func(r *pack.Reader) { r.Array(math.MaxInt) }, pack.ErrTruncated},
		{"an array above the limit", "93010203", func(r *pack.Reader) { r.Array(2) }, pack.ErrTooLong},
		{"a map", "80", func(r *pack.Reader) { r.Array(2) }, pack.ErrForm},
		{"a float", "ca00000000", ints, pack.ErrForm},
		{"a number above the limit", "cd0100", uint8s, pack.ErrRange},
		{"a number below zero", "ff", uint8s, pack.ErrRange},
		{"a number below the least", "f0", ints, pack.ErrRange},
		{"a number above every int64", "cfffffffffffffffff", func(r *pack.Reader) { r.Int(math.MinInt64, math.MaxInt64) }, pack.ErrRange},
		{"fixed data too short", "c40141", func(r *pack.Reader) { r.Fixed(make([]byte, 2)) }, pack.ErrRange},
		{"fixed data too long", "c403414243", func(r *pack.Reader) { r.Fixed(make([]byte, 2)) }, pack.ErrTooLong},
		{"a number for a boolean", "01", func(r *pack.Reader) { r.Bool() }, pack.ErrForm},
	} {
		b, err := hex.DecodeString(test.bytes)
		if err != nil {
			t.Fatal(err)
		}
		r := pack.NewReader(b)
		test.read(r)
		if !errors.Is(r.Err(), test.want) {
			t.Errorf("%s: %v, want %v", test.name, r.Err(), test.want)
		}
	}
}

func TestReaderKeepsItsFirstError(t *testing.T) {
	r := pack.NewReader([]byte{0xa1, 'x', 1})
	r.Uint(10)
	first := r.Err()
	r.String(10)
	if r.Uint(10) != 0 || r.Array(10) != 0 || r.String(10) != "" || r.Bytes(10) != nil || r.Bool() || r.Nil() {
		t.Error("a value after an error")
	}
	if r.Err() != first || !errors.Is(first, pack.ErrForm) {
		t.Errorf("%v, want %v", r.Err(), first)
	}
	r.Reset([]byte{7})
	if r.Uint(10) != 7 || r.Err() != nil {
		t.Error("reset keeps the error")
	}
	if !errors.Is(pack.ErrTruncated, io.ErrUnexpectedEOF) {
		t.Error("a truncated buffer is an unexpected EOF")
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte{0x92, 0xa1, 'A', 0xcd, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func(*pack.Reader){
			func(r *pack.Reader) { r.Array(math.MaxInt) }, func(r *pack.Reader) { r.String(math.MaxInt) },
			func(r *pack.Reader) { r.Bytes(math.MaxInt) }, func(r *pack.Reader) { r.Uint(math.MaxUint64) },
			func(r *pack.Reader) { r.Int(math.MinInt64, math.MaxInt64) }, func(r *pack.Reader) { r.Bool() },
		} {
			r := pack.NewReader(b)
			for r.Err() == nil && r.Remaining() > 0 {
				before := r.Offset()
				read(r)
				if r.Err() == nil && r.Offset() <= before {
					t.Fatal("a value without bytes")
				}
			}
		}
	})
}
