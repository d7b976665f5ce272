package command_test

import (
	"bytes"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
	"pgregory.net/rapid"

	"github.com/parterre/parterre/actors/command"
)

func TestCommandComesBackExactly(t *testing.T) {
	dirty := command.Command{} // decoded into again and again: nothing of an earlier command may shine through
	rapid.Check(t, func(t *rapid.T) {
		c := anyCommand().Draw(t, "command")
		if err := c.Validate(); err != nil {
			t.Fatalf("validate: %v", err)
		}
		b := command.AppendCommand(nil, &c)
		d := command.NewDecoder(b)
		if err := d.Command(&dirty); err != nil {
			t.Fatal(err)
		}
		if diff := same(c, dirty); diff != "" {
			t.Fatal(diff)
		}
		if d.Remaining() != 0 {
			t.Fatalf("%d bytes left", d.Remaining())
		}
		if again := command.AppendCommand(nil, &dirty); !bytes.Equal(b, again) {
			t.Fatalf("encoded again: %x, want %x", again, b)
		}
	})
}

func TestResultComesBackExactly(t *testing.T) {
	dirty := command.Result{}
	rapid.Check(t, func(t *rapid.T) {
		r := anyResult().Draw(t, "result")
		b := command.AppendResult(nil, &r)
		d := command.NewDecoder(b)
		if err := d.Result(&dirty); err != nil {
			t.Fatal(err)
		}
		if diff := same(r, dirty); diff != "" {
			t.Fatal(diff)
		}
		if d.Remaining() != 0 {
			t.Fatalf("%d bytes left", d.Remaining())
		}
		if again := command.AppendResult(nil, &dirty); !bytes.Equal(b, again) {
			t.Fatalf("encoded again: %x, want %x", again, b)
		}
	})
}

func TestSeveralCommandsStandOneBehindAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(anyCommand(), 0, 4).Draw(t, "commands")
		var b []byte
		for i := range want {
			b = command.AppendCommand(b, &want[i])
		}
		d := command.NewDecoder(b)
		for i := range want {
			var got command.Command
			if err := d.Command(&got); err != nil {
				t.Fatal(err)
			}
			if diff := same(want[i], got); diff != "" {
				t.Fatal(diff)
			}
		}
		if d.Remaining() != 0 {
			t.Fatalf("%d bytes left", d.Remaining())
		}
	})
}

// rewrite has the msgpack library read b and write what it read: wider integers, same values.
func rewrite(t *rapid.T, b []byte) []byte {
	value, err := msgpack.NewDecoder(bytes.NewReader(b)).DecodeInterface()
	if err != nil {
		t.Fatalf("the msgpack library cannot read it: %v", err)
	}
	b, err = msgpack.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMsgpackLibraryAndDecoderReadEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, r := anyCommand().Draw(t, "command"), anyResult().Draw(t, "result")
		var gotC command.Command
		if err := command.NewDecoder(rewrite(t, command.AppendCommand(nil, &c))).Command(&gotC); err != nil {
			t.Fatal(err)
		}
		var gotR command.Result
		if err := command.NewDecoder(rewrite(t, command.AppendResult(nil, &r))).Result(&gotR); err != nil {
			t.Fatal(err)
		}
		if diff := same(c, gotC) + same(r, gotR); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCommandsAndResultsStandInOtherMsgpackStreams(t *testing.T) {
	type frame struct {
		Name    string
		Command *command.Command
		Results []*command.Result
	}
	rapid.Check(t, func(t *rapid.T) {
		c, r := anyCommand().Draw(t, "command"), anyResult().Draw(t, "result")
		want := frame{Name: "f", Command: &c, Results: []*command.Result{&r, &r}}
		b, err := msgpack.Marshal(&want)
		if err != nil {
			t.Fatal(err)
		}
		var got frame
		if err := msgpack.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if diff := same(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestBadMsgpackStreamsAreRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"nested without end": bytes.Repeat([]byte{0x91}, 1<<20),
		"a long claim":       {0xdd, 0xff, 0xff, 0xff, 0xff, 0x01},
		"a map":              {0x81, 0x01, 0x01},
		"cut":                {0x93, 0x01},
		"another version":    {0x93, 0x02, 0x05, 0xa0},
	} {
		if err := msgpack.Unmarshal(b, &command.Command{}); err == nil {
			t.Errorf("%s: a command", name)
		}
		if err := msgpack.Unmarshal(b, &command.Result{}); err == nil {
			t.Errorf("%s: a result", name)
		}
	}
}
