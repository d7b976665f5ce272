package postgres

import (
	"errors"
	"strings"
	"testing"

	"github.com/parterre/parterre/bench/peers"
)

func TestWhereNoServerIsInstalledAPlainErrorNamesThePackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Peer{Folders: []string{t.TempDir()}}.Start(t.Context(), peers.Setup{Dir: t.TempDir()})
	if !errors.Is(err, peers.ErrMissing) || !strings.Contains(err.Error(), "apt install postgresql") {
		t.Errorf("got %v", err)
	}
}
