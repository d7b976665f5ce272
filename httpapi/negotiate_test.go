package httpapi

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnswersAreInTheFormatThatIsAccepted(t *testing.T) {
	for accept, want := range map[string]string{
		"": "json", "*/*": "json", "application/json": "json", "application/msgpack": "msgpack",
		"application/msgpack, */*;q=0.1": "msgpack", "application/json;q=0.5, application/msgpack;q=0.9": "msgpack",
		"application/msgpack;q=0.5, application/json": "json", "application/*": "json", "text/html, */*;q=0.8": "json",
		"text/html": "none", "application/json;q=0": "none", "application/msgpack;q=0, */*": "json",
		"Application/MsgPack": "msgpack", "application/json;q=nonsense": "none",
	} {
		r := &http.Request{Header: http.Header{}}
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		msgpack, ok := answersMsgpack(r)
		got := "json"
		if !ok {
			got = "none"
		} else if msgpack {
			got = "msgpack"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", accept, got, want)
		}
	}
}

func TestBodiesAreReadByTheirMediaType(t *testing.T) {
	for given, want := range map[string]string{
		"": "json", "application/json": "json", "application/json; charset=UTF-8": "json", "application/msgpack": "msgpack",
		"application/msgpack; v=5": "msgpack", "text/plain": "none", "application/x-www-form-urlencoded": "none",
		"application/json; charset=latin1": "none", "garbage/;": "none",
	} {
		r := &http.Request{Header: http.Header{}}
		if given != "" {
			r.Header.Set("Content-Type", given)
		}
		msgpack, err := bodyIsMsgpack(r)
		got := "json"
		if err != nil {
			got = "none"
		} else if msgpack {
			got = "msgpack"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", given, got, want)
		}
	}
	zipped := &http.Request{Header: http.Header{"Content-Encoding": {"gzip"}}}
	if _, err := bodyIsMsgpack(zipped); err == nil {
		t.Error("a compressed body was taken")
	}
}

func TestETagsAreComparedAsRFC9110Says(t *testing.T) {
	for given, want := range map[string]bool{
		`"a"`: true, `W/"a"`: true, `"b", "a"`: true, `*`: true, `"b"`: false, `a`: false, ``: false,
	} {
		r := &http.Request{Header: http.Header{"If-None-Match": {given}}}
		if got := matchesETag(r, `"a"`); got != want {
			t.Errorf("%q: %v", given, got)
		}
	}
}

func TestGzipIsSentOnlyWhereItIsRead(t *testing.T) {
	for given, want := range map[string]bool{
		"gzip": true, "br, gzip;q=0.5": true, "*": true, "gzip;q=0": false, "": false, "br": false, "identity": false,
	} {
		r := &http.Request{Header: http.Header{"Accept-Encoding": {given}}}
		if got := acceptsGzip(r); got != want {
			t.Errorf("%q: %v", given, got)
		}
	}
}

func TestNamesAreHeldToTheirAlphabet(t *testing.T) {
	for key, good := range map[string]bool{
		"opening": true, "tour-2027:zurich": true, "A.b_c-9": true, strings.Repeat("x", 128): true,
		"": false, strings.Repeat("x", 129): false, "a:b:c": false, ":a": false, "a:": false, ":": false,
		"a b": false, "a\x00b": false, "a\nb": false, "zürich": false, "a/b": false, "a%b": false,
	} {
		if got := eventKeyReason(key) == ""; got != good {
			t.Errorf("event %q: taken %v", key, got)
		}
		if good := good && !strings.Contains(key, ":"); (chartNameReason(key) == "") != good {
			t.Errorf("chart %q: taken %v", key, !good)
		}
	}
}

func TestIdempotencyKeysArePrintableASCII(t *testing.T) {
	for key, good := range map[string]bool{
		"a": true, strings.Repeat("k", 64): true, "with space ~!": true,
		"": false, strings.Repeat("k", 65): false, "tab\t": false, "nul\x00": false, "ü": false, "del\x7f": false,
	} {
		if got := keyReason(key) == ""; got != good {
			t.Errorf("%q: taken %v", key, got)
		}
	}
	if digest("a") == digest("b") {
		t.Error("digests do not tell keys apart")
	}
	// The first 16 bytes of SHA-256 are a promise to callers who are told a key by one version and use it with another.
	if got := digest("a").String(); got != "ca978112ca1bbdcafac231b39a23dc4d" {
		t.Errorf("digest %s", got)
	}
	if a, b := madeKey(), madeKey(); a == b || keyReason(a) != "" {
		t.Errorf("made keys %q and %q", a, b)
	}
}
