package httpapi

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPlainLengthEndsAtTheFirstOddByte(t *testing.T) {
	for _, odd := range []byte{0, 0x1f, '"', '\\', 0x7f, 0x80, 0xa2, 0xdc, 0xff} {
		for at := range 20 {
			text := strings.Repeat("~", at) + string([]byte{odd}) + strings.Repeat(" ", 9)
			if got := plainLength(text); got != at {
				t.Errorf("%x at %d: %d", odd, at, got)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "text")
		want := 0
		for want < len(b) && b[want] >= ' ' && b[want] < 0x7f && b[want] != '"' && b[want] != '\\' {
			want++
		}
		if got := plainLength(string(b)); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
	})
}
