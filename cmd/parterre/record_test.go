package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/httpapi/client"
)

// recorded is the text of `bench trace show` for the files of a node, of which there must be one.
func recorded(t *testing.T, dir, node string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*-"+node+".trace"))
	if err != nil || len(names) != 1 {
		t.Fatalf("files of %s: %q, %v", node, names, err)
	}
	code, out, errs := call(t, "bench", "trace", "show", "--head", "10", names[0])
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	return out
}

func TestServeRecordsWhatShoppersDo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "traces")
	p := startProcesses(t, "--record", dir)
	p.makeEvent(t, "opening", 10)
	for i := range 2 {
		api := p.api.At(i)
		hold, err := api.Hold(t.Context(), "opening", client.HoldRequest{Buyer: "b", Selection: client.Selection{Seats: []string{[]string{"A-1-1", "A-1-2"}[i]}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := api.Confirm(t.Context(), "opening", client.ConfirmRequest{Hold: hold.Hold, Reference: "r"}); err != nil {
			t.Fatal(err)
		}
	}
	wants := func(text string, wants ...string) bool {
		for _, want := range append(wants, "recorded from 20", "event opening on chart", "hold (slot 0) seat", "answered 201", "confirm if_held (slot 0)") {
			if !strings.Contains(text, want) {
				return false
			}
		}
		return true
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := p.Nodes[0].Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if text := recorded(t, dir, "n1"); !wants(text, "by n1", "2 records of 1 shoppers", "0 dropped, whole") {
		t.Errorf("after SIGTERM:\n%s", text)
	}
	for !wants(recorded(t, dir, "n2"), "2 records") { // a block is written every second
		if ctx.Err() != nil {
			t.Fatalf("nothing was written:\n%s", recorded(t, dir, "n2"))
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := p.Nodes[1].Kill(); err != nil {
		t.Fatal(err)
	}
	if text := recorded(t, dir, "n2"); !wants(text, "2 records", "CUT OFF") {
		t.Errorf("after SIGKILL:\n%s", text)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.trace"))
	if err != nil {
		t.Fatal(err)
	}
	all := filepath.Join(t.TempDir(), "all.trace")
	if code, _, errs := call(t, append([]string{"bench", "trace", "merge", "--out", all}, names...)...); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if code, out, errs := call(t, "bench", "trace", "show", all); code != exitOK || !strings.Contains(out, "4 records of 2 shoppers") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

func TestRecordSettingsComeFromEverywhere(t *testing.T) {
	c, err := resolved(t, "record-file-age: 5m\n", map[string]string{"PARTERRE_RECORD": "/from/env", "PARTERRE_RECORD_FILE_BYTES": "1000"})
	if err != nil || c.Record != "/from/env" || c.RecordFileBytes != 1_000 || c.RecordFileAge != 5*time.Minute {
		t.Errorf("%q %d %s %v", c.Record, c.RecordFileBytes, c.RecordFileAge, err)
	}
	c.Node, c.RecordFileBytes, c.RecordFileAge = "n1", 0, 0
	if err := c.validate(); err == nil || !strings.Contains(err.Error(), "--record-file-age") || !strings.Contains(err.Error(), "--record-file-bytes") {
		t.Errorf("%v", err)
	}
}

func TestANodeThatCannotRecordDoesNotStart(t *testing.T) {
	taken := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := call(t, "serve", "--node", "n1", "--data", t.TempDir(), "--http", "127.0.0.1:0", "--peer", "127.0.0.1:0", "--admin", "", "--record", taken)
	if code != exitFailure || !strings.Contains(errs, "record") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
