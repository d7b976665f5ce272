//go:build peers

package redis

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/parterre/parterre/bench/peers/peertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFsyncAlwaysKeepsThePromises(t *testing.T) { peertest.Promises(t, Peer{Fsync: Always}) }

func TestFsyncEverySecondKeepsThePromises(t *testing.T) { peertest.Promises(t, Peer{Fsync: EverySec}) }

func TestAHoldLapses(t *testing.T) { peertest.Lapse(t, Peer{Fsync: Always}) }
