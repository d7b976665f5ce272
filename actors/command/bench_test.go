package command_test

import (
	"testing"

	"github.com/parterre/parterre/actors/command"
)

func BenchmarkEncode(b *testing.B) {
	hold, confirm, held := sampleHold(), sampleConfirm(), sampleHeld()
	buf := make([]byte, 0, 4096)
	run := func(name string, encode func([]byte) []byte) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				buf = encode(buf[:0])
			}
			b.SetBytes(int64(len(buf)))
		})
	}
	run("hold", func(b []byte) []byte { return command.AppendCommand(b, &hold) })
	run("confirm", func(b []byte) []byte { return command.AppendCommand(b, &confirm) })
	run("result", func(b []byte) []byte { return command.AppendResult(b, &held) })
}

func BenchmarkDecode(b *testing.B) {
	hold, confirm, held := sampleHold(), sampleConfirm(), sampleHeld()
	var d command.Decoder
	var c command.Command
	var r command.Result
	run := func(name string, encoded []byte, decode func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(encoded)))
			for b.Loop() {
				d.Reset(encoded)
				if err := decode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("hold", command.AppendCommand(nil, &hold), func() error { return d.Command(&c) })
	run("confirm", command.AppendCommand(nil, &confirm), func() error { return d.Command(&c) })
	run("result", command.AppendResult(nil, &held), func() error { return d.Result(&r) })
}

func BenchmarkFingerprint(b *testing.B) {
	hold := sampleHold()
	b.ReportAllocs()
	for b.Loop() {
		command.Fingerprint(&hold)
	}
}
