package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors/waitroom/draw"
	"github.com/parterre/parterre/httpapi/client"
)

// drawnRoom is a file of what a room shows after the draw.
func drawnRoom(t *testing.T, change func(*client.Room)) string {
	t.Helper()
	seed := [draw.SeedBytes]byte{1, 2, 3}
	hash := draw.SeedHash(&seed)
	r := client.Room{
		Event: "opening", Mode: "random", Seed: hex.EncodeToString(seed[:]), SeedHash: hex.EncodeToString(hash[:]),
		Lanes: []client.LaneFigure{{Lane: "public", Given: 120, Drawn: 100}, {Lane: "members", Given: 9, Drawn: 9}},
	}
	if change != nil {
		change(&r)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "room.json")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func verifyRoom(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), append([]string{"room", "verify"}, args...), streams{out: &o, err: &e})
	return code, o.String(), e.String()
}

func TestRoomVerifyComputesPlacesFromThePublishedData(t *testing.T) {
	file := drawnRoom(t, nil)
	code, out, errs := verifyRoom("--file", file, "--number", "7")
	if code != exitOK || !strings.Contains(out, "Number 7 has place ") || !strings.Contains(out, "100 numbers of lane public") {
		t.Fatal(code, out, errs)
	}
	code, out, _ = verifyRoom("--file", file, "--number", "110")
	if code != exitOK || !strings.Contains(out, "Number 110 has place 110 ") {
		t.Fatal(code, out)
	}
	code, out, _ = verifyRoom("--file", file, "--lane", "members", "--all")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); code != exitOK || len(lines) != 10 || lines[0] != "number,place" {
		t.Fatal(code, out)
	}
}

func TestRoomVerifyTellsABrokenPromise(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*client.Room)
		args   []string
		want   string
	}{
		"another seed":        {func(r *client.Room) { r.Seed = strings.Repeat("00", 32) }, nil, "NOT the one"},
		"another promise":     {nil, []string{"--hash", strings.Repeat("0", 64)}, "NOT the one"},
		"no draw yet":         {func(r *client.Room) { r.Seed = "" }, nil, "no draw"},
		"no seed":             {func(r *client.Room) { r.Seed = "abc" }, nil, "hexadecimal"},
		"no such lane":        {nil, []string{"--lane", "press"}, "no lane"},
		"a longer seed":       {func(r *client.Room) { r.Seed += "00" }, nil, "hexadecimal"},
		"both file and event": {nil, []string{"opening"}, "name an event"},
	} {
		code, _, errs := verifyRoom(append([]string{"--file", drawnRoom(t, c.change)}, c.args...)...)
		if code == exitOK || !strings.Contains(errs, c.want) {
			t.Errorf("%s: %d %s", name, code, errs)
		}
	}
}
