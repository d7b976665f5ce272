package main

import (
	"testing"
	"time"

	"github.com/parterre/parterre/bench/replay"
)

func TestRoomFlagsChooseByTheNumberOfPlacesWhatIsNotSaid(t *testing.T) {
	f := roomFlags{mode: "fifo", maxInside: auto, admitPerMinute: auto, before: -1, enter: time.Minute, idle: time.Minute, stay: time.Minute}
	if err := f.check(1); err != nil {
		t.Fatal(err)
	}
	r := f.rooms(8_000)
	if r.Mode != replay.FIFO || r.PerMinute != 600 || r.MaxInside != 1_800 || r.Before != 0 {
		t.Errorf("%+v", r)
	}
	f.mode, f.maxInside, f.admitPerMinute = "random", "7", "90"
	if r := f.rooms(8_000); r.MaxInside != 7 || r.PerMinute != 90 || r.Before != 30*time.Second {
		t.Errorf("%+v", r)
	}
	f.mode = "off"
	if f.rooms(8_000) != nil || f.line() != "" {
		t.Error("a room that is off is one")
	}
}

func TestRoomFlagsRefuseWhatCannotBe(t *testing.T) {
	good := roomFlags{mode: "random", maxInside: auto, admitPerMinute: auto, enter: 1, idle: 1, stay: 1}
	for name, change := range map[string]func(*roomFlags){
		"mode":    func(f *roomFlags) { f.mode = "open" },
		"inside":  func(f *roomFlags) { f.maxInside = "0" },
		"admit":   func(f *roomFlags) { f.admitPerMinute = "many" },
		"no stay": func(f *roomFlags) { f.stay = 0 },
	} {
		f := good
		if change(&f); f.check(1) == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if good.check(replay.Max) == nil {
		t.Error("a room at speed max was taken")
	}
}
