package hclogslog_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

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
