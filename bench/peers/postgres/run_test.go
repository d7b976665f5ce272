//go:build peers

package postgres

import (
	"testing"

	"github.com/parterre/parterre/bench/peers/peertest"
)

func TestOneCopyKeepsThePromises(t *testing.T) { peertest.Promises(t, Peer{}) }

func TestSynchronousStandbysKeepThePromises(t *testing.T) { peertest.Promises(t, Peer{Standbys: 2}) }

func TestAHoldLapses(t *testing.T) { peertest.Lapse(t, Peer{}) }
