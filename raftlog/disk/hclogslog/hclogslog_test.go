package hclogslog_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/parterre/parterre/raftlog/disk/hclogslog"
)

func TestRecordsKeepLevelComponentAndAttributes(t *testing.T) {
	var out bytes.Buffer
	logger := hclogslog.New(slog.New(slog.NewTextHandler(&out, nil)), "raft")
	logger.Debug("too quiet")
	logger.Named("wal").With("segment", 7).Warn("full", "size", hclog.Fmt("%d / %d", 3, 4))
	logger.Error("broken", "error", "EIO")
	got := out.String()
	for _, want := range []string{"level=WARN msg=full", "component=raft.wal", "segment=7", `size="3 / 4"`, "level=ERROR msg=broken", "error=EIO"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "quiet") {
		t.Errorf("a record below the handler's level:\n%s", got)
	}
}

func TestWithoutALoggerNothingIsSaid(t *testing.T) {
	hclogslog.New(nil, "raft").Error("unheard")
}

func TestTheSameTroubleIsToldOnceInFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		logger := hclogslog.New(slog.New(slog.NewTextHandler(&out, nil)), "raft")
		for range 10 {
			logger.Error("failed to heartbeat to", "peer", "n2")
		}
		logger.Error("another trouble")
		if got := strings.Count(out.String(), "heartbeat"); got != 1 {
			t.Errorf("ten times in one moment: told %d times", got)
		}
		if !strings.Contains(out.String(), "another trouble") {
			t.Error("another trouble was kept quiet, too")
		}
		time.Sleep(5 * time.Second)
		logger.Error("failed to heartbeat to", "peer", "n2")
		if !strings.Contains(out.String(), "repeated=9") {
			t.Errorf("five seconds later the repeats are not counted:\n%s", out.String())
		}
	})
}
