package raftlog

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parterre/parterre/actors"
)

func setRegister(t *testing.T, g *Group, version uint64, value string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return g.SetRegister(ctx, version, []byte(value))
}

func wantRegister(t *testing.T, g *Group, version uint64, value string) {
	t.Helper()
	until(t, "the register to be "+value, func() bool {
		r := g.Register()
		return r.Version == version && string(r.Value) == value
	})
}

func TestOfTwoWritersOfTheSameVersionOneWins(t *testing.T) {
	s := newStage(t, "bolt", nil)
	leader := s.nodes[s.leader()].group
	changed := leader.RegisterChanged()
	if err := setRegister(t, leader, 0, "first"); err != nil {
		t.Fatal(err)
	}
	<-changed
	if err := setRegister(t, leader, 0, "late"); !errors.Is(err, ErrRegisterChanged) {
		t.Errorf("want ErrRegisterChanged, got %v", err)
	}
	if err := setRegister(t, leader, 1, "second"); err != nil {
		t.Fatal(err)
	}
	for i := range s.nodes {
		wantRegister(t, s.nodes[i].group, 2, "second")
	}
	follower := s.nodes[s.followers()[0]].group
	if err := setRegister(t, follower, 2, "a follower's"); !errors.Is(err, ErrNotLeader) {
		t.Errorf("want ErrNotLeader, got %v", err)
	}
	if err := setRegister(t, leader, 2, strings.Repeat("x", MaxRegisterBytes+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("want ErrTooLarge, got %v", err)
	}
}

// A snapshot has the register, for the node itself and for one that is sent it.
func TestTheRegisterSurvivesSnapshotsAndRestarts(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := newStage(t, store, func(_ int, c *Config) { c.trailingLogs = 1 })
		i := s.leader()
		away := (i + 1) % 3
		s.stop(away)
		leader := s.nodes[i].group
		if err := setRegister(t, leader, 0, "first"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for range 8 { // entries to be left out of the log
			if err := leader.Confirm(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err := leader.Snapshot(ctx); err != nil {
			t.Fatal(err)
		}
		s.mustRestart(away)
		wantRegister(t, s.nodes[away].group, 1, "first")
		s.stop(i)
		s.mustRestart(i)
		wantRegister(t, s.nodes[i].group, 1, "first")
		s.leader()
	})
}

func TestTheLogsConfigurationIsChangedByItsLeader(t *testing.T) {
	s := newStage(t, "bolt", nil)
	leader := s.leader()
	g := s.nodes[leader].group
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	newcomer := Member{Node: "n9", Peer: "127.0.0.1:1"} // nobody is there
	if err := g.AddLearner(ctx, newcomer); err != nil {
		t.Fatal(err)
	}
	want := func(votes, there bool) {
		t.Helper()
		servers, err := g.Servers()
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range servers {
			if one.Node == "n9" {
				if !there || one.Votes != votes || g.NodeAt("127.0.0.1:1") != "n9" {
					t.Errorf("%+v", one)
				}
				return
			}
		}
		if there {
			t.Error("n9 is not among the servers")
		}
	}
	want(false, true)
	if err := g.AddVoter(ctx, newcomer); err != nil {
		t.Fatal(err)
	}
	want(true, true)
	if err := g.RemoveServer(ctx, "n9"); err != nil {
		t.Fatal(err)
	}
	want(false, false)
	if err := g.RemoveServer(ctx, s.nodes[leader].name); err == nil {
		t.Error("a leader removed itself")
	}
	if err := s.nodes[(leader+1)%3].group.AddLearner(ctx, newcomer); !errors.Is(err, ErrNotLeader) {
		t.Errorf("want ErrNotLeader, got %v", err)
	}
}

func TestAGroupThatJoinsOpensEmptyAndStandsForNothing(t *testing.T) {
	onBothStores(t, func(t *testing.T, store string) {
		s := &stage{t: t, network: newNetwork(), store: store}
		s.nodes[0] = &stageNode{name: "n4", dir: filepath.Join(t.TempDir(), "n4")}
		t.Cleanup(func() { s.nodes[1], s.nodes[2] = &stageNode{}, &stageNode{}; s.stop(0) })
		if err := s.open(0, s.network.listen(t, 0, "")); !errors.Is(err, ErrNoState) {
			t.Fatalf("not joining: want ErrNoState, got %v", err)
		}
		s.tune = func(_ int, c *Config) { c.Join = true }
		for range 2 { // it may be given nothing before it is stopped
			if err := s.open(0, s.network.listen(t, 0, "")); err != nil {
				t.Fatal(err)
			}
			if servers, err := s.nodes[0].group.Servers(); err != nil || len(servers) != 0 {
				t.Errorf("%+v, %v", servers, err)
			}
			if l := s.nodes[0].group.Lead(); l.Node != "" {
				t.Errorf("%+v", l)
			}
			s.stop(0)
		}
	})
}

// The fixtures are what version 1 wrote of a register: later versions must read it for ever.
func TestRegistersOfVersion1AreReadForEver(t *testing.T) {
	const at = 1_800_000_000_123
	written := Register{Version: 7, Value: []byte(`{"format":1}`)}
	for name, sealed := range map[string][]byte{
		"register":          sealRegister(written.Version, written.Value, at),
		"register-snapshot": appendRegister(nil, written),
	} {
		path := filepath.Join("testdata", "v1-"+name+".hex")
		if *update {
			if err := os.WriteFile(path, []byte(hex.EncodeToString(sealed)+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if golden := readFixture(t, path); !bytes.Equal(sealed, golden) {
			t.Errorf("%s: this version writes\n%x, version 1 wrote\n%x", name, sealed, golden)
		}
	}
	e, err := decodeEntry(readFixture(t, filepath.Join("testdata", "v1-register.hex")))
	if err != nil || e.kind != kindRegister || e.timeMillis != at {
		t.Fatalf("%+v, %v", e, err)
	}
	if r, err := e.register(); err != nil || r.Version != written.Version || !bytes.Equal(r.Value, written.Value) {
		t.Errorf("%+v, %v", r, err)
	}
	golden := readFixture(t, filepath.Join("testdata", "v1-register-snapshot.hex"))
	r, err := readRegister(bufio.NewReader(bytes.NewReader(golden)))
	if err != nil || r.Version != written.Version || !bytes.Equal(r.Value, written.Value) {
		t.Errorf("%+v, %v", r, err)
	}
	for i := len(registerMagic); i < len(golden); i++ {
		damaged := bytes.Clone(golden)
		damaged[i] ^= 0x40
		if r, err := readRegister(bufio.NewReader(bytes.NewReader(damaged))); err == nil {
			t.Errorf("byte %d was changed, and it was read as %+v", i, r)
		}
		if r, err := readRegister(bufio.NewReader(bytes.NewReader(golden[:i]))); err == nil {
			t.Errorf("cut at %d, and it was read as %+v", i, r)
		}
	}
}

// What was never written leaves no trace, so that an older version reads the snapshot.
func TestASnapshotWithoutARegisterIsWhatItWas(t *testing.T) {
	if b := appendRegister(nil, Register{}); len(b) != 0 {
		t.Errorf("%x", b)
	}
	machine := actors.NewPartition(actors.Options{Partition: 7, Logger: quiet(t)})
	defer machine.Stop()
	frozen, err := machine.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Release()
	var b bytes.Buffer
	if err := frozen.Encode(&b); err != nil {
		t.Fatal(err)
	}
	f := &fsm{machine: machine}
	if err := f.restore(bytes.NewReader(b.Bytes())); err != nil || f.register.current().Version != 0 {
		t.Errorf("%v, %+v", err, f.register.current())
	}
	with := append(appendRegister(nil, Register{Version: 3, Value: []byte("x")}), b.Bytes()...)
	if err := f.restore(bytes.NewReader(with)); err != nil || f.register.current().Version != 3 {
		t.Errorf("%v, %+v", err, f.register.current())
	}
}

func FuzzReadRegister(f *testing.F) {
	f.Add(appendRegister(nil, Register{Version: 7, Value: []byte("value")}))
	f.Add([]byte(registerMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := readRegister(bufio.NewReader(bytes.NewReader(b)))
		if err == nil && r.Version > 0 && !bytes.HasPrefix(b, appendRegister(nil, r)) {
			t.Errorf("%x was read as %+v", b, r)
		}
	})
}
