package cluster

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parterre/parterre/raftlog"
)

// Whoever connects to the peer port may say anything: nothing panics, and what is read can be said.
func FuzzHello(f *testing.F) {
	var b bytes.Buffer
	if err := writeHello(&b, hello{Format: helloFormat, Node: "n1", Cluster: "ab12cd34", Partitions: 3, Stage: stageFormed}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:7])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, '{', '}'})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := readHello(bytes.NewReader(b))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := writeHello(&again, h); err != nil {
			t.Fatal(err)
		}
		if got, err := readHello(&again); err != nil || got != h {
			t.Errorf("%+v was read again as %+v, %v", h, got, err)
		}
	})
}

// FuzzMessage is what nodes tell each other over a link twice a second.
func FuzzMessage(f *testing.F) {
	for _, v := range []any{
		message{Report: &report{Node: "n1", HTTP: "http://n1:8080", Version: "v1", ClockMillis: 1, Ready: true, Partitions: []partitionReport{{Applied: 7, Hash: 1 << 63}}}},
		message{Transfer: &transferOrder{Partition: 2, To: "n2"}},
		reply{Error: "no", Removed: true},
	} {
		b, err := encodeMessage(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m message
		var r reply
		if decodeMessage(b, &m) == nil {
			again, err := encodeMessage(&m)
			if err != nil {
				return // longer with everything escaped
			}
			var got message
			if err := decodeMessage(again, &got); err != nil || cmp.Diff(m, got) != "" {
				t.Errorf("%+v was read again as %+v, %v", m, got, err)
			}
			_ = m.Report.valid("n1", 3)
		}
		_ = decodeMessage(b, &r)
	})
}

// FuzzDirectory is who is a member, as the log has it.
func FuzzDirectory(f *testing.F) {
	d := foundingDirectory([]raftlog.Member{{Node: "n1", Peer: "127.0.0.1:1"}, {Node: "n2", Peer: "127.0.0.1:2"}})
	value, err := d.value()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(value)
	f.Add([]byte(`{"format":2}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := directoryOf(raftlog.Register{Version: 3, Value: b})
		if err != nil {
			return
		}
		_ = d.check()
		_ = d.peerOf("n1")
		again, err := d.value()
		if err != nil {
			t.Fatal(err)
		}
		got, err := directoryOf(raftlog.Register{Version: 3, Value: again})
		if err != nil || len(got.Members) != len(d.Members) || len(got.Removed) != len(d.Removed) {
			t.Errorf("%+v was read again as %+v, %v", d, got, err)
		}
	})
}

// FuzzNodeFile is the file that says whose a folder is.
func FuzzNodeFile(f *testing.F) {
	f.Add(fixture(f, "node-founder.json", nil))
	f.Add(fixture(f, "node-joined.json", nil))
	f.Add([]byte(`{"format":1,"members":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, metaFile), b, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := readMeta(dir)
		if err != nil {
			return
		}
		if err := m.write(dir); err != nil {
			t.Fatal(err)
		}
		if again, err := readMeta(dir); err != nil || cmp.Diff(m, again) != "" {
			t.Errorf("%+v was read again as %+v, %v", m, again, err)
		}
	})
}
